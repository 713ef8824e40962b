using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;

namespace Grid.Client.Live;

/// <summary>Identifies what can be shared between subscriptions: the same scope, filter and pace.</summary>
internal readonly record struct FeedKey(LiveScope Scope, WatchFilter Filter, TimeSpan Interval);

/// <summary>A step of a feed: the update from the step before, and where one is after it.</summary>
/// <param name="Number">Grows by one a step.</param>
/// <param name="Versions">One for each sector of the scope; with figures only, those that the figures are made of.</param>
/// <param name="Cursor">The same, as text.</param>
/// <param name="Summary">The figures, null for a device.</param>
/// <param name="Frames">From the step before to this one; empty for the first.</param>
/// <param name="IsGap">True when a sector could not say what changed since: everybody starts anew.</param>
internal sealed record FeedStep(
    long Number, SectorVersion[] Versions, string Cursor, TerritorySummary? Summary, IReadOnlyList<EncodedFrame> Frames, bool IsGap);

/// <summary>All devices of a scope, as frames.</summary>
internal sealed record FeedSnapshot(SectorVersion[] Versions, string Cursor, TerritorySummary? Summary, IReadOnlyList<EncodedFrame> Frames);

/// <summary>A snapshot that is kept for those who come a little later.</summary>
internal sealed record HeldSnapshot(FeedSnapshot Snapshot, long TakenAt);

/// <summary>What a subscription continues with after its own cursor.</summary>
/// <param name="Frames">From its cursor to now; empty when nothing changed.</param>
/// <param name="Step">The step from which it follows the feed, null for a gap.</param>
/// <param name="Cursor">Where it is, as text.</param>
/// <param name="Versions">Where it is.</param>
/// <param name="Summary">The figures that it has, null for none.</param>
internal sealed record FeedJoin(IReadOnlyList<EncodedFrame> Frames, FeedStep? Step, string Cursor, SectorVersion[] Versions, TerritorySummary? Summary)
{
    /// <summary>Nothing to continue with.</summary>
    public static FeedJoin Gap { get; } = new([], null, "", [], null);
}

/// <summary>Changes of several sectors, gathered.</summary>
internal sealed class GatheredChanges
{
    public List<DeviceChange> Devices { get; } = [];

    public List<string> Removed { get; } = [];

    public List<AlarmView> Alarms { get; } = [];

    /// <summary>Of each removed device, the sector that it has left.</summary>
    public Dictionary<string, string> LeftSector { get; } = new(StringComparer.Ordinal);

    public bool IsGap { get; set; }

    public bool HasMoved { get; set; }
}
