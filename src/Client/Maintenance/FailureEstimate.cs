using Grid.Contracts.Devices;

namespace Grid.Client.Maintenance;

/// <summary>When a part of a device is expected to fail, as the device itself derives it from its reports.</summary>
/// <param name="Part">What fails.</param>
/// <param name="At">When.</param>
/// <param name="Basis">What that follows from.</param>
/// <param name="Evidence">The figures behind it, by name.</param>
public sealed record FailureEstimate(WearingPart Part, DateTimeOffset At, string Basis, IReadOnlyDictionary<string, double> Evidence)
{
    private static readonly string[] LampEvidence = ["burningHours", "powerDriftPercent", "powerDriftPercentPerYear"];
    private static readonly string[] BatteryEvidence = ["batteryDropPercentPerMonth", "expectedBatteryPercent"];

    /// <summary>The estimates of a device; none when it derives none. Pure.</summary>
    public static IEnumerable<FailureEstimate> Of(DeviceView view)
    {
        if (view.Derived.IsDefaultOrEmpty)
        {
            yield break;
        }

        foreach (var figure in view.Derived)
        {
            if (figure is { Name: "lampFailureAt", At: { } lamp })
            {
                yield return new(WearingPart.Lamp, lamp, figure.Basis, Values(view, LampEvidence));
            }
            else if (figure is { Name: "batteryEmptyAt", At: { } battery })
            {
                yield return new(WearingPart.Battery, battery, figure.Basis, Values(view, BatteryEvidence));
            }
        }
    }

    private static SortedDictionary<string, double> Values(DeviceView view, string[] names) =>
        new(view.Derived.Where(figure => figure.Value is not null && names.Contains(figure.Name)).ToDictionary(figure => figure.Name, figure => figure.Value!.Value), StringComparer.Ordinal);
}
