using Grid.Grains.Rules.Evaluation;

namespace Grid.Grains.Sectors;

/// <summary>
/// When the rules of a sector that ask for more than a device are judged next: at the first of the <see cref="RuleInstants"/> after a change that they have not seen, and at the
/// first at which time alone may have changed them. Pure: live and on history the same. Unix milliseconds.
/// </summary>
internal sealed class RuleTurnClock
{
    /// <summary>There is no next.</summary>
    public const long Never = long.MaxValue;

    /// <summary>They are to be judged as soon as may be: after a start, or when other rules hold.</summary>
    public const long Soon = 0;

    private long _changedAt = Never;
    private long _judgedAt = -RuleInstants.EveryMilliseconds;
    private long _dueAt = Never;

    /// <summary>The instant for which they are judged next; <see cref="Soon"/> until it is known which that is.</summary>
    public long Next
    {
        get
        {
            // Of a change at the very instant nothing is seen: what was accepted before it counts.
            var first = Math.Min(_dueAt, _changedAt == Never ? Never : _changedAt + 1);
            return first == Never ? Never : Math.Max(RuleInstants.AtOrAfter(first), _judgedAt + RuleInstants.EveryMilliseconds);
        }
    }

    /// <summary>Something that they may see has changed.</summary>
    public void Changed(long at) => _changedAt = Math.Min(_changedAt, at);

    /// <summary>They must be judged anew at an instant, or the first one that may be after it.</summary>
    public void Expect(long at) => _dueAt = Math.Min(_dueAt, at);

    /// <summary>What was to be judged as soon as may be is to be judged from now on: what was before is not known.</summary>
    public void Begin(long now)
    {
        if (Next == Soon)
        {
            (_dueAt, _changedAt) = (now, Never);
        }
    }

    /// <summary>They were judged for an instant, and time alone may change them at another.</summary>
    public void Judged(long at, long dueAt)
    {
        (_judgedAt, _dueAt) = (at, dueAt);
        if (_changedAt < at)
        {
            _changedAt = Never;
        }
    }
}
