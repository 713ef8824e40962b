using System.Diagnostics.Metrics;

namespace Grid.Grains.Devices;

/// <summary>What devices count.</summary>
public sealed class DeviceInstruments : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Grid.Devices";

    private readonly Meter _meter;
    private readonly Counter<long> _metricsNotKept;

    /// <summary>Counters of one process.</summary>
    public DeviceInstruments(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _metricsNotKept = _meter.CreateCounter<long>(
            "grid.devices.metrics_not_kept", description: "Values not kept because their device has the most metrics that it may have.");
        _meter.CreateObservableGauge("grid.devices.unknown_metric_names", () => MetricNames.UnknownCount, description: "Metric names outside the catalogue.");
    }

    /// <summary>A device has the most metrics that it may have: one more was not kept.</summary>
    public void MetricNotKept() => _metricsNotKept.Add(1);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
