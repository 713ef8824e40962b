using System.Globalization;
using System.Text.Json;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Evaluation;
using Grid.Grains.Rules.Language;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Rules;

/// <summary>
/// Only rules for which something is another are evaluated, and nobody can tell: state, effects and instants are those of rules that are all evaluated every time.
/// </summary>
public sealed class RuleGuardTests
{
    private const int Worlds = 120;
    private const int Steps = 120;

    [Fact]
    public void Whatever_rules_and_whatever_happens_it_comes_to_the_same_as_evaluating_all()
    {
        var (told, evaluated, kept) = (0, 0, 0);
        for (var seed = 1; seed <= Worlds; seed++)
        {
            var random = new Random(seed);
            CompiledRule[] rules = [.. Enumerable.Range(1, random.Next(1, 12)).Select(number => RuleBench.Rule(RuleTexts.Next(random), $"r{number:00}"))];
            CompiledRule[] others = [.. rules.Where(_ => random.Next(3) > 0), RuleBench.Rule(RuleTexts.Next(random), "r99", 2)];
            CompiledRule Counted(CompiledRule rule) => rule with
            {
                When = (ref RuleFrame frame) =>
                {
                    evaluated++;
                    return rule.When(ref frame);
                },
            };
            var fast = new RuleBench(DeviceKind.Bin, [.. rules.Select(Counted)]);
            var naive = new RuleBench(DeviceKind.Bin, rules) { IsNaive = true };
            var minutes = 0.0;
            for (var step = 0; step < Steps; step++)
            {
                minutes += random.Next(8) switch { 0 => 0, 1 => random.NextDouble(), 2 => random.Next(600), _ => random.Next(1, 12) };
                if (random.Next(60) == 0)
                {
                    var isBack = random.Next(2) == 0;
                    fast.Take(new CompiledRules(isBack ? 1 : 2, [.. (isBack ? rules : others).Select(Counted)]), minutes);
                    naive.Take(new CompiledRules(isBack ? 1 : 2, isBack ? rules : others), minutes);
                    kept += isBack ? rules.Length : others.Length;
                }

                var script = random.Next();
                Happen(fast, minutes, new Random(script));
                Happen(naive, minutes, new Random(script));
                kept += rules.Length;
                if (random.Next(40) == 0)
                {
                    fast.Restart();
                }

                Assert.Equal(naive.Told, fast.Told);
                Assert.Equal(JsonSerializer.Serialize(naive.State), JsonSerializer.Serialize(fast.State));
            }

            told += fast.Told.Count;
        }

        // The worlds are not idle, and most evaluations are spared in spite of all that happens.
        Assert.True(told > 5 * Worlds, $"{told} changes");
        Assert.True(evaluated < kept * 3 / 4, $"{evaluated} evaluations where there would be {kept} and those at instants between");
    }

    [Fact]
    public void A_device_that_forgets_what_its_rules_saw_before_every_entry_lives_the_same_life()
    {
        var effects = 0;
        for (var seed = 1; seed <= Worlds / 3; seed++)
        {
            var random = new Random(seed);
            RuleSet[] sets = [SetOf(random, 1), SetOf(random, 2)];
            var (whole, forgetful) = (TestDevice.Empty(DeviceKind.Bin), TestDevice.Empty(DeviceKind.Bin));
            var at = Entries.Start;
            var offset = 0L;
            LogEntry entry = Entries.Registered(TestDevice.Id, DeviceKind.Bin, 1, ("street", "A")) with { Rules = sets[0] };
            for (var step = 0; step < Steps; step++)
            {
                var isAgain = step > 0 && random.Next(20) == 0;
                offset += isAgain ? 0 : 1;
                forgetful = forgetful.Restart(forgetful.Json());
                var (one, other) = (whole.Give(entry, offset), forgetful.Give(entry, offset));
                Assert.Equal(other.Effects.IsDefault ? [] : other.Effects, one.Effects.IsDefault ? [] : one.Effects);
                Assert.Equal(other.RulesDueAt, one.RulesDueAt);
                Assert.Equal(forgetful.Json(), whole.Json());
                effects += isAgain || one.Effects.IsDefault ? 0 : one.Effects.Length;
                at = at.Minutes(random.Next(6) == 0 ? random.Next(400) : random.Next(1, 20));
                entry = random.Next(30) switch
                {
                    0 => Entries.Registered(TestDevice.Id, DeviceKind.Bin, step + 2, ("street", random.Next(2) == 0 ? "A" : "B")) with { ReceivedAt = at, Rules = sets[random.Next(2)] },
                    1 => new RulesEntry { Device = "", ReceivedAt = at, Rules = sets[random.Next(2)] },
                    2 => Entries.Silenced(TestDevice.Id, at, at),
                    3 or 4 or 5 => new RulesLookEntry { Device = "", ReceivedAt = at },
                    6 => Entries.Reading(TestDevice.Id, at.Minutes(-random.Next(60)), at, Metrics(random)),
                    _ => Entries.Reading(TestDevice.Id, at, at, Metrics(random)),
                };
            }
        }

        Assert.True(effects > Worlds, $"{effects} effects");
    }

    [Fact]
    public void Rules_whose_limits_a_report_does_not_cross_are_not_evaluated()
    {
        var evaluated = 0;
        CompiledRule[] rules =
        [
            .. Enumerable.Range(1, 100).Select(number => RuleBench.Rule($"when fillPercent > {number} for 5 min within night or day then open work order", $"r{number:000}")).Select(rule => rule with
            {
                When = (ref RuleFrame frame) =>
                {
                    evaluated++;
                    return rule.When(ref frame);
                },
            }),
        ];
        var bench = new RuleBench(DeviceKind.Bin, rules).Report(1, ("fillPercent", 50.5), ("temperatureCelsius", 10));
        bench.Report(10, ("fillPercent", 50.6), ("temperatureCelsius", 10));
        evaluated = 0;
        bench.Report(20, ("fillPercent", 50.9), ("temperatureCelsius", 30)).Report(21, ("fillPercent", 50.1));
        Assert.Equal(0, evaluated);
        bench.Report(22, ("fillPercent", 53.5));
        Assert.Equal(3, evaluated);
    }

    [Fact]
    public void A_rule_that_goes_with_the_attributes_of_a_device_is_told_apart_from_one_that_stays()
    {
        var state = new DeviceRuleState();
        var rules = new CompiledRules(1, [RuleBench.Rule("each bin where street = \"A\" when fillPercent > 1 then open work order", "a"), RuleBench.Rule("each bin when fillPercent > 1 then open work order", "b")]);
        var without = rules.PlanOf(DeviceKind.Bin, state, "D1");
        Assert.Same(without, rules.PlanOf(DeviceKind.Bin, new DeviceRuleState(), "D2"));
        state.Passed = [rules.Of(DeviceKind.Bin)[0].Key];
        Assert.NotSame(without, rules.PlanOf(DeviceKind.Bin, state, "D1"));
    }

    private static void Happen(RuleBench bench, double minutes, Random random)
    {
        bench.Status = (DeviceStatus)random.Next(5);
        bench.Active = random.Next(3) switch
        {
            0 => null,
            1 => [new ConditionSince(Conditions.Overflow, RuleBench.At(Math.Floor(minutes / 700) * 700))],
            _ => [new ConditionSince(Conditions.Fire, RuleBench.At(-5)), new ConditionSince(Conditions.BatteryLow, RuleBench.At(-90))],
        };
        switch (random.Next(6))
        {
            case 0:
                bench.Look(minutes);
                break;
            case 1:
                bench.Look(minutes);
                bench.Judge(minutes);
                break;
            default:
                bench.Report(minutes, Metrics(random));
                break;
        }
    }

    private static (string Name, double Value)[] Metrics(Random random) =>
    [
        .. new[] { "fillPercent", "temperatureCelsius", "batteryPercent", "tilted", "vendor" }.Where(_ => random.Next(4) > 0)
            .Select(name => (name, name == "tilted" ? random.Next(2) : random.Next(3) == 0 ? random.Next(0, 101) : Math.Round(random.NextDouble() * 100, 1))),
    ];

    private static RuleSet SetOf(Random random, long version) => RuleSets.SetOf(Enumerable.Range(1, random.Next(1, 9)).Select(number => new PublishedRule
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"r{number}"),
        Version = number % 2 == 0 ? 1 : version,
        Name = "r",
        Scope = random.Next(5) == 0 ? $"device:{(random.Next(2) == 0 ? TestDevice.Id : "D2")}" : "all",
        Kinds = DeviceKinds.All,
        Json = RuleJsonWriter.Write(RuleText.Read(RuleTexts.Next(random, random.Next(3) == 0 ? " where street = \"A\"" : "")).Rule!),
    }));
}
