using Grid.Contracts.Devices;
using Grid.Contracts.Zones;
using Grid.Grains.Alarms;
using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Sectors;

/// <summary>What a sector holds of one of its devices.</summary>
internal sealed class SectorDevice
{
    private IDeviceGrain? _grain;

    public required string Id { get; init; }

    public required DeviceKind Kind { get; set; }

    public GeoPoint? Position { get; set; }

    /// <summary>The cabinet that a passive light point follows, or whose segment feeds a controlled one; null for every other device.</summary>
    public string? Follows { get; set; }

    /// <summary>The water zone of which it is a meter; null for every other device. Placed by <see cref="SectorZones"/>.</summary>
    public string? Zone { get; set; }

    /// <summary>What it measures of its zone.</summary>
    public ZoneRole ZoneRole { get; set; }

    /// <summary>Whose device it is; null when it is nobody's.</summary>
    public string? Subscriber { get; set; }

    /// <summary>The light points that are handed its entries; null for none.</summary>
    public List<SectorDevice>? Followers { get; set; }

    /// <summary>How long it may be silent; null for a device that is never expected to speak for itself.</summary>
    public TimeSpan? SilentAfter { get; set; }

    /// <summary>What it says itself of how it is to be heard, which no default moves.</summary>
    public StatedRhythm Own { get; set; }

    /// <summary>How often it is expected to report; 0 before it was asked.</summary>
    public int IntervalMinutes { get; set; }

    /// <summary>It was told a registration since devices note which parameters they say themselves.</summary>
    public bool HasNotedOwn { get; set; }

    /// <summary>It is looked at by rules across trades.</summary>
    public bool IsLinked { get; set; }

    /// <summary>What its alarms may come from; null when it hangs on nothing. Placed by <see cref="SectorAlarms"/>.</summary>
    public AlarmTopology? Topology { get; set; }

    /// <summary>People work on it.</summary>
    public bool IsUnderWorks { get; set; }

    /// <summary>The conditions that its alarms follow from, as its last entry left them.</summary>
    public int Holding { get; set; }

    public Contribution Contribution { get; set; }

    /// <summary>Offset of the last entry that was handed to it.</summary>
    public long Offset { get; set; }

    /// <summary>Offset of the last entry that changed what a live client shows of it.</summary>
    public long ChangedAt { get; set; }

    public DateTimeOffset? LastHeardAt { get; set; }

    /// <summary>Since when its silence counts. Not stored: the device says so again when it is asked.</summary>
    public DateTimeOffset? ExpectedSince { get; set; }

    /// <summary>The last instant at which it is not too long silent yet; null for never.</summary>
    public DateTimeOffset? SilentFrom => SilentAfter is { } silence && ExpectedSince is { } since ? since + silence : null;

    /// <summary>When the rules that operators wrote may be otherwise though nothing is heard of it; null for never.</summary>
    public DateTimeOffset? RulesDueAt { get; set; }

    /// <summary>The version of its program that was told to the controllers of the sector last; NaN before the first since the start.</summary>
    public double ProgramVersion { get; set; } = double.NaN;

    /// <summary>The device holds what no snapshot has.</summary>
    public bool IsDirty { get; set; }

    /// <summary>A call to it is under way: its next entry must wait.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Neighbours in the order of <see cref="ChangedAt"/>.</summary>
    public SectorDevice? Earlier { get; set; }

    public SectorDevice? Later { get; set; }

    /// <summary>The device itself. The reference is made when it is first used: books are read for many devices of which few are called soon.</summary>
    public IDeviceGrain GrainBy(IGrainFactory grains) => _grain ??= grains.Get(Kind, Id);
}
