using System.Diagnostics.Metrics;

namespace Grid.Runtime.Diagnostics;

/// <summary>Publishes the counters of all partitions as instruments of the meter <c>Grid.Runtime</c>.</summary>
internal sealed class RuntimeMeters : IDisposable
{
    private readonly Meter _meter;
    private readonly bool _isOwn;

    public RuntimeMeters(EmbeddedGrainRuntime runtime, IMeterFactory? factory)
    {
        _isOwn = factory is null;
        _meter = factory?.Create(GridDiagnostics.Name) ?? new Meter(GridDiagnostics.Name);
        Count("grid.runtime.turns", "Turns run.", counters => Volatile.Read(ref counters.Turns));
        Count("grid.runtime.activations.created", "Activations made.", counters => Volatile.Read(ref counters.ActivationsCreated));
        Count("grid.runtime.activations.deactivated", "Activations ended.", counters => Volatile.Read(ref counters.ActivationsEnded));
        Count("grid.runtime.activations.shed", "Activations ended because memory was short.", counters => Volatile.Read(ref counters.ActivationsShed));
        Count("grid.runtime.messages.rejected", "Calls refused because a mailbox or an inbox was full.", counters => counters.Rejected);
        Count("grid.runtime.calls.timeouts", "Calls not answered in time.", counters => Volatile.Read(ref counters.CallTimeouts));
        Count("grid.runtime.turns.long", "Turns that held their thread too long.", counters => Volatile.Read(ref counters.LongTurns));
        Count("grid.runtime.stream.events", "Stream events delivered.", counters => Volatile.Read(ref counters.StreamEvents));
        Count("grid.runtime.stream.dropped", "Stream events refused or given up.", counters => Volatile.Read(ref counters.StreamEventsDropped));
        Level("grid.runtime.mailbox.depth", "Calls that wait at their grains.", counters => Volatile.Read(ref counters.MailboxDepth));
        Level("grid.runtime.stream.depth", "Stream events that wait for their subscribers.", counters => Volatile.Read(ref counters.StreamDepth));
        _meter.CreateObservableUpDownCounter("grid.runtime.activations", () => (long)runtime.ActivationCount, null, "Activations in memory.");

        long Sum(Func<PartitionCounters, long> read) => runtime.Partitions.Sum(partition => read(partition.Counters));
        void Count(string name, string description, Func<PartitionCounters, long> read) =>
            _meter.CreateObservableCounter(name, () => Sum(read), null, description);
        void Level(string name, string description, Func<PartitionCounters, long> read) =>
            _meter.CreateObservableUpDownCounter(name, () => Sum(read), null, description);
    }

    public void Dispose()
    {
        if (_isOwn)
            _meter.Dispose();
    }
}
