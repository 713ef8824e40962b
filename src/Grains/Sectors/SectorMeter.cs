using System.Diagnostics.Metrics;

namespace Grid.Grains.Sectors;

/// <summary>What sectors count.</summary>
public sealed class SectorMeter : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Grid.Sectors";

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _applied;
    private readonly Counter<long> _unknown;
    private readonly Counter<long> _erased;
    private readonly Counter<long> _behind;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _gaps;
    private readonly Counter<long> _drift;
    private readonly Counter<long> _alarms;
    private readonly Counter<long> _alarmsDropped;
    private readonly Counter<long> _floods;
    private readonly Histogram<double> _checkpoint;

    /// <summary>Creates the instruments.</summary>
    public SectorMeter()
    {
        _applied = _meter.CreateCounter<long>("grid.sectors.entries.applied", "{entry}", "Log entries applied");
        _unknown = _meter.CreateCounter<long>("grid.sectors.entries.unknown", "{entry}", "Entries of devices that had left by then");
        _erased = _meter.CreateCounter<long>("grid.sectors.entries.erased", "{entry}", "Entries skipped because their subscriber's key is destroyed");
        _behind = _meter.CreateCounter<long>("grid.sectors.devices.behind", "{device}", "Devices that had lost memory and were caught up from the log");
        _failed = _meter.CreateCounter<long>("grid.sectors.entries.failed", "{entry}", "Entries that a device failed on twice, skipped for it");
        _gaps = _meter.CreateCounter<long>("grid.sectors.deliveries.missed", "{delivery}", "Deliveries missed and read from the log");
        _drift = _meter.CreateCounter<long>("grid.roll_up.drift", "{sum}", "Sums that differed from what they are made of");
        _alarms = _meter.CreateCounter<long>("grid.alarms.changed", "{alarm}", "Changes of alarms that were told at once");
        _alarmsDropped = _meter.CreateCounter<long>("grid.alarms.dropped", "{alarm}", "Alarms that found no room in their sector");
        _floods = _meter.CreateCounter<long>("grid.alarms.floods", "{flood}", "Floods of alarms that began in a territory");
        _checkpoint = _meter.CreateHistogram<double>("grid.sectors.checkpoint.duration", "s", "Time that a checkpoint took");
    }

    internal void Applied(int entries) => _applied.Add(entries);

    internal void UnknownDevice() => _unknown.Add(1);

    internal void ErasedEntry() => _erased.Add(1);

    internal void DeviceBehind() => _behind.Add(1);

    internal void EntryFailed() => _failed.Add(1);

    internal void DeliveryMissed() => _gaps.Add(1);

    internal void Drift() => _drift.Add(1);

    internal void AlarmsChanged(int alarms) => _alarms.Add(alarms);

    internal void AlarmsDropped(long alarms) => _alarmsDropped.Add(alarms);

    internal void AlarmFlood() => _floods.Add(1);

    internal void Checkpointed(TimeSpan duration) => _checkpoint.Record(duration.TotalSeconds);

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();
}
