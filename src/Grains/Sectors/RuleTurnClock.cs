namespace Grid.Grains.Sectors;

/// <summary>
/// When the rules of a sector that ask for more than a device are judged next: some moments after the first change that they have not seen, so that what comes together is one; not faster than its
/// pace; and at the instants at which time alone may change them. They are judged by what was accepted before that instant, and so a little after it. Pure: live and on history the same. Unix milliseconds.
/// </summary>
/// <param name="paceMilliseconds">Least time between two looks at changes.</param>
internal sealed class RuleTurnClock(long paceMilliseconds)
{
    /// <summary>There is no next.</summary>
    public const long Never = long.MaxValue;

    /// <summary>They are to be judged as soon as may be: after a start, or when other rules hold.</summary>
    public const long Soon = 0;

    /// <summary>From a change to the instant for which they are judged.</summary>
    public const long GatherMilliseconds = 50;

    /// <summary>From an instant to the look at it: what was accepted before it has come by then.</summary>
    public const long WaitMilliseconds = 200;

    private long _changedAt = Never;
    private long _judgedAt = -paceMilliseconds;
    private long _dueAt = Never;

    /// <summary>The instant for which they are judged next; <see cref="Soon"/> until it is known which that is.</summary>
    public long Next => _dueAt == Soon
        ? Soon
        : Math.Min(Math.Max(_dueAt, _judgedAt + 1), _changedAt == Never ? Never : Math.Max(_changedAt + GatherMilliseconds, _judgedAt + paceMilliseconds));

    /// <summary>Something that they may see has changed.</summary>
    public void Changed(long at) => _changedAt = Math.Min(_changedAt, at);

    /// <summary>They must be judged anew at an instant, whatever the pace.</summary>
    public void Expect(long at) => _dueAt = Math.Min(_dueAt, at);

    /// <summary>What was to be judged as soon as may be is to be judged at an instant: what was before is not known.</summary>
    public void Begin(long at)
    {
        if (_dueAt == Soon)
        {
            (_dueAt, _changedAt) = (at, Never);
        }
    }

    /// <summary>They were judged for an instant, and time alone may change them at another. What was accepted at that very instant, they have not seen.</summary>
    public void Judged(long at, long dueAt)
    {
        (_judgedAt, _dueAt) = (at, dueAt);
        if (_changedAt < at)
        {
            _changedAt = Never;
        }
    }
}
