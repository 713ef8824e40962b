namespace Grid.Grains.Rules.Evaluation;

/// <summary>The memories of a device's rules while some of them are evaluated: written in place, and in new arrays only where a rule comes to rest or leaves it.</summary>
/// <param name="memories">Those that there are; null for none.</param>
/// <param name="standing">The rule of each.</param>
internal ref struct KeptMemories(RuleMemory[]? memories, RuleStanding[] standing)
{
    private int _place;
    private List<RuleMemory>? _memories;
    private List<RuleStanding>? _standing;

    /// <summary>Goes on to a rule, past those before it, which stay as they are.</summary>
    /// <returns>Whether there is a memory of it.</returns>
    public bool MoveTo(int rule, out RuleMemory memory)
    {
        while (_place < standing.Length && standing[_place].Rule < rule)
        {
            _memories?.Add(memories![_place]);
            _standing?.Add(standing[_place]);
            _place++;
        }

        var isKnown = _place < standing.Length && standing[_place].Rule == rule;
        memory = isKnown ? memories![_place] : default;
        return isKnown;
    }

    /// <summary>The memory of the rule that it is at.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="stands">Of which rule, and when it may be otherwise.</param>
    /// <param name="isKnown">Whether there was one before.</param>
    public void Keep(RuleMemory memory, RuleStanding stands, bool isKnown)
    {
        if (isKnown && _memories is null)
        {
            (memories![_place], standing[_place]) = (memory, stands);
            _place++;
            return;
        }

        Part();
        _memories!.Add(memory);
        _standing!.Add(stands);
        _place += isKnown ? 1 : 0;
    }

    /// <summary>Nothing is left of the rule that it is at.</summary>
    public void Drop()
    {
        Part();
        _place++;
    }

    /// <summary>What is left in the end.</summary>
    public (RuleMemory[]? Memories, RuleStanding[] Standing) End()
    {
        if (_memories is null)
        {
            return (memories, standing);
        }

        MoveTo(int.MaxValue, out _);
        return _memories.Count == 0 ? (null, []) : ([.. _memories], [.. _standing!]);
    }

    private void Part()
    {
        _memories ??= [.. memories.AsSpan(0, _place)];
        _standing ??= [.. standing.AsSpan(0, _place)];
    }
}
