using System.Diagnostics.Metrics;

namespace Grid.Client.Metrics;

/// <summary>What the gateway counts, on the meter <c>Grid.Gateway</c>.</summary>
public sealed class GatewayMeter
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Grid.Gateway";

    private readonly Counter<long> _refused;
    private readonly Counter<long> _frames;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _coalesced;
    private readonly Counter<long> _gaps;
    private readonly Counter<long> _commandsDropped;
    private readonly Histogram<double> _age;
    private readonly UpDownCounter<long> _clients;
    private readonly UpDownCounter<long> _streams;
    private long _clientCount;
    private long _refusedCount;

    /// <summary>Creates the instruments.</summary>
    public GatewayMeter(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _refused = meter.CreateCounter<long>("grid.gateway.requests.refused", "{request}", "Requests and invocations refused, by reason.");
        _frames = meter.CreateCounter<long>("grid.gateway.live.frames", "{frame}", "Live frames sent, by type.");
        _bytes = meter.CreateCounter<long>("grid.gateway.live.bytes", "By", "Bytes of live frames sent, before the transport's own.");
        _coalesced = meter.CreateCounter<long>("grid.gateway.live.coalesced", "{update}", "Updates that a slow client got as part of a newer one.");
        _gaps = meter.CreateCounter<long>("grid.gateway.live.gaps", "{gap}", "Gaps told to live clients, by reason.");
        _commandsDropped = meter.CreateCounter<long>("grid.gateway.live.commands.dropped", "{change}", "Command changes dropped for slow clients, who were told of a gap.");
        _age = meter.CreateHistogram(
            "grid.gateway.live.age",
            "s",
            "From the reception of the newest reading in an update until the update is handed to the connection.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _clients = meter.CreateUpDownCounter<long>("grid.gateway.live.clients", "{connection}", "Hub connections.");
        _streams = meter.CreateUpDownCounter<long>("grid.gateway.live.streams", "{stream}", "Watch streams.");
    }

    /// <summary>Hub connections now.</summary>
    public long Clients => Interlocked.Read(ref _clientCount);

    /// <summary>Requests refused since the start.</summary>
    public long Refused => Interlocked.Read(ref _refusedCount);

    /// <summary>A request or an invocation was refused.</summary>
    /// <param name="reason">One of a few fixed words.</param>
    public void RequestRefused(string reason)
    {
        Interlocked.Increment(ref _refusedCount);
        _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));
    }

    internal long ClientCame()
    {
        _clients.Add(1);
        return Interlocked.Increment(ref _clientCount);
    }

    internal void ClientLeft()
    {
        _clients.Add(-1);
        Interlocked.Decrement(ref _clientCount);
    }

    internal void StreamOpened() => _streams.Add(1);

    internal void StreamClosed() => _streams.Add(-1);

    internal void FrameSent(string type, int bytes)
    {
        _frames.Add(1, new KeyValuePair<string, object?>("type", type));
        _bytes.Add(bytes);
    }

    internal void Coalesced(long updates) => _coalesced.Add(updates);

    internal void Gap(string reason) => _gaps.Add(1, new KeyValuePair<string, object?>("reason", reason));

    internal void ChangesDropped(long changes) => _commandsDropped.Add(changes);

    internal void UpdateAge(TimeSpan age) => _age.Record(Math.Max(0, age.TotalSeconds));
}
