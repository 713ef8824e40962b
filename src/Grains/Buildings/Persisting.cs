namespace Grid.Grains.Buildings;

/// <summary>
/// Something that counts only when it goes on: from the second report running that shows it, and its delay after the first, until a report shows that it is over.
/// </summary>
/// <param name="Since">The first report running that shows it, in Unix milliseconds; 0 when the newest does not.</param>
/// <param name="Holds">True while it counts.</param>
internal readonly record struct Persisting(long Since, bool Holds)
{
    /// <summary>After a report.</summary>
    /// <param name="isBegun">True when the report is beyond where it begins.</param>
    /// <param name="isOver">True when it is back where it ends; between the two, what held goes on.</param>
    /// <param name="at">Time of the report, in Unix milliseconds.</param>
    /// <param name="delay">How long it must go on, in milliseconds.</param>
    public Persisting After(bool isBegun, bool isOver, long at, long delay) =>
        Holds ? (isOver ? default : this)
        : !isBegun ? default
        : Since == 0 ? new Persisting(at, Holds: false)
        : this with { Holds = at > Since && at - Since >= delay };
}
