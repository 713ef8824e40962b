using Grid.Contracts.Devices;
using Grid.Grains.Rules.Language;

namespace Grid.Grains.Rules.Evaluation;

/// <summary>
/// Evaluates the rules of a device on its turn. Time moves through every instant at which a rule may change by itself, so that what begins and when does not depend on how
/// often somebody looks. Allocates nothing while no rule changes.
/// </summary>
internal static class DeviceRuleTurn
{
    /// <summary>Instants that are visited on the way; beyond it the rest of the way is one step, and it is counted.</summary>
    public const int MostSteps = 64;

    /// <summary>Time passes up to an instant, without news of the device.</summary>
    /// <returns>False when it was too far to visit every instant on the way.</returns>
    public static bool Advance(DeviceRuleState state, CompiledRules rules, DeviceKind kind, string device, ref RuleFrame frame, long upTo, ref List<RuleFiring>? firings)
    {
        for (var steps = 0; state.DueAt <= upTo; steps++)
        {
            if (steps == MostSteps)
            {
                Judge(state, rules, kind, device, ref frame, upTo, ref firings);
                return false;
            }

            Judge(state, rules, kind, device, ref frame, state.DueAt, ref firings);
        }

        return true;
    }

    /// <summary>Evaluates all rules for an instant; one before the latest is the latest.</summary>
    public static void Judge(DeviceRuleState state, CompiledRules rules, DeviceKind kind, string device, ref RuleFrame frame, long now, ref List<RuleFiring>? firings)
    {
        now = Math.Max(now, state.EvaluatedAt);
        (frame.Now, frame.Due, frame.Previous) = (now, long.MaxValue, state.Previous);
        var memories = state.Rules;
        var place = 0;
        List<RuleMemory>? rebuilt = null;
        foreach (var rule in rules.Of(kind))
        {
            var isKnown = place < (memories?.Length ?? 0) && memories![place].Key == rule.Key;
            if (!Concerns(rule, state, device))
            {
                // Of a rule that concerns it no more nothing is left: what it raised ends.
                if (isKnown)
                {
                    rebuilt ??= [.. memories.AsSpan(0, place)];
                    End(rule, memories![place++], now, ref firings);
                }

                continue;
            }

            var memory = isKnown ? memories![place] : new RuleMemory { Key = rule.Key };
            var next = RuleStep.Next(rule, memory, ref frame, out var change);
            if (change != RuleChange.None)
            {
                (firings ??= []).Add(new RuleFiring(rule, change, now));
            }

            if (rebuilt is null && isKnown && !next.IsAtRest)
            {
                memories![place++] = next;
                continue;
            }

            if (isKnown || !next.IsAtRest)
            {
                rebuilt ??= [.. memories.AsSpan(0, place)];
            }

            place += isKnown ? 1 : 0;
            if (!next.IsAtRest)
            {
                rebuilt!.Add(next);
            }
        }

        if (rebuilt is not null)
        {
            state.Rules = rebuilt.Count == 0 ? null : [.. rebuilt];
        }

        (state.EvaluatedAt, state.DueAt) = (now, frame.Due);
    }

    /// <summary>Other rules hold from now on: what those that stay remember stays, and what those that go have raised ends.</summary>
    public static void Replace(DeviceRuleState state, CompiledRules? former, CompiledRules rules, DeviceKind kind, long now, ref List<RuleFiring>? firings)
    {
        now = Math.Max(now, state.EvaluatedAt);
        var memories = state.Rules ?? [];
        var kept = new List<RuleMemory>();
        foreach (var rule in rules.Of(kind))
        {
            foreach (var memory in memories)
            {
                if (memory.Key == rule.Key)
                {
                    kept.Add(memory);
                }
            }
        }

        foreach (var rule in former?.Of(kind) ?? [])
        {
            foreach (var memory in memories)
            {
                if (memory.Key == rule.Key && !kept.Contains(memory))
                {
                    End(rule, memory, now, ref firings);
                }
            }
        }

        state.Rules = kept.Count == 0 ? null : [.. kept];
        state.Previous = PreviousValues.For(rules.PreviousOf(kind), state.Previous);
        state.Passed = state.Passed is { } passed && rules.Of(kind).Where(rule => passed.Contains(rule.Key)).Select(rule => rule.Key).ToArray() is { Length: > 0 } still ? still : null;
        state.Set = rules.Hash;
    }

    /// <summary>The device is registered with other attributes.</summary>
    public static void Describe(DeviceRuleState state, CompiledRules rules, DeviceDescriptor descriptor)
    {
        long[] passed = [.. rules.Of(descriptor.Kind).Where(rule => rule.Rule.Target.Where.Count > 0 && rule.Rule.Target.Where.All(filter => Filters.Pass(filter, descriptor))).Select(rule => rule.Key)];
        state.Passed = passed.Length == 0 ? null : passed;
    }

    private static bool Concerns(CompiledRule rule, DeviceRuleState state, string device) =>
        (rule.Device is null || string.Equals(rule.Device, device, StringComparison.Ordinal))
        && (rule.Rule.Target.Where.Count == 0 || (state.Passed is { } passed && passed.AsSpan().Contains(rule.Key)));

    private static void End(CompiledRule rule, RuleMemory memory, long now, ref List<RuleFiring>? firings)
    {
        // Suspended it has an alarm too: that it is.
        if (memory.Flags != RuleFlags.None)
        {
            (firings ??= []).Add(new RuleFiring(rule, RuleChange.Ends, now) { WasSuspended = (memory.Flags & RuleFlags.Suspended) != 0 });
        }
    }
}

/// <summary>A rule began or ceased to hold.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Change">What became of it.</param>
/// <param name="At">When, in Unix milliseconds.</param>
internal readonly record struct RuleFiring(CompiledRule Rule, RuleChange Change, long At)
{
    /// <summary>It ends by going away after it failed.</summary>
    public bool WasSuspended { get; init; }
}

/// <summary>Whether a device has the attributes that a rule asks for.</summary>
internal static class Filters
{
    /// <summary>An attribute that is absent, or of another type, equals nothing; so it is not equal to anything, and compares with nothing.</summary>
    public static bool Pass(AttributeFilter filter, DeviceDescriptor device)
    {
        var has = device.Attributes.TryGetValue(filter.Name, out var value);
        if (filter.Operator is ComparisonOperator.Equal or ComparisonOperator.NotEqual)
        {
            return (has && value == filter.Value) == (filter.Operator == ComparisonOperator.Equal);
        }

        return has && value.Number is { } number && filter.Value.Number is { } limit && filter.Operator switch
        {
            ComparisonOperator.Greater => number > limit,
            ComparisonOperator.GreaterOrEqual => number >= limit,
            ComparisonOperator.Less => number < limit,
            _ => number <= limit,
        };
    }
}
