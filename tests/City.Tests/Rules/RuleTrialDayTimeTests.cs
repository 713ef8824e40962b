using System.Collections.Concurrent;
using System.Globalization;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Commands;
using static Grid.Tests.City.Rules.RuleCity;

namespace Grid.Tests.City.Rules;

/// <summary>
/// A trial over a stored day gives exactly what the live run gave on that day: each rule with all others beside it, with reports that come late, twice, out of order, together and never, looks of the
/// commune that are missed, and devices that join, move and are removed.
/// </summary>
public sealed class RuleTrialDayTimeTests
{
    /// <summary>Each by its id, which its messages and flags carry; with what it does at least in the day.</summary>
    private static readonly (string Id, string Text, int AtLeast)[] Rules =
    [
        ("for", "each bin when fillPercent > 70 deadband 5 for 25 min then raise alarm \"Plein\" and notify ops \"for\" and set flag \"for\"", 8),
        ("rate", "each bin when rate(fillPercent) > 40 or previous(fillPercent) > fillPercent + 30 then notify ops \"rate\" and set flag \"rate\"", 8),
        ("since", "each streetlight when since(heard) > 14 min within night then notify ops \"since\" and set flag \"since\"", 8),
        ("hours", "each streetlight when powerWatts > 60 for 8 min within not from 10:00 to 16:00 then command setDimming(percent: 40) on this device and notify ops \"hours\"", 8),
        ("silent", "each streetlight when status = silent then notify ops \"silent\" and set flag \"silent\"", 8),
        ("door", "each cabinet when doorOpen for 7 min within weekday then open work order \"door\" and notify ops \"door\" and set flag \"door\"", 6),
        ("neighbours", "each cabinet when count(of kind streetlight where same cabinet: supplyLoss) >= 2 for 12 min then raise alarm \"Panne\" and notify ops \"neighbours\" and set flag \"neighbours\"", 4),
        ("heard", "each cabinet when count(of kind streetlight where same cabinet: since(heard) > 12 min) >= 2 then notify ops \"heard\" and set flag \"heard\"", 4),
        ("share", "each commune when share(of kind streetlight: supplyLoss) >= 40 % for 3 min then raise alarm \"Commune\" and notify ops \"share\" and set flag \"share\"", 4),
        ("power", "each commune when lighting.powerWatts > 260 deadband 30 within from 08:00 to 23:00 then notify ops \"power\" and set flag \"power\"", 4),
        ("figure", "each bin when lighting.powerWatts > 250 deadband 20 then raise alarm \"Puissance\" and notify ops \"figure\" and set flag \"figure\"", 4),
        ("dark", "each cabinet when count(of kind streetlight: supplyLoss) >= 2 for 2 min then command setSegment(segment: 1, on: 1) on this device and notify ops \"dark\" and set flag \"dark\"", 4),
    ];

    /// <summary>A local day: the zone is an hour ahead of UTC in January.</summary>
    private static readonly DateTimeOffset From = new(2026, 1, 15, 23, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset To = From.AddDays(1);

    [Fact]
    public async Task A_trial_over_a_stored_day_gives_exactly_what_the_live_run_gave_on_that_day()
    {
        var outlet = new Outlet();
        var start = From.AddHours(-2);
        var commands = new CommandTap();
        await using var city = await TestCity.StartAsync(services => { outlet.Register(services); commands.Tap.Register(services); }, start);
        await city.PutAsync(TrialDay.Devices());
        foreach (var (id, text, _) in Rules)
        {
            await PublishAsync(city, id, "commune:29155", text);
        }

        await LiveAsync(city, TrialDay.Deliveries(start.AddMinutes(30), To, joinsAt: From.AddHours(9), seed: 7));
        await LooksAsync(city, 2);
        var differences = new List<string>();
        foreach (var (id, text, atLeast) in Rules)
        {
            var trial = await TrialAsync(city, text);
            Assert.Empty(trial.Problems);
            Assert.Equal((true, null, 1, 1, 2), (trial.IsDone, trial.Cut, trial.Communes, trial.OfCommunes, trial.Left));

            // Of devices that left or were removed a trial tells nothing, and says so.
            Assert.StartsWith("2 devices left these communes", Assert.Single(trial.Inexact).En, StringComparison.Ordinal);
            var live = outlet.Everything.Where(one => one.Message == id && one.At >= From && one.At < To && one.Device is not ("B2" or "B3")).Select(one => (one.At, one.Device, one.What)).Order().ToArray();
            Assert.True(live.Length >= atLeast, $"{id}: {live.Length} events are too few to compare");
            var tried = trial.Events.Where(one => one.What is "notify" or "setFlag" or "endFlag" or "workOrder").Select(one => (one.At, one.Device, one.What)).Order().ToArray();
            if (!live.SequenceEqual(tried))
            {
                differences.Add($"{id}: only live {string.Join(", ", live.Except(tried))}; only tried {string.Join(", ", tried.Except(live))}");
            }

            await AssertAlarmsAsync(city, outlet, id, trial);
            AssertCommands(commands, id, trial);
        }

        Assert.Empty(differences);
        Assert.True(commands.Of("hours").Count() >= 8 && commands.Of("dark").Count() >= 4, "too few commands to compare");
    }

    private static Task<RuleTrialAnswer> TrialAsync(TestCity city, string text) => TryAsync(city, "commune:29155", text, From, To);

    /// <summary>The day comes, with the looks that it makes due; now and then minutes are jumped over, as by a process that stands still.</summary>
    private static async Task LiveAsync(TestCity city, List<(DateTimeOffset At, Contracts.Intake.IncomingReading[] Readings)> deliveries)
    {
        var others = new Queue<(DateTimeOffset At, Func<Task> Do)>(
        [
            (From.AddHours(9), () => city.PutAsync(TrialDay.Told(Lamp(TrialDay.Joining, "C1")))),
            (From.AddHours(13), () => city.PutAsync(Bin("B2", "29019"))),
            (From.AddHours(17), async () => Assert.True(await city.RemoveAsync("B3"))),
        ]);
        var minute = city.Now.AddMinutes(1);
        foreach (var (at, readings) in deliveries)
        {
            while (minute < at)
            {
                // Every 97th minute or so, some are missed.
                if ((minute - From).TotalMinutes % 97 is >= 0 and < 3)
                {
                    minute = minute.AddMinutes(1);
                    continue;
                }

                foreach (var after in (int[])[200, 1_200, 2_300, 3_600, 5_400, 10_400])
                {
                    // What is due is done on real threads: each step leaves them a moment.
                    await PassToAsync(city, minute.AddMilliseconds(after) is var instant && instant < at ? instant : at);
                    await city.TickAsync();
                    await city.SettleAsync();
                }

                minute = minute.AddMinutes(1);
            }

            while (others.TryPeek(out var next) && next.At <= at)
            {
                await others.Dequeue().Do();
                await city.SettleAsync();
            }

            await PassToAsync(city, at);
            await city.TryReportAsync(readings);
        }

        await PassToAsync(city, To.AddMinutes(1));
    }

    private static async Task PassToAsync(TestCity city, DateTimeOffset instant)
    {
        if (instant > city.Now)
        {
            await city.PassAsync(instant - city.Now);
        }
    }

    /// <summary>
    /// A rule's alarm begins and ends with what it tells and its flag, at the same instants; the sector's alarm has begun as often, and is active when the trial says so. The alarm itself has the
    /// instants at which its sector was told, some moments later.
    /// </summary>
    private static async Task AssertAlarmsAsync(TestCity city, Outlet outlet, string id, RuleTrialAnswer trial)
    {
        var alarms = trial.Events.Where(one => one.What is "raise" or "clear").ToArray();
        if (alarms.Length == 0)
        {
            Assert.DoesNotContain("raise alarm", Rules.Single(rule => rule.Id == id).Text, StringComparison.Ordinal);
            return;
        }

        var told = outlet.Everything.Where(one => one.Message == id && one.At >= From && one.At < To && one.Device is not ("B2" or "B3")).ToArray();
        Assert.Equal(
            told.Where(one => one.What is "setFlag" or "endFlag").Select(one => (one.At, one.Device, one.What == "setFlag" ? "raise" : "clear")).Order(),
            alarms.Select(one => (one.At, one.Device, one.What)).Order());
        foreach (var ofDevice in alarms.GroupBy(one => one.Device))
        {
            var alarm = await AlarmAsync(city, AlarmIds.Of(ofDevice.Key, $"rule.{id}"));
            Assert.NotNull(alarm);
            Assert.Equal(outlet.Everything.Count(one => one.Message == id && one.Device == ofDevice.Key && one.What == "setFlag"), alarm.Count);
            if (outlet.Everything.Where(one => one.Message == id && one.Device == ofDevice.Key && one.What is "setFlag" or "endFlag").Max(one => one.At) < To)
            {
                Assert.Equal(ofDevice.Last().What == "raise", alarm.IsActive);
            }
        }
    }

    /// <summary>A command has no instant of its rule: as many were given to each device, and said the same; when, tells the message beside it.</summary>
    private static void AssertCommands(CommandTap commands, string id, RuleTrialAnswer trial)
    {
        var tried = trial.Events.Where(one => one.What == "command").ToArray();
        Assert.Equal(
            trial.Events.Where(one => one.What == "notify" && tried.Length > 0).Select(one => (one.At, one.Device)),
            tried.Select(one => (one.At, one.Device)));
        Assert.Equal(
            commands.Of(id).Where(one => one.CreatedAt >= From && one.CreatedAt < To.AddMinutes(1)).Select(one => (one.Device, one.Said)).Order(),
            tried.Select(one => (one.Device, one.Detail[..one.Detail.IndexOf(')', StringComparison.Ordinal)])).Order());
    }

    /// <summary>The commands that were accepted, each once.</summary>
    private sealed class CommandTap
    {
        private readonly ConcurrentDictionary<string, (string Rule, string Device, string Said, DateTimeOffset CreatedAt)> _byId = new();

        public CommandTap() => Tap = new StorageTap
        {
            Before = state =>
            {
                if (state is StoredCommand { Request: { } request, View: { } view })
                {
                    var said = string.Join(", ", view.Arguments.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}: {pair.Value}")));
                    _byId.TryAdd(view.Id, (request.Actor[(request.Actor.IndexOf(':', StringComparison.Ordinal) + 1)..], view.Device, $"{view.Name}({said}", view.CreatedAt));
                }

                return Task.CompletedTask;
            },
        };

        public StorageTap Tap { get; }

        public IEnumerable<(string Rule, string Device, string Said, DateTimeOffset CreatedAt)> Of(string rule) => _byId.Values.Where(one => one.Rule == rule);
    }
}
