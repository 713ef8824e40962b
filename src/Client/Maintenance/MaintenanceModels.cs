using Grid.Contracts.Devices;

namespace Grid.Client.Maintenance;

/// <summary>Parts that wear out.</summary>
public enum WearingPart
{
    /// <summary>The lamp of a light point.</summary>
    Lamp,

    /// <summary>A battery.</summary>
    Battery,
}

/// <summary>A page of estimated failures, by date.</summary>
public sealed record MaintenancePage
{
    /// <summary>INSEE code.</summary>
    public required string Commune { get; init; }

    /// <summary>When it was asked.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>The last day that it is about, local.</summary>
    public required DateOnly By { get; init; }

    /// <summary>Devices that were asked.</summary>
    public required int Devices { get; init; }

    /// <summary>False when the commune has more devices than are asked.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>The failures.</summary>
    public required IReadOnlyList<MaintenanceItem> Items { get; init; }

    /// <summary>Where the list goes on; null at its end.</summary>
    public required string? NextCursor { get; init; }
}

/// <summary>An estimated failure.</summary>
/// <param name="Month">The local month of its date, such as <c>2026-12</c>; of one that is overdue the month of its date too.</param>
/// <param name="Device">The device.</param>
/// <param name="Kind">Its trade.</param>
/// <param name="Name">For people.</param>
/// <param name="Part">What fails.</param>
/// <param name="EstimatedFailureAt">When.</param>
/// <param name="Basis">What that follows from: <c>ratedLife</c>, <c>powerDrift</c> or <c>dischargeCurve</c>.</param>
/// <param name="Evidence">The figures behind it, by name.</param>
public sealed record MaintenanceItem(
    string Month,
    string Device,
    DeviceKind Kind,
    string Name,
    WearingPart Part,
    DateTimeOffset EstimatedFailureAt,
    string Basis,
    IReadOnlyDictionary<string, double> Evidence);
