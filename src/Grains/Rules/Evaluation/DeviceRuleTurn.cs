using System.Numerics;
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
    public static bool Advance(
        DeviceRuleState state, CompiledRules rules, DeviceKind kind, string device, ref RuleFrame frame, long upTo, ref List<RuleFiring>? firings, ref RuleGuard? guard)
    {
        for (var steps = 0; state.DueAt <= upTo; steps++)
        {
            if (steps == MostSteps)
            {
                Judge(state, rules, kind, device, ref frame, upTo, ref firings, ref guard);
                return false;
            }

            Judge(state, rules, kind, device, ref frame, state.DueAt, ref firings, ref guard);
        }

        return true;
    }

    /// <summary>
    /// Evaluates the rules for an instant; one before the latest is the latest. With a guard, only those for which something is another than when it was last evaluated: the
    /// others would do nothing, and remember the same.
    /// </summary>
    public static void Judge(
        DeviceRuleState state, CompiledRules rules, DeviceKind kind, string device, ref RuleFrame frame, long now, ref List<RuleFiring>? firings, ref RuleGuard? guard)
    {
        now = Math.Max(now, state.EvaluatedAt);
        (frame.Now, frame.Previous) = (now, state.Previous);
        var isKnown = guard is not null && guard.IsOf(state, rules, frame);
        if (!isKnown)
        {
            state.Rules = Known(state.Rules, rules.Of(kind));
            guard = new RuleGuard(state, rules, rules.PlanOf(kind, state, device), frame);
        }

        var words = guard!.Plan.Concerned.Length;
        Span<ulong> dirty = stackalloc ulong[words];
        Span<ulong> restless = stackalloc ulong[words];
        var isDirty = guard.See(ref frame, dirty, restless);
        if (!isKnown)
        {
            RuleBits.Add(dirty, guard.Plan.Concerned);
            foreach (var (rule, _) in guard.Standing)
            {
                RuleBits.Set(dirty, rule);
            }

            isDirty = true;
        }

        if (isDirty)
        {
            Evaluate(state, rules, kind, guard, dirty, restless, ref frame, ref firings);
        }

        (state.EvaluatedAt, state.DueAt) = (now, guard.Due);
    }

    /// <summary>What of memories goes along to another sector; null for nothing.</summary>
    public static RuleMemory[]? Lasting(RuleMemory[]? memories) =>
        memories?.Where(memory => memory.Since != 0).Select(memory => memory.Lasting).ToArray() is { Length: > 0 } lasting ? lasting : null;

    /// <summary>In its new sector: where the same version of a rule holds, what has lasted already counts.</summary>
    public static void Arrive(DeviceRuleState state, CompiledRules rules, DeviceKind kind)
    {
        if (state.Lasting is { } lasting)
        {
            (state.Rules, state.Lasting) = (Known(lasting, rules.Of(kind)) is { Length: > 0 } known ? known : null, null);
        }
    }

    /// <summary>A rule that this program cannot read leaves a memory of which nothing can follow.</summary>
    private static RuleMemory[]? Known(RuleMemory[]? memories, CompiledRule[] rules)
    {
        var place = 0;
        foreach (var rule in rules)
        {
            place += place < (memories?.Length ?? 0) && memories![place].Key == rule.Key ? 1 : 0;
        }

        return place == (memories?.Length ?? 0) ? memories : [.. rules.SelectMany(rule => memories!.Where(memory => memory.Key == rule.Key))];
    }

    /// <summary>Evaluates some rules, in the order of the set.</summary>
    private static void Evaluate(
        DeviceRuleState state, CompiledRules rules, DeviceKind kind, RuleGuard guard, ReadOnlySpan<ulong> dirty, ReadOnlySpan<ulong> restless, ref RuleFrame frame, ref List<RuleFiring>? firings)
    {
        var plan = guard.Plan;
        var kept = new KeptMemories(state.Rules, guard.Standing);
        for (var word = 0; word < dirty.Length; word++)
        {
            for (var bits = dirty[word]; bits != 0; bits &= bits - 1)
            {
                var number = (word << 6) + BitOperations.TrailingZeroCount(bits);
                var rule = plan.Rules[number];
                var isKnown = kept.MoveTo(number, out var memory);
                if (!RuleBits.Has(plan.Concerned, number))
                {
                    // Of a rule that concerns it no more nothing is left: what it raised ends.
                    End(rule, memory, frame.Now, ref firings);
                    kept.Drop();
                    continue;
                }

                frame.Due = long.MaxValue;
                var next = RuleStep.Next(rule, isKnown ? memory : new RuleMemory { Key = rule.Key }, ref frame, out var change);
                if (next.Since != 0 && !(isKnown && memory.Since == next.Since) && RuleCauses.Began(rule, rules, kind, frame, state.Causes) is { } cause)
                {
                    next = next with { Cause = cause };
                }

                if (change != RuleChange.None)
                {
                    (firings ??= []).Add(new RuleFiring(rule, change, frame.Now) { Cause = RuleChain.Lasting(rule, next, frame.Now) });
                    if (change == RuleChange.Fails)
                    {
                        guard.Break();
                    }
                }

                if (!next.IsAtRest)
                {
                    kept.Keep(next, new RuleStanding(number, frame.Due), isKnown);
                    continue;
                }

                guard.ExpectAtRest(frame.Due, RuleBits.Has(restless, number));
                if (isKnown)
                {
                    kept.Drop();
                }
            }
        }

        (state.Rules, var standing) = kept.End();
        guard.Note(state.Rules, standing);
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

    /// <summary>What brought about what has lasted until it begins.</summary>
    public RuleChain Cause { get; init; } = RuleChain.None;
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
