namespace Grid.Grains.Rules.Trial;

/// <summary>
/// The looks of a sector at its rules, as they were. A rule that the sector followed was judged then and at no other instant that mattered: what a look did not decide left everything as it was. Of a
/// rule that it did not follow there is no look, and it is judged when it would have been, were it alone.
/// </summary>
/// <param name="Judged">The instants for which something was decided, and the look of the commune that the rules saw; null for none.</param>
/// <param name="Follows">From when on it followed the rule, or not; by time.</param>
/// <param name="IsFollowed">Whether it does where none of those says.</param>
internal sealed record TrialLooks(List<(DateTimeOffset At, DateTimeOffset? Seen)> Judged, List<(DateTimeOffset At, bool Follows)> Follows, bool IsFollowed)
{
    /// <summary>Of a sector of which nothing is known.</summary>
    public static TrialLooks None { get; } = new([], [], false);

    /// <summary>True when the sector followed the rule.</summary>
    public bool IsFollowedAt(DateTimeOffset instant)
    {
        var place = Follows.FindLastIndex(one => one.At <= instant);

        // The first that is known may have changed others only: what it has was there before.
        return place >= 0 ? Follows[place].Follows : Follows is [var first, ..] ? first.Follows : IsFollowed;
    }

    /// <summary>When that may be otherwise next.</summary>
    public DateTimeOffset ChangesAfter(DateTimeOffset instant) => Follows.Find(one => one.At > instant) is { At.Ticks: > 0 } next ? next.At : DateTimeOffset.MaxValue;
}
