using System.Globalization;
using Grid.Contracts.Intake;

namespace Grid.Simulation.Field;

/// <summary>A device as the field knows it: what it would say, and the counters of its frames where it has them.</summary>
internal sealed class FieldDevice(string id, bool hasCounter)
{
    private int _session = 1;
    private long _frames;

    public string Id { get; } = id;

    /// <summary>Says nothing until then.</summary>
    public DateTimeOffset SilentUntil { get; private set; }

    /// <summary>Falls silent, and begins a new session when it is back.</summary>
    public void FallSilent(DateTimeOffset until)
    {
        SilentUntil = until;
        _session++;
        _frames = 0;
    }

    /// <summary>A reading with its counter, if it has one.</summary>
    public IncomingReading Number(IncomingReading reading) => hasCounter
        ? reading with { Session = string.Create(CultureInfo.InvariantCulture, $"s{_session}"), Sequence = ++_frames }
        : reading;
}
