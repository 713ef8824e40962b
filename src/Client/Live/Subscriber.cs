using System.Collections.Immutable;
using System.Threading.Channels;
using Grid.Contracts.Alarms;
using Grid.Contracts.Commands;

namespace Grid.Client.Live;

/// <summary>
/// What a feed leaves for one subscription: a wake-up, and changes of commands and alarms, which are not coalesced. Everything else the subscription fetches
/// by itself when its client can take it, so a slow client holds nothing here but at most <see cref="MaximumChanges"/> changes.
/// </summary>
internal sealed class Subscriber
{
    /// <summary>Changes of commands, and of alarms, that wait at most. Beyond it they are dropped, and the client is told of a gap.</summary>
    public const int MaximumChanges = 256;

    private readonly Channel<bool> _wakeUps = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _gate = new();
    private readonly List<CommandView> _commands = [];
    private readonly List<AlarmView> _alarms = [];
    private long _dropped;

    public void Wake() => _wakeUps.Writer.TryWrite(true);

    public void Tell(CommandView command)
    {
        lock (_gate)
        {
            if (_commands.Count == MaximumChanges)
            {
                _dropped++;
            }
            else
            {
                _commands.Add(command);
            }
        }

        Wake();
    }

    public void Tell(ImmutableArray<AlarmView> alarms)
    {
        lock (_gate)
        {
            var taken = Math.Min(alarms.Length, MaximumChanges - _alarms.Count);
            _alarms.AddRange(alarms.AsSpan(0, taken));
            _dropped += alarms.Length - taken;
        }

        Wake();
    }

    /// <summary>The changes that wait, oldest first, and how many were dropped since.</summary>
    public (IReadOnlyList<CommandView> Commands, IReadOnlyList<AlarmView> Alarms, long Dropped) TakeChanges()
    {
        lock (_gate)
        {
            if (_commands.Count == 0 && _alarms.Count == 0 && _dropped == 0)
            {
                return ([], [], 0);
            }

            var taken = (_commands.ToArray(), _alarms.ToArray(), _dropped);
            _commands.Clear();
            _alarms.Clear();
            _dropped = 0;
            return taken;
        }
    }

    /// <summary>Waits for a wake-up since the last one, at most for a time.</summary>
    public async ValueTask WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        if (_wakeUps.Reader.TryRead(out _))
        {
            return;
        }

        using var limit = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _wakeUps.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // As long as was asked for.
            return;
        }
    }
}
