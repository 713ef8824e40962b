using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Evaluation;
using Grid.Grains.Rules.Language;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Rules;

/// <summary>Rules in the life of a device: they come through its log, act through effects, and a replay does the same.</summary>
public sealed class DeviceRuleTests
{
    private static readonly DateTimeOffset Noon = Entries.Start;

    private static RuleSet Set(params string[] texts) => RuleSets.SetOf(texts.Select((text, place) => Published($"r{place + 1}", text)));

    private static PublishedRule Published(string id, string text, long version = 1, string scope = "commune:29019") => new()
    {
        Id = id,
        Version = version,
        Name = id,
        Scope = scope,
        Kinds = DeviceKinds.All,
        Json = RuleJsonWriter.Write(RuleText.Read(text).Rule ?? throw new ArgumentException(RuleText.Read(text).Faults[0].ToString(), nameof(text))),
    };

    private static RulesEntry Rules(DateTimeOffset at, RuleSet set) => new() { Device = "", ReceivedAt = at, Rules = set };

    private static RulesLookEntry Look(DateTimeOffset at) => new() { Device = "", ReceivedAt = at };

    private static TestDevice Bin(params string[] texts)
    {
        var bin = TestDevice.Of(DeviceKind.Bin);
        bin.Take(Rules(Noon, Set(texts)));
        return bin;
    }

    private static RuleAlarm[] Alarms(DeviceOutcome outcome) => [.. (outcome.Effects.IsDefault ? [] : outcome.Effects).OfType<RuleAlarm>()];

    [Fact]
    public void A_report_raises_the_alarm_of_a_rule_and_another_clears_it()
    {
        var bin = Bin("when fillPercent > 60 deadband 5 then raise alarm \"Bientôt plein\" priority high class maintenance");
        var raised = Assert.Single(Alarms(bin.Report(Noon.Minutes(1), ("fillPercent", 61))));
        Assert.Equal(("r1", "rule.r1", true, Noon.Minutes(1), "Bientôt plein"), (raised.Rule, raised.Condition, raised.Active, raised.At, raised.Message));
        Assert.Empty(Alarms(bin.Report(Noon.Minutes(2), ("fillPercent", 56))));
        Assert.False(Assert.Single(Alarms(bin.Report(Noon.Minutes(3), ("fillPercent", 55)))).Active);
    }

    [Fact]
    public void A_device_says_when_its_rules_are_due_and_a_look_finds_what_lasted()
    {
        var bin = Bin("when fillPercent > 60 for 30 min then raise alarm \"A\"");
        Assert.Equal(Noon.Minutes(31), bin.Report(Noon.Minutes(1), ("fillPercent", 61)).RulesDueAt);
        Assert.Equal(Noon.Minutes(31), Assert.Single(Alarms(bin.Take(Look(Noon.Minutes(33))))).At);
        Assert.Null(bin.Last.RulesDueAt);
    }

    [Fact]
    public void An_entry_that_is_handed_again_has_the_same_effects_and_changes_nothing()
    {
        var bin = Bin("when fillPercent > 60 then raise alarm \"A\" and open work order and notify ops \"x\" and set flag \"y\"");
        var first = bin.Report(Noon.Minutes(1), ("fillPercent", 61));
        var state = bin.Json();
        var again = bin.Give(Entries.Reading(TestDevice.Id, Noon.Minutes(1), Noon.Minutes(1), ("fillPercent", 61)), bin.Offset);
        Assert.Equal(Disposition.Duplicate, again.Disposition);
        Assert.Equal(4, first.Effects.Length);
        Assert.Equal(first.Effects, again.Effects);
        Assert.Equal(state, bin.Json());
    }

    [Fact]
    public void However_much_rules_did_by_an_entry_handed_again_it_has_all_of_it()
    {
        var bin = Bin([.. Enumerable.Range(1, 100).Select(number => $"when fillPercent > {number / 2} then raise alarm \"A\"")]);
        var first = bin.Report(Noon.Minutes(1), ("fillPercent", 90));
        var second = bin.Report(Noon.Minutes(2), ("fillPercent", 45));
        Assert.Equal((100, 11), (first.Effects.Length, second.Effects.Length));
        Assert.Equal(second.Effects, bin.Give(Entries.Reading(TestDevice.Id, Noon.Minutes(2), Noon.Minutes(2), ("fillPercent", 45)), bin.Offset).Effects);
        Assert.Equal(first.Effects.TakeLast(RuleEffectGiven.Bound), bin.Give(Entries.Reading(TestDevice.Id, Noon.Minutes(1), Noon.Minutes(1), ("fillPercent", 90)), bin.Offset - 1).Effects);
    }

    [Fact]
    public void After_a_restart_from_any_moment_a_replay_gives_the_same()
    {
        LogEntry[] entries =
        [
            Entries.Registered(TestDevice.Id, DeviceKind.Bin, 1),
            Rules(Noon, Set(
                "when fillPercent > 60 for 10 min then raise alarm \"A\"",
                "when rate(fillPercent) > 30 within not from 13:20 to 13:40 then open work order",
                "when since(heard) > 25 min then raise alarm \"B\"")),
            .. Enumerable.Range(1, 20).SelectMany(step => new LogEntry[]
            {
                Entries.Reading(TestDevice.Id, Noon.Minutes(step * 7), Noon.Minutes(step * 7), ("fillPercent", step * 31 % 100)),
                Look(Noon.Minutes((step * 7) + (step % 5 == 0 ? 6 : 1))),
            }),
            Look(Noon.Minutes(200)),
        ];
        var whole = TestDevice.Empty(DeviceKind.Bin);
        List<DeviceEffect> effects = [.. entries.SelectMany(entry => whole.Take(entry).Effects is { IsDefault: false } some ? some : [])];
        Assert.True(effects.Count > 6);
        for (var cut = 1; cut < entries.Length; cut++)
        {
            var device = TestDevice.Empty(DeviceKind.Bin);
            var seen = new List<DeviceEffect>();
            foreach (var entry in entries.Take(cut))
            {
                device.Take(entry);
            }

            device = device.Restart(device.Json());

            // Its sector died some entries before, and hands them again.
            var from = Math.Max(0, cut - 3);
            for (var place = from; place < entries.Length; place++)
            {
                seen.AddRange(device.Give(entries[place], place + 1).Effects is { IsDefault: false } some ? some : []);
            }

            Assert.Equal(whole.Json(), device.Json());
            Assert.Equal(effects.TakeLast(seen.Count), seen);
        }
    }

    [Fact]
    public void A_device_without_rules_remembers_nothing_of_them()
    {
        var bin = TestDevice.Of(DeviceKind.Bin);
        var before = bin.Json();
        bin.Take(Rules(Noon, Set("each meter when tamper then open work order")));
        Assert.Equal(before.Length, bin.Json().Length);
        Assert.DoesNotContain("\"Rules\"", bin.Json(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_that_is_withdrawn_takes_its_alarm_with_it()
    {
        var bin = Bin("when fillPercent > 60 then raise alarm \"A\"");
        bin.Report(Noon.Minutes(1), ("fillPercent", 61));
        Assert.False(Assert.Single(Alarms(bin.Take(Rules(Noon.Minutes(2), RuleSet.Empty)))).Active);
        Assert.Empty(Alarms(bin.Report(Noon.Minutes(3), ("fillPercent", 99))));
    }

    [Fact]
    public void A_filter_of_attributes_counts_from_the_next_registration()
    {
        var set = Set("each bin where street = \"Rue A\" when fillPercent > 60 then raise alarm \"A\"");
        var (here, there) = (TestDevice.Of(DeviceKind.Bin), TestDevice.Of(DeviceKind.Bin));
        foreach (var (bin, street) in new[] { (here, "Rue A"), (there, "Rue B") })
        {
            bin.Take(Rules(Noon, set));
            bin.Take(Entries.Registered(TestDevice.Id, DeviceKind.Bin, 2, ("street", street)) with { Rules = set });
        }

        Assert.Single(Alarms(here.Report(Noon.Minutes(1), ("fillPercent", 61))));
        Assert.Empty(Alarms(there.Report(Noon.Minutes(1), ("fillPercent", 61))));
        Assert.False(Assert.Single(Alarms(here.Take(Entries.Registered(TestDevice.Id, DeviceKind.Bin, 3, ("street", "Rue C")) with { Rules = set }))).Active);
    }

    [Fact]
    public void A_rule_of_one_device_concerns_no_other()
    {
        var bin = TestDevice.Of(DeviceKind.Bin);
        bin.Take(Rules(Noon, RuleSets.SetOf(
        [
            Published("mine", "when fillPercent > 60 then raise alarm \"A\"", scope: $"device:{TestDevice.Id}"),
            Published("other", "when fillPercent > 60 then raise alarm \"A\"", scope: "device:D2"),
        ])));
        Assert.Equal(["mine"], Alarms(bin.Report(Noon.Minutes(1), ("fillPercent", 61))).Select(alarm => alarm.Rule));
    }

    [Fact]
    public void A_late_reading_moves_no_rule()
    {
        var bin = Bin("when fillPercent > 60 then raise alarm \"A\"");
        bin.Report(Noon.Minutes(10), ("fillPercent", 10));
        Assert.Empty(Alarms(bin.Take(Entries.Reading(TestDevice.Id, Noon.Minutes(5), Noon.Minutes(11), ("fillPercent", 90)))));
    }

    [Fact]
    public void Silence_is_a_status_that_a_rule_sees()
    {
        var bin = Bin("when status = silent then raise alarm \"A\"");
        bin.Report(Noon.Minutes(1), ("fillPercent", 10));
        Assert.True(Assert.Single(Alarms(bin.Take(Entries.Silenced(TestDevice.Id, Noon.Minutes(1), Noon.Minutes(300))))).Active);
        Assert.False(Assert.Single(Alarms(bin.Report(Noon.Minutes(301), ("fillPercent", 10)))).Active);
    }

    [Fact]
    public void Ids_of_actions_differ_by_rule_version_device_and_entry()
    {
        var commands = new HashSet<string>();
        foreach (var version in new long[] { 1, 2 })
        {
            var lamp = TestDevice.Of(DeviceKind.Streetlight);
            lamp.Take(Rules(Noon, RuleSets.SetOf([Published("r1", "each streetlight when powerWatts > 50 then command setDimming(percent: 50) on this device", version)])));
            for (var time = 1; time <= 4; time++)
            {
                var outcome = lamp.Report(Noon.Minutes(time * 10), ("powerWatts", time % 2 == 1 ? 60 : 10));
                commands.UnionWith((outcome.Effects.IsDefault ? [] : outcome.Effects).OfType<RuleCommand>().Select(command => command.Id));
            }
        }

        Assert.Equal(4, commands.Count);
        Assert.All(commands, id => Assert.True(id.Length <= 64));
        Assert.All(commands, id => Assert.Equal(1, RuleChain.Of(id).Depth));
    }

    [Fact]
    public void Two_rules_that_command_against_each_other_are_cut()
    {
        var lamp = TestDevice.Of(DeviceKind.Streetlight);
        lamp.Take(Rules(Noon, Set(
            "each streetlight when dimmingPercent > 50 then command setDimming(percent: 40) on this device",
            "each streetlight when dimmingPercent < 50 then command setDimming(percent: 60) on this device")));
        var (commands, cut) = (0, 0);
        var level = 60.0;
        for (var time = 1; time <= 20; time++)
        {
            var at = Noon.Minutes(time * 2);
            var outcome = lamp.Report(at, ("dimmingPercent", level), ("powerWatts", level));
            foreach (var effect in outcome.Effects.IsDefault ? [] : outcome.Effects)
            {
                cut += effect is RuleCommand { IsCut: true } ? 1 : 0;
                if (effect is RuleCommand { IsCut: false } command)
                {
                    commands++;
                    level = command.Arguments["percent"];
                    lamp.Desire(Entries.Dim(command.Id, level, at));
                }
            }
        }

        Assert.Equal((2, 1), (commands, cut));
    }

    [Fact]
    public void A_command_that_was_given_after_the_report_was_taken_in_did_not_cause_it()
    {
        var (early, late) = (RuleChain.None.With("dim")!.Value.IdOf("a"), RuleChain.None.With("dim")!.Value.With("lift")!.Value.IdOf("b"));
        var desired = new DesiredState { Version = 2, Aims = [Aim(early, 40, 1_000), Aim(late, 60, 9_000)] };
        Assert.Equal(0, RuleChain.CauseOf(desired, 5_000, 999).Depth);
        Assert.Equal(1, RuleChain.CauseOf(desired, 5_000, 5_000).Depth);
        Assert.Equal(2, RuleChain.CauseOf(desired, 5_000, 9_000).Depth);
        Assert.Equal(0, RuleChain.CauseOf(desired, 9_001 + RuleChain.CauseMilliseconds, 9_001 + RuleChain.CauseMilliseconds).Depth);
        Assert.Equal("b", RuleChain.HashOf(late));

        static DesiredAim Aim(string command, double value, long acceptedAt) => new() { Metric = "dimmingPercent", Value = value, Command = command, AcceptedAt = acceptedAt };
    }

    [Fact]
    public void A_process_that_has_not_seen_the_rules_of_a_device_is_given_them_first()
    {
        var set = Set("when fillPercent > 42 then raise alarm \"only here\"");
        var other = new Grid.Grains.Devices.DeviceLife<Grid.Grains.Bins.BinRules, Grid.Grains.Bins.BinSettings, Grid.Grains.Bins.BinState>(TestDevice.Id, Grid.Tests.Grains.Devices.TestContext.New());
        var state = System.Text.Json.JsonSerializer.Deserialize<Grid.Grains.Devices.DeviceState<Grid.Grains.Bins.BinSettings, Grid.Grains.Bins.BinState>>(Stored(set))!;
        other.Resume(state);
        var reading = Entries.Reading(TestDevice.Id, Noon.Minutes(1), Noon.Minutes(1), ("fillPercent", 61));
        Assert.Equal(Disposition.LacksRules, other.Apply(reading, new LogPosition(TestDevice.Sector, 3), 2, out _).Disposition);
        other.Learn(set);
        Assert.Single(Alarms(other.Apply(reading, new LogPosition(TestDevice.Sector, 3), 2, out _)));
    }

    private static string Stored(RuleSet set)
    {
        var bin = TestDevice.Of(DeviceKind.Bin);
        bin.Take(Rules(Noon, set));
        return bin.Json();
    }
}
