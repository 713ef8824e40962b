using System.Diagnostics.Metrics;
using Grid.Contracts.Territories;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Grains.Devices;

/// <summary>What devices need of the process that they live in; one for all of them.</summary>
/// <param name="calendars">Local days.</param>
/// <param name="clock">For what is shown and for nothing that is stored.</param>
/// <param name="instruments">Counters.</param>
public sealed class DeviceContext(LocalCalendars calendars, TimeProvider clock, DeviceInstruments instruments)
{
    /// <summary>Local days.</summary>
    public LocalCalendars Calendars { get; } = calendars;

    /// <summary>For what is shown and for nothing that is stored.</summary>
    public TimeProvider Clock { get; } = clock;

    /// <summary>Counters.</summary>
    public DeviceInstruments Instruments { get; } = instruments;

    /// <summary>One string instance for each sector.</summary>
    public SectorNames Sectors { get; } = new();
}

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

/// <summary>Registration of what devices need.</summary>
public static class DeviceRegistration
{
    /// <summary>Adds what device grains need; <see cref="ITerritoryTable"/>, <see cref="TimeProvider"/> and meters come from the host.</summary>
    public static IServiceCollection AddDevices(this IServiceCollection services) => services
        .AddSingleton<LocalCalendars>()
        .AddSingleton<DeviceInstruments>()
        .AddSingleton<DeviceContext>();
}
