using System.Diagnostics.Metrics;

namespace Grid.Grains.Devices;

/// <summary>What devices count.</summary>
public sealed class DeviceInstruments : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Grid.Devices";

    private readonly Meter _meter;
    private readonly Counter<long> _metricsNotKept;
    private readonly Counter<long> _rulesFired;
    private readonly Counter<long> _ruleLoopsCut;
    private readonly Counter<long> _ruleTimeSkipped;

    /// <summary>Counters of one process.</summary>
    public DeviceInstruments(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _metricsNotKept = _meter.CreateCounter<long>(
            "grid.devices.metrics_not_kept", description: "Values not kept because their device has the most metrics that it may have.");
        _rulesFired = _meter.CreateCounter<long>("grid.rules.changes", "{change}", "Rules of operators that began or ceased to hold on a device, or failed");
        _ruleLoopsCut = _meter.CreateCounter<long>("grid.rules.loops_cut", "{command}", "Commands of rules that were not given because rules had caused them too often already");
        _ruleTimeSkipped = _meter.CreateCounter<long>("grid.rules.time_skipped", "{device}", "Devices for whose rules so much time passed at once that not every instant on the way was visited");
        _meter.CreateObservableGauge("grid.devices.unknown_metric_names", () => MetricNames.UnknownCount, description: "Metric names outside the catalogue.");
    }

    /// <summary>A device has the most metrics that it may have: one more was not kept.</summary>
    public void MetricNotKept() => _metricsNotKept.Add(1);

    /// <summary>Rules of operators changed on a device, and so many of their commands were not given.</summary>
    public void RulesFired(int changes, int loopsCut)
    {
        _rulesFired.Add(changes);
        if (loopsCut > 0)
        {
            _ruleLoopsCut.Add(loopsCut);
        }
    }

    /// <summary>Too much time passed at once for the rules of a device.</summary>
    public void RuleTimeSkipped() => _ruleTimeSkipped.Add(1);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
