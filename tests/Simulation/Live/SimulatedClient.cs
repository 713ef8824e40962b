using System.Globalization;
using System.Text.Json;
using Grid.Client.Live;
using Grid.Client.Metrics;
using Grid.Contracts.Devices;
using Grid.Simulation.Faults;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Live;

/// <summary>
/// A browser that watches a scope: it holds what the frames told it, by the rules of the public interface alone, and comes back with its cursor when
/// its connection is lost.
/// </summary>
internal sealed class SimulatedClient
{
    private static readonly TimeSpan BackAfter = TimeSpan.FromSeconds(1);

    // Frames that are shown at once on another core, and that may wait for it.
    private const int AtLeast = 64;
    private const int AtMost = 4_096;

    private readonly World _world;
    private readonly Chance _chance;
    private readonly Dictionary<string, ShownDevice> _devices = new(StringComparer.Ordinal);
    private readonly bool _isBeside;
    private List<ReadOnlyMemory<byte>> _untaken = [];
    private Task _taking = Task.CompletedTask;
    private CancellationTokenSource? _connection;
    private string? _cursor;
    private string? _summary;
    private bool _isInSnapshot;

    public SimulatedClient(World world, int number, LiveScope scope, WatchFilter filter)
    {
        (_world, Name, Scope, Filter) = (world, string.Create(CultureInfo.InvariantCulture, $"client {number}"), scope, filter);
        _chance = world.ChanceOf(Name);
        _isBeside = world.Options.UsesSecondCore;
        Lose();
    }

    public string Name { get; }

    public LiveScope Scope { get; }

    public WatchFilter Filter { get; }

    /// <summary>Where it is; null before its first snapshot is whole, and after a gap.</summary>
    public string? Cursor => Settled()._cursor;

    /// <summary>The figures as they were told.</summary>
    public string? Summary => Settled()._summary;

    /// <summary>Devices as they were told.</summary>
    public IReadOnlyDictionary<string, ShownDevice> Devices => Settled()._devices;

    /// <summary>True while it has a connection.</summary>
    public bool IsConnected => _connection is { IsCancellationRequested: false };

    /// <summary>Frames taken.</summary>
    public long Frames { get; private set; }

    /// <summary>Connects to a process that is ready; a connection to one that died is over.</summary>
    public void Connect(GridProcess process)
    {
        _connection?.Cancel();
        Settled();
        var connection = _connection = new CancellationTokenSource();
        _isInSnapshot = false;
        _world.Trace.Add("connects", Name, Frames);
        process.Do(Name, async () =>
        {
            var subscription = new Subscription(new FeedKey(Scope, Filter, TimeSpan.FromMilliseconds(200)), Cursor, process.Get<LiveFeeds>(), process.Get<GatewayMeter>(), process.Clock);
            try
            {
                while (await subscription.NextAsync(connection.Token) is { } frames)
                {
                    foreach (var frame in _world.Plants.InTransit(this, frames))
                    {
                        if (process.IsAlive && !connection.IsCancellationRequested)
                        {
                            Take(frame.Utf8);
                        }
                    }
                }
            }
            catch (Exception fault) when (fault is IOException or TimeoutException or WatchRefusedException)
            {
                _world.Trace.Say($"{Name} was refused: {fault.Message}");
                _world.After(BackAfter, () => Reconnect(connection));
            }
            finally
            {
                await subscription.DisposeAsync();
            }
        });
    }

    private void Lose()
    {
        if (_world.Options.Faults[Fault.Reconnect] > 0)
        {
            _world.After(_chance.Until(_world.Options.Faults[Fault.Reconnect]), () =>
            {
                if (_world.IsBusyTime && _connection is { IsCancellationRequested: false } connection)
                {
                    _world.Trace.Add("connection lost", Name);
                    connection.Cancel();
                    _world.After(_chance.Between(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(20)), () => Reconnect(connection));
                }

                Lose();
            });
        }
    }

    /// <summary>Comes back, unless it has a newer connection already, or there is nothing to connect to: then the next process is told.</summary>
    private void Reconnect(CancellationTokenSource former)
    {
        if (ReferenceEquals(_connection, former) && _world.Process is { IsReady: true } process)
        {
            Connect(process);
        }
    }

    private void Take(ReadOnlyMemory<byte> frame)
    {
        Frames++;
        _world.Trace.Add("frame", Name, Frames, Trace.HashOf(frame.Span));
        if (!_isBeside)
        {
            Show(frame);
            return;
        }

        // What it shows is not asked for until the next check, or until it comes back.
        _untaken.Add(frame);
        if (_untaken.Count >= AtLeast && (_taking.IsCompleted || _untaken.Count >= AtMost))
        {
            _taking.GetAwaiter().GetResult();
            var frames = _untaken;
            _untaken = [];
            _taking = Task.Run(() => frames.ForEach(Show));
        }
    }

    /// <summary>Itself, once everything that it was told is shown.</summary>
    private SimulatedClient Settled()
    {
        _taking.GetAwaiter().GetResult();
        _untaken.ForEach(Show);
        _untaken.Clear();
        return this;
    }

    private void Show(ReadOnlyMemory<byte> frame)
    {
        using var document = JsonDocument.Parse(frame);
        var root = document.RootElement;
        switch (root.GetProperty("type").GetString())
        {
            case "gap":
                (_cursor, _isInSnapshot) = (null, false);
                return;
            case "snapshot":
                if (!_isInSnapshot)
                {
                    _devices.Clear();
                }

                _isInSnapshot = !root.TryGetProperty("cursor", out _);
                break;
        }

        if (root.TryGetProperty("devices", out var devices))
        {
            foreach (var device in devices.EnumerateArray())
            {
                Show(device);
            }
        }

        if (root.TryGetProperty("removed", out var removed))
        {
            foreach (var id in removed.EnumerateArray())
            {
                _devices.Remove(id.GetString()!);
            }
        }

        if (root.TryGetProperty("summary", out var summary))
        {
            _summary = summary.GetRawText();
        }

        if (root.TryGetProperty("cursor", out var cursor))
        {
            _cursor = cursor.GetString();
        }
    }

    private void Show(JsonElement device)
    {
        var id = device.GetProperty("id").GetString()!;
        if (!_devices.TryGetValue(id, out var shown))
        {
            _devices.Add(id, shown = new ShownDevice());
        }

        shown.Show(device.GetProperty("status"), device.GetProperty("metrics"));
    }
}
