using Grid.Contracts.Devices;
using Grid.Grains.Rules.Evaluation;

namespace Grid.Tests.Grains.Rules;

/// <summary>What <see cref="DeviceRuleTurn"/> must come to: every rule is evaluated every time, whatever it sees.</summary>
internal static class NaiveRuleTurn
{
    public static bool Advance(DeviceRuleState state, CompiledRules rules, DeviceKind kind, string device, ref RuleFrame frame, long upTo, ref List<RuleFiring>? firings)
    {
        for (var steps = 0; state.DueAt <= upTo; steps++)
        {
            if (steps == DeviceRuleTurn.MostSteps)
            {
                Judge(state, rules, kind, device, ref frame, upTo, ref firings);
                return false;
            }

            Judge(state, rules, kind, device, ref frame, state.DueAt, ref firings);
        }

        return true;
    }

    public static void Judge(DeviceRuleState state, CompiledRules rules, DeviceKind kind, string device, ref RuleFrame frame, long now, ref List<RuleFiring>? firings)
    {
        now = Math.Max(now, state.EvaluatedAt);
        (frame.Now, frame.Due, frame.Previous) = (now, long.MaxValue, state.Previous);
        var left = new List<RuleMemory>();
        foreach (var rule in rules.Of(kind))
        {
            var memory = (state.Rules ?? []).FirstOrDefault(one => one.Key == rule.Key);
            if (!rule.Concerns(state, device))
            {
                if (memory.Flags != RuleFlags.None)
                {
                    (firings ??= []).Add(new RuleFiring(rule, RuleChange.Ends, now) { WasSuspended = (memory.Flags & RuleFlags.Suspended) != 0 });
                }

                continue;
            }

            var next = RuleStep.Next(rule, memory.Key == 0 ? new RuleMemory { Key = rule.Key } : memory, ref frame, out var change);
            if (change != RuleChange.None)
            {
                (firings ??= []).Add(new RuleFiring(rule, change, now));
            }

            if (!next.IsAtRest)
            {
                left.Add(next);
            }
        }

        state.Rules = left.Count == 0 ? null : [.. left];
        (state.EvaluatedAt, state.DueAt) = (now, frame.Due);
    }
}
