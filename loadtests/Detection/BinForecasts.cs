using System.Collections.Concurrent;
using Grid.Connectors.Simulator;
using Grid.Contracts.Devices;

namespace Grid.LoadTests.Detection;

/// <summary>When a bin says that it will be full, a day before it truly is.</summary>
internal sealed class BinForecasts : IProbe
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(6);
    private static readonly TimeSpan DayAhead = TimeSpan.FromDays(1);

    private readonly ConcurrentBag<double> _errorHours = [];
    private int _missing;

    /// <summary>Forecasts that were held against the truth, and times at which there was none.</summary>
    public (int Made, int Missing) Count => (_errorHours.Count, _missing);

    /// <inheritdoc/>
    public TimeSpan? EveryOf(DeviceDescriptor device) => device.Kind == DeviceKind.Bin ? Every : null;

    /// <inheritdoc/>
    public void Look(DetectedDevice device, SimulatedFleet fleet, DateTimeOffset at)
    {
        // Only what is full before it is emptied can be seen to be right; in each such filling one look is about a day ahead.
        if (fleet.BinTruthOf(device.Descriptor.Id, at) is not { FullAt: { } full } truth || full >= truth.NextEmptiedAt || (full - at - DayAhead).Duration() > Every / 2)
        {
            return;
        }

        if (device.View(at).Derived.FirstOrDefault(figure => figure.Name == "fullAt")?.At is { } forecast)
        {
            _errorHours.Add(Math.Abs((forecast - full).TotalHours));
        }
        else
        {
            Interlocked.Increment(ref _missing);
        }
    }

    /// <summary>The error that a share of forecasts does not exceed, in hours; those that were not made count as infinitely wrong.</summary>
    public double ErrorHours(double share)
    {
        var errors = _errorHours.Concat(Enumerable.Repeat(double.PositiveInfinity, _missing)).Order().ToArray();
        return errors.Length == 0 ? double.NaN : errors[Math.Min(errors.Length - 1, (int)(errors.Length * share))];
    }
}
