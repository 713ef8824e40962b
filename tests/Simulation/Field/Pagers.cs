using System.Globalization;
using Grid.Contracts.Alarms;
using Grid.Contracts.Notifications;
using Grid.Grains.OnCall;
using Grid.Simulation.Faults;

namespace Grid.Simulation.Field;

/// <summary>
/// Whoever escalates alarms: pages who is on call for the department, level after level as the answers say, each page again until it is answered, until somebody acknowledges the alarm or nobody is left.
/// What was answered, and what receivers took, is remembered here, outside the grid.
/// </summary>
internal sealed class Pagers
{
    private const string SourcePrefix = "paged-";
    private const int Levels = 2;
    private const int Repetitions = 1;

    private readonly World _world;
    private readonly Chance _chance;
    private readonly Asking _asking;
    private readonly SortedDictionary<string, string> _told = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _received = new(StringComparer.Ordinal);
    private int _asked;
    private int _alarms;

    public Pagers(World world)
    {
        _world = world;
        _chance = world.ChanceOf("pagers");
        _asking = new Asking(world, _chance, "page");
    }

    /// <summary>True while a page is not answered.</summary>
    public bool IsBusy => _asked > 0;

    /// <summary>What somebody was said to be told, by id of the notification, with words for it.</summary>
    public IReadOnlyDictionary<string, string> ToldOf => _told;

    /// <summary>How often receivers took a notification, by id.</summary>
    public IReadOnlyDictionary<string, int> TakenTimes => _received;

    /// <summary>True for an alarm that is escalated here, and not by the grid itself.</summary>
    public static bool IsOurs(string alarm) => alarm.StartsWith(SourcePrefix, StringComparison.Ordinal);

    /// <summary>A receiver took a notification.</summary>
    public void Received(string id) => _received[id] = _received.GetValueOrDefault(id) + 1;

    /// <summary>Makes the calendar, and then begins to escalate something now and then.</summary>
    public void Work()
    {
        if (_world.Options.PagesPerHour > 0)
        {
            Prepare(1);
        }
    }

    private static string EndpointOf(int level) => string.Create(CultureInfo.InvariantCulture, $"level-{level}");

    private string Scope => $"department:{_world.Options.Department}";

    private void Prepare(int level)
    {
        if (level > Levels)
        {
            Ask("calendar", process => process.Grains.GetGrain<IOnCallGrain>(Scope).Put(Calendar(), version: null), answer => Require(answer.Faults.IsEmpty, Continue));
            return;
        }

        var endpoint = new NotificationEndpoint { Id = EndpointOf(level), Kind = EndpointKind.Webhook, Address = $"https://{EndpointOf(level)}.example", Scope = Scope };
        Ask(
            endpoint.Id,
            process => process.Grains.GetGrain<INotificationEndpointsGrain>(INotificationEndpointsGrain.Key).Put(endpoint, renewsSecret: false),
            answer => Require(answer.Faults.IsEmpty, () => Prepare(level + 1)));
    }

    private static void Require(bool isTaken, Action then)
    {
        if (!isTaken)
        {
            throw new InvalidOperationException("An endpoint or a calendar was refused.");
        }

        then();
    }

    private static OnCallCalendar Calendar() => new()
    {
        ZoneId = "Europe/Paris",
        Levels =
        [
            .. Enumerable.Range(1, Levels).Select(level => new OnCallLevel
            {
                Rotation = new() { Turns = [new(EndpointOf(level), [EndpointOf(level)])], Days = 7, From = new(2026, 3, 2), HandOver = new(8, 0) },
                AfterMinutes = 5,
            }),
        ],
        RepeatEveryMinutes = 5,
        RepeatAtMost = Repetitions,
    };

    private void Continue() => _world.After(_chance.Until(_world.Options.PagesPerHour), () =>
    {
        if (_world.IsBusyTime)
        {
            Page(new AlarmPage
            {
                Alarm = AlarmIds.Of(string.Create(CultureInfo.InvariantCulture, $"{SourcePrefix}{++_alarms}"), "supplyLoss"),
                RaisedAt = _world.Clock.GetUtcNow(),
                Priority = AlarmPriority.Urgent,
                Message = new("Armoire sans alimentation", "Cabinet without supply"),
                Source = "paged",
                Commune = _chance.OneOf(_world.Communes).InseeCode,
            });
        }

        Continue();
    });

    private void Page(AlarmPage page) => Ask(
        string.Create(CultureInfo.InvariantCulture, $"{page.Alarm} {page.Level}.{page.Attempt}"),
        process => process.Get<OnCallDirectory>().PageAsync(process.Grains, page),
        answer =>
        {
            switch (answer.Outcome)
            {
                case PageOutcome.Paged:
                    Told(page, answer);
                    break;
                case PageOutcome.Unanswered when page.Level > Levels:
                    return;
                default:
                    _world.Violated("I2", $"page {page.Level}.{page.Attempt} of {page.Alarm} was answered {answer.Outcome}: its calendar, or its endpoints, are not what they were");
                    return;
            }

            if (!_chance.Happens(0.3))
            {
                _world.After(TimeSpan.FromMinutes(5), () => Page(page with { Level = answer.NextLevel, Attempt = answer.NextAttempt }));
            }
        });

    /// <summary>The id is worked out from what it stands for, apart from who makes it.</summary>
    private void Told(AlarmPage page, PageAnswer answer)
    {
        var raisedAt = page.RaisedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var (level, attempt) = (answer.Level.ToString(CultureInfo.InvariantCulture), page.Attempt.ToString(CultureInfo.InvariantCulture));
        _told[NotificationIds.Of("page", page.Alarm, raisedAt, level, attempt, EndpointOf(answer.Level))] = $"{page.Alarm} level {level}, attempt {attempt}";
    }

    private void Ask<TAnswer>(string id, Func<Machine.GridProcess, Task<TAnswer>> ask, Action<TAnswer> hear)
    {
        _asked++;
        _asking.Ask(id, ask, answer =>
        {
            _asked--;
            hear(answer);
        });
    }
}
