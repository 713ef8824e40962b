namespace Grid.Grains.Rules.Evaluation;

/// <summary>What became of a rule on a device at an instant.</summary>
internal enum RuleChange : byte
{
    None,

    /// <summary>It holds from now on: what follows from it is to be done.</summary>
    Begins,

    /// <summary>It holds no more.</summary>
    Ends,

    /// <summary>It failed and is suspended.</summary>
    Fails,
}

/// <summary>One evaluation of one rule. Pure: the same rule, memory and frame give the same.</summary>
internal static class RuleStep
{
    /// <summary>Least time between two beginnings of one rule on one device: one that comes earlier begins then, if it still holds.</summary>
    public const long LeastBetweenMilliseconds = 60_000;

    /// <summary>The memory after an instant. When it may be otherwise though nothing is heard is noted in the frame.</summary>
    public static RuleMemory Next(CompiledRule rule, in RuleMemory memory, ref RuleFrame frame, out RuleChange change)
    {
        change = RuleChange.None;
        if ((memory.Flags & RuleFlags.Suspended) != 0)
        {
            return memory;
        }

        frame.Bands = memory.Bands;
        bool holds, counts;
        try
        {
            holds = rule.When(ref frame) == Truth.True;
            counts = rule.Within is null || rule.Within(ref frame) == Truth.True;
        }
        catch (Exception)
        {
            // A defect of this rule must not stop the device nor its other rules; whoever reads the effect is told.
            change = RuleChange.Fails;
            return new RuleMemory { Key = rule.Key, Flags = RuleFlags.Suspended };
        }

        var since = !holds ? 0 : memory.Since != 0 ? memory.Since : frame.Now;
        var held = (memory.Flags & RuleFlags.Holds) != 0;
        var firedAt = frame.Now - memory.FiredAt < LeastBetweenMilliseconds ? memory.FiredAt : 0;
        var isNow = holds && counts;
        if (isNow && !held)
        {
            var from = Math.Max(since + rule.Rule.ForMilliseconds, firedAt == 0 ? 0 : firedAt + LeastBetweenMilliseconds);
            isNow = frame.Now >= from;
            frame.MayChangeAt(from);
        }

        change = isNow == held ? RuleChange.None : isNow ? RuleChange.Begins : RuleChange.Ends;
        return new RuleMemory
        {
            Key = rule.Key,
            Since = since,
            FiredAt = change == RuleChange.Begins ? frame.Now : firedAt,
            Bands = frame.Bands,
            Flags = isNow ? RuleFlags.Holds : RuleFlags.None,
            Cause = since == memory.Since ? memory.Cause : null,
        };
    }
}
