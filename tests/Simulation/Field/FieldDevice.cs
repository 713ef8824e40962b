using System.Globalization;
using Grid.Contracts.Intake;

namespace Grid.Simulation.Field;

/// <summary>A device as the field knows it: what it would say, and the counters of its frames where it has them.</summary>
internal sealed class FieldDevice(string id, bool hasCounter)
{
    private int _sessions = 1;
    private string _session = "s1";
    private long _frames;

    public string Id { get; } = id;

    /// <summary>The commune whose network gateway asks it.</summary>
    public string Commune { get; set; } = "";

    /// <summary>The cabinet that meters what it draws; null for none.</summary>
    public string? Cabinet { get; set; }

    /// <summary>True for what sends one frame a day; whatever its round, it is asked when that is due.</summary>
    public bool SendsFrames { get; set; }

    /// <summary>When its next frame is due; long ago before the first, which says what it sent last.</summary>
    public DateTimeOffset NextFrame { get; set; } = DateTimeOffset.MinValue;

    /// <summary>Says nothing until then.</summary>
    public DateTimeOffset SilentUntil { get; private set; }

    /// <summary>Falls silent, and begins a new session when it is back.</summary>
    public void FallSilent(DateTimeOffset until)
    {
        SilentUntil = until;
        _session = string.Create(CultureInfo.InvariantCulture, $"s{++_sessions}");
        _frames = 0;
    }

    /// <summary>A reading with its counter, if it has one.</summary>
    public IncomingReading Number(IncomingReading reading) => hasCounter
        ? reading with { Session = _session, Sequence = ++_frames }
        : reading;
}
