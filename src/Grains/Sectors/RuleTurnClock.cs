namespace Grid.Grains.Sectors;

/// <summary>
/// When the rules of a sector that ask for more than a device are judged next: some moments after the first change that they have not seen, so that what comes together is one;
/// not faster than its pace; and at the instants at which time alone may change them. Pure: live and on history the same. Unix milliseconds.
/// </summary>
/// <param name="gatherMilliseconds">From a change to the look at it.</param>
/// <param name="paceMilliseconds">Least time between two looks at changes.</param>
internal sealed class RuleTurnClock(long gatherMilliseconds, long paceMilliseconds)
{
    /// <summary>There is no next.</summary>
    public const long Never = long.MaxValue;

    private long _changedAt = Never;
    private long _judgedAt = long.MinValue / 2;
    private long _dueAt = Never;

    /// <summary>The instant for which they are judged next.</summary>
    public long Next => Math.Min(_dueAt, _changedAt == Never ? Never : Math.Max(_changedAt + gatherMilliseconds, _judgedAt + paceMilliseconds));

    /// <summary>Something that they may see has changed.</summary>
    public void Changed(long at) => _changedAt = Math.Min(_changedAt, at);

    /// <summary>They must be judged anew at an instant, whatever the pace.</summary>
    public void Expect(long at) => _dueAt = Math.Min(_dueAt, at);

    /// <summary>They were judged for an instant, and time alone may change them at another.</summary>
    public void Judged(long at, long dueAt)
    {
        (_judgedAt, _dueAt) = (at, dueAt);
        if (_changedAt <= at)
        {
            _changedAt = Never;
        }
    }
}
