using Grid.Contracts.Intake;

namespace Grid.Simulation.Field;

/// <summary>What a network gateway sends at once, and keeps until it was answered.</summary>
internal sealed class FieldBatch(string gateway, long number, IReadOnlyList<IncomingReading> readings)
{
    public string Gateway { get; } = gateway;

    public long Number { get; } = number;

    public IReadOnlyList<IncomingReading> Readings { get; } = readings;

    public bool IsAnswered { get; set; }

    /// <summary>How often it was sent.</summary>
    public int Attempts { get; set; }
}
