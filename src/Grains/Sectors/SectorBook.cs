using Grid.Contracts.Devices;
using Grid.Contracts.Territories;
using Grid.Contracts.Zones;
using Grid.Grains.Alarms;
using Grid.Grains.RollUp;

namespace Grid.Grains.Sectors;

/// <summary>
/// The books of a sector: its devices, their contributions and the sum of them, who follows which cabinet, and what changed after an offset.
/// No I/O and no clock.
/// </summary>
internal class SectorBook
{
    /// <summary>Removed devices that are remembered for live clients; beyond it the oldest are forgotten and such clients get a snapshot.</summary>
    public const int MaximumTombstones = 1_000;

    private readonly Dictionary<string, SectorDevice> _devices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<SectorDevice>> _followers = new(StringComparer.Ordinal);
    private readonly Queue<Tombstone> _tombstones = new();
    private FiguresSum _sum = new();
    private TerritoryFigures? _figures;
    private bool _isRecountDue;
    private SectorDevice? _earliest;
    private SectorDevice? _latest;

    public int Count => _devices.Count;

    public IEnumerable<SectorDevice> Devices => _devices.Values;

    /// <summary>The log is applied up to here.</summary>
    public long Offset { get; set; }

    /// <summary>Reception time of the newest entry applied.</summary>
    public DateTimeOffset AsOf { get; set; }

    /// <summary>Changes are known for versions from this offset on.</summary>
    public long ChangesKnownFrom { get; set; }

    /// <summary>What its territories give to its devices.</summary>
    public SectorParameters Parameters { get; } = new();

    /// <summary>Its meters of water zones.</summary>
    public SectorZones Zones { get; } = new();

    /// <summary>Before this instant no device can have become silent.</summary>
    public DateTimeOffset SilenceFrom { get; private set; } = DateTimeOffset.MinValue;

    public IEnumerable<Tombstone> Tombstones => _tombstones;

    public SectorDevice? Find(string device) => _devices.GetValueOrDefault(device);

    /// <summary>The light points that are handed the entries of a device that may not be here; null for none.</summary>
    public List<SectorDevice>? FollowersOf(string device) => _followers.GetValueOrDefault(device);

    /// <summary>The sum; the same object until something else is summed.</summary>
    public TerritoryFigures ToFigures() => _figures ??= _sum.ToFigures();

    /// <summary>Adds a device, as the latest to have changed.</summary>
    public void Add(SectorDevice device)
    {
        _devices.Add(device.Id, device);
        _sum.Add(device.Contribution);
        SumChanged();
        Link(device);
        device.Followers = FollowersOf(device.Id);
        Follow(device, device.Follows);
        Zones.Place(device, device.Zone is { } zone ? new ZonePlace(zone, device.ZoneRole) : null);
    }

    public void Remove(SectorDevice device, long offset)
    {
        _devices.Remove(device.Id);
        _sum.Subtract(device.Contribution);
        SumChanged();
        Unlink(device);
        Follow(device, null);
        Zones.Place(device, null);
        Bury(new Tombstone(device.Id, offset));
    }

    /// <summary>True when a device was removed after an offset and is here again: a reader must forget what it showed before, which no change says.</summary>
    public bool HasReturnedSince(long offset) => _tombstones.Any(tombstone => tombstone.Offset > offset && _devices.ContainsKey(tombstone.Device));

    public void Bury(Tombstone tombstone)
    {
        _tombstones.Enqueue(tombstone);
        while (_tombstones.Count > MaximumTombstones)
        {
            ChangesKnownFrom = _tombstones.Dequeue().Offset;
        }
    }

    /// <summary>Replaces what the device contributes.</summary>
    public virtual void Replace(SectorDevice device, in Contribution contribution)
    {
        if (contribution == device.Contribution)
        {
            return;
        }

        _sum.Subtract(device.Contribution);
        device.Contribution = contribution;
        _sum.Add(contribution);
        SumChanged();
    }

    /// <summary>The device shows something new as of an offset.</summary>
    public void MarkChanged(SectorDevice device, long offset)
    {
        if (offset > device.ChangedAt)
        {
            device.ChangedAt = offset;
            Unlink(device);
            Link(device);
        }
    }

    public void Follow(SectorDevice device, string? cabinet)
    {
        if (device.Follows is { } former && _followers.TryGetValue(former, out var list) && list.Remove(device) && list.Count == 0)
        {
            _followers.Remove(former);
            SetFollowers(former, null);
        }

        device.Follows = cabinet;
        if (cabinet is not null)
        {
            if (!_followers.TryGetValue(cabinet, out var followers))
            {
                _followers.Add(cabinet, followers = []);
                SetFollowers(cabinet, followers);
            }

            followers.Add(device);
        }
    }

    /// <summary>The devices that changed after an offset, earliest change first.</summary>
    public IEnumerable<SectorDevice> ChangedAfter(long offset)
    {
        var device = _latest;
        while (device?.Earlier is { } earlier && earlier.ChangedAt > offset)
        {
            device = earlier;
        }

        for (device = device?.ChangedAt > offset ? device : null; device is not null; device = device.Later)
        {
            yield return device;
        }
    }

    /// <summary>The device was heard, or can speak again or no more, or is given another time in which it may be silent.</summary>
    public void Expect(SectorDevice device, DateTimeOffset? lastHeardAt, DateTimeOffset? expectedSince, TimeSpan? silentAfter)
    {
        (device.LastHeardAt, device.ExpectedSince, device.SilentAfter) = (lastHeardAt, expectedSince, silentAfter);
        if (device.SilentFrom is { } instant && instant < SilenceFrom)
        {
            SilenceFrom = instant;
        }
    }

    /// <summary>The devices that have been silent for too long and do not know it yet.</summary>
    public List<SectorDevice> FindSilent(DateTimeOffset now)
    {
        var silent = new List<SectorDevice>();
        SilenceFrom = DateTimeOffset.MaxValue;
        foreach (var device in _devices.Values)
        {
            if (device.Contribution.Status == DeviceStatus.Silent || device.SilentFrom is not { } instant)
            {
                continue;
            }

            SilenceFrom = instant < SilenceFrom ? instant : SilenceFrom;
            if (now > instant)
            {
                silent.Add(device);
            }
        }

        return silent;
    }

    /// <summary>So many alarms more count as that.</summary>
    public void CountAlarm(DeviceKind kind, AlarmBucket bucket, int change)
    {
        if (bucket != AlarmBucket.None)
        {
            _sum.CountAlarm(kind, bucket, change);
            SumChanged();
        }
    }

    /// <summary>Alarms were announced.</summary>
    public void CountAlarmStarts(AlarmStarts starts)
    {
        _sum.CountAlarmStarts(starts);
        SumChanged();
    }

    /// <summary>Sums all contributions anew if any has changed since; true when the running sum had drifted from them, which is a defect.</summary>
    public bool Recount()
    {
        if (!_isRecountDue)
        {
            return false;
        }

        _isRecountDue = false;
        var sum = new FiguresSum();
        foreach (var device in _devices.Values)
        {
            sum.Add(device.Contribution);
        }

        sum.TakeAlarms(_sum);
        var drifted = !FiguresComparison.AreEqual(sum.ToFigures(), ToFigures());
        if (drifted)
        {
            (_sum, _figures) = (sum, null);
        }

        return drifted;
    }

    private void SetFollowers(string cabinet, List<SectorDevice>? followers)
    {
        if (Find(cabinet) is { } device)
        {
            device.Followers = followers;
        }
    }

    private void SumChanged()
    {
        _figures = null;
        _isRecountDue = true;
    }

    /// <summary>Appends behind the latest, or before those that changed later (a replay may mark older offsets).</summary>
    private void Link(SectorDevice device)
    {
        var after = _latest;
        while (after is not null && after.ChangedAt > device.ChangedAt)
        {
            after = after.Earlier;
        }

        device.Earlier = after;
        device.Later = after is null ? _earliest : after.Later;
        if (device.Earlier is { } earlier)
        {
            earlier.Later = device;
        }
        else
        {
            _earliest = device;
        }

        if (device.Later is { } later)
        {
            later.Earlier = device;
        }
        else
        {
            _latest = device;
        }
    }

    private void Unlink(SectorDevice device)
    {
        if (device.Earlier is { } earlier)
        {
            earlier.Later = device.Later;
        }
        else
        {
            _earliest = device.Later;
        }

        if (device.Later is { } later)
        {
            later.Earlier = device.Earlier;
        }
        else
        {
            _latest = device.Earlier;
        }

        device.Earlier = null;
        device.Later = null;
    }
}

/// <summary>A device that was here until an offset.</summary>
internal readonly record struct Tombstone(string Device, long Offset);
