using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Rules.Evaluation;
using Grid.Grains.Rules.Language;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Rules;

/// <summary>A loop of rules that wait is a loop still, however slowly it goes round; what people and the calendar bring about is none.</summary>
public sealed class SlowLoopTests
{
    private static readonly DateTimeOffset Noon = Entries.Start;

    [Theory]
    [InlineData("for 20 min", "")]
    [InlineData("", "for 20 min")]
    [InlineData("for 20 min", "for 20 min")]
    [InlineData("for 5 h", "for 20 min")]
    [InlineData("for 1 d", "for 1 d")]
    public void Two_rules_that_wait_and_command_against_each_other_are_cut(string down, string up)
    {
        var lamp = new Lamp(
            $"each streetlight when dimmingPercent > 50 {down} then command setDimming(percent: 40) on this device",
            $"each streetlight when dimmingPercent < 50 {up} then command setDimming(percent: 60) on this device");
        lamp.Report(60);
        lamp.Pass(TimeSpan.FromDays(12));
        Assert.Equal(["r1", "r2", "r1 cut"], lamp.Done);
    }

    [Fact]
    public void Three_rules_of_which_one_waits_for_a_day_are_cut()
    {
        var lamp = new Lamp(
            "each streetlight when dimmingPercent > 80 then command setDimming(percent: 60) on this device",
            "each streetlight when dimmingPercent > 50 and dimmingPercent <= 80 for 1 h then command setDimming(percent: 20) on this device",
            "each streetlight when dimmingPercent < 30 for 1 d then command setDimming(percent: 100) on this device");
        lamp.Report(100);
        lamp.Pass(TimeSpan.FromDays(6));
        Assert.Equal(["r1", "r2", "r3", "r1 cut"], lamp.Done);
    }

    [Fact]
    public void The_cause_is_remembered_as_long_as_it_lasts_also_by_who_goes_on_from_what_is_stored()
    {
        var lamp = new Lamp(
            "each streetlight when dimmingPercent > 50 for 1 d then command setDimming(percent: 40) on this device",
            "each streetlight when dimmingPercent < 50 for 1 d then command setDimming(percent: 60) on this device")
        {
            IsStoredEachTime = true,
        };
        lamp.Report(60);
        lamp.Pass(TimeSpan.FromDays(6));
        Assert.Equal(["r1", "r2", "r1 cut"], lamp.Done);
    }

    [Fact]
    public void A_command_that_somebody_else_gave_meanwhile_begins_anew()
    {
        var lamp = new Lamp(
            "each streetlight when dimmingPercent > 50 for 1 h then command setDimming(percent: 40) on this device",
            "each streetlight when dimmingPercent < 50 for 1 h then command setDimming(percent: 60) on this device");
        lamp.Report(60);
        lamp.Pass(TimeSpan.FromMinutes(90));
        Assert.Equal(["r1"], lamp.Done);

        // Half an hour before the second rule would begin.
        lamp.Command("by-hand", 70);
        lamp.Pass(TimeSpan.FromDays(1));
        Assert.Equal(["r1", "r1", "r2", "r1 cut"], lamp.Done);
    }

    [Fact]
    public void Whoever_passes_under_a_lamp_is_no_command()
    {
        var lamp = new Lamp(
            "each streetlight when dimmingPercent > 30 and not reported(presence) for 20 min then command setDimming(percent: 30) on this device",
            "each streetlight when dimmingPercent < 80 and reported(presence) then command setDimming(percent: 100) on this device");
        lamp.Report(100, ("presence", 0));
        var expected = new List<string>();
        for (var round = 0; round < 6; round++)
        {
            lamp.Pass(TimeSpan.FromHours(1));
            lamp.Say(("presence", 1));
            lamp.Pass(TimeSpan.FromMinutes(10));
            lamp.Say(("presence", 0));
            expected.AddRange(["r1", "r2"]);
        }

        Assert.Equal(expected, lamp.Done);
    }

    [Fact]
    public void What_a_schedule_begins_every_day_is_a_plan()
    {
        var lamp = new Lamp(
            "each streetlight when dimmingPercent > 50 within from 22:00 to 06:00 then command setDimming(percent: 40) on this device",
            "each streetlight when dimmingPercent < 50 within from 06:00 to 22:00 then command setDimming(percent: 60) on this device");
        lamp.Report(60);
        lamp.Pass(TimeSpan.FromDays(4));
        Assert.Equal(["r1", "r2", "r1", "r2", "r1", "r2", "r1", "r2"], lamp.Done);
    }

    [Theory]
    [InlineData(true, "each cabinet when segment1On for 20 min then command setSegment(segment: 1, on: 0) on this device")]
    [InlineData(false, "each cabinet when doorOpen for 20 min then raise alarm \"A\"")]
    public void A_loop_over_another_device_is_cut_where_the_rules_show_it(bool isCut, string other)
    {
        // What this rule tells the cabinets is not what the lamp itself is told.
        var lamp = new Lamp("each streetlight when powerWatts < 5 for 20 min then command setSegment(segment: 1, on: 1) on group commune", other);
        for (var round = 0; round < 2; round++)
        {
            lamp.Say(("powerWatts", 0));
            lamp.Pass(TimeSpan.FromMinutes(21));
            lamp.Say(("powerWatts", 80));
            lamp.Pass(TimeSpan.FromMinutes(20));
        }

        Assert.Equal(isCut ? ["r1", "r1 cut"] : ["r1", "r1"], lamp.Done);
    }

    [Fact]
    public void Of_a_device_the_newest_command_of_each_rule_is_remembered_and_not_more_than_some()
    {
        RuleCause[]? causes = null;
        for (var number = 0; number < 40; number++)
        {
            causes = RuleCause.With(causes, RuleChain.None.With($"r{number % 20}")!.Value.IdOf($"h{number}"), number);
        }

        Assert.Equal(RuleCause.Bound, causes!.Length);
        Assert.Equal(Enumerable.Range(40 - RuleCause.Bound, RuleCause.Bound).Select(number => (long)number), causes.Select(cause => cause.At));
    }

    /// <summary>A lamp that does what it is told a minute later, and says so.</summary>
    private sealed class Lamp
    {
        private readonly List<string> _done = [];
        private readonly Queue<double> _told = new();
        private TestDevice _device = TestDevice.Of(DeviceKind.Streetlight);
        private DateTimeOffset _now = Noon;

        public Lamp(params string[] texts) => Take(new RulesEntry
        {
            Device = "",
            ReceivedAt = Noon,
            Rules = RuleSets.SetOf(texts.Select((text, place) => new PublishedRule
            {
                Id = $"r{place + 1}",
                Version = 1,
                Name = "",
                Scope = "all",
                Kinds = DeviceKinds.All,
                Json = RuleJsonWriter.Write(RuleText.Read(text).Rule ?? throw new ArgumentException(RuleText.Read(text).Faults[0].ToString(), nameof(texts))),
            })),
        });

        public IEnumerable<string> Done => _done;

        public bool IsStoredEachTime { get; init; }

        public void Report(double level, params (string, double)[] more) => Say([("dimmingPercent", level), .. more]);

        public void Say(params (string Metric, double Value)[] metrics) => Take(Entries.Reading(TestDevice.Id, _now, _now, metrics));

        public void Command(string id, double level)
        {
            _device.Desire(Entries.Dim(id, level, _now));
            _told.Enqueue(level);
        }

        public void Pass(TimeSpan time)
        {
            for (var end = _now + time; _now < end;)
            {
                _now = _now.AddMinutes(1);
                if (_told.TryDequeue(out var level))
                {
                    Report(level);
                }
                else
                {
                    Take(new RulesLookEntry { Device = "", ReceivedAt = _now });
                }
            }
        }

        private void Take(LogEntry entry)
        {
            if (IsStoredEachTime)
            {
                _device = _device.Restart(_device.Json());
            }

            var outcome = _device.Take(entry);
            foreach (var command in (outcome.Effects.IsDefault ? [] : outcome.Effects).OfType<RuleCommand>())
            {
                _done.Add(command.IsCut ? $"{command.Rule} cut" : command.Rule);
                if (!command.IsCut && command.Receivers == RuleReceivers.Device)
                {
                    Command(command.Id, command.Arguments["percent"]);
                }
            }
        }
    }
}
