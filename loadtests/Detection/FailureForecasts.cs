using System.Collections.Concurrent;
using Grid.Connectors.Simulator;
using Grid.Connectors.Simulator.Models;
using Grid.Contracts.Devices;

namespace Grid.LoadTests.Detection;

/// <summary>What lamps and batteries are said, on one day, to fail within a month, held against what fails then.</summary>
internal sealed class FailureForecasts(DateTimeOffset on) : IProbe
{
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    private readonly ConcurrentDictionary<(string Device, string Part), DateTimeOffset> _due = new();

    /// <inheritdoc/>
    public TimeSpan? EveryOf(DeviceDescriptor device) => TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public void Look(DetectedDevice device, SimulatedFleet fleet, DateTimeOffset at)
    {
        if (at != on)
        {
            return;
        }

        foreach (var figure in device.View(at).Derived)
        {
            if (figure is { Name: "lampFailureAt" or "batteryEmptyAt", At: { } due } && due <= on + Month)
            {
                _due[(device.Descriptor.Id, figure.Name)] = due;
            }
        }
    }

    /// <summary>What was reached, under names of results.</summary>
    public IEnumerable<Result> Results(DetectionRun run) =>
    [
        .. Of("lampEnd", "lampFailureAt", PlantedFaultKind.LampEndOfLife, run),
        .. Of("batteryEnd", "batteryEmptyAt", PlantedFaultKind.BatteryEmpty, run),
    ];

    private IEnumerable<Result> Of(string name, string figure, PlantedFaultKind kind, DetectionRun run)
    {
        HashSet<string> Failing(TimeSpan within) =>
            run.Faults.Where(fault => fault.Kind == kind && fault.From >= on && fault.From < on + within).Select(fault => fault.Device).ToHashSet(StringComparer.Ordinal);
        var (failing, soon) = (Failing(Month), Failing(3 * Month));

        // What has failed already is no forecast.
        var dead = run.Faults.Where(fault => fault.Kind == kind && fault.From < on && fault.Until > on).Select(fault => fault.Device).ToHashSet(StringComparer.Ordinal);
        var due = _due.Keys.Where(key => key.Part == figure && !dead.Contains(key.Device)).Select(key => key.Device).ToHashSet(StringComparer.Ordinal);
        var found = failing.Count(due.Contains);
        yield return new($"{name}Failures", failing.Count, "devices");
        yield return new($"{name}Due", due.Count, "devices");
        if (failing.Count > 0)
        {
            yield return new($"{name}Recall", (double)found / failing.Count, "1");
        }

        if (due.Count > 0)
        {
            yield return new($"{name}Precision", (double)found / due.Count, "1");
            yield return new($"{name}PrecisionWithinThreeMonths", (double)due.Count(soon.Contains) / due.Count, "1");
        }
    }
}
