using System.Threading.Channels;
using Grid.Contracts.Commands;

namespace Grid.Client.Live;

/// <summary>
/// What a feed leaves for one subscription: a wake-up, and command changes, which are not coalesced. Everything else the subscription fetches
/// by itself when its client can take it, so a slow client holds nothing here but at most <see cref="MaximumCommands"/> changes.
/// </summary>
internal sealed class Subscriber
{
    /// <summary>Command changes that wait at most. Beyond it they are dropped, and the client is told of a gap.</summary>
    public const int MaximumCommands = 256;

    private readonly Channel<bool> _wakeUps = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _gate = new();
    private readonly List<CommandView> _commands = [];
    private long _dropped;

    public void Wake() => _wakeUps.Writer.TryWrite(true);

    public void Tell(CommandView command)
    {
        lock (_gate)
        {
            if (_commands.Count == MaximumCommands)
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

    /// <summary>The changes that wait, oldest first, and how many were dropped since.</summary>
    public (IReadOnlyList<CommandView> Commands, long Dropped) TakeCommands()
    {
        lock (_gate)
        {
            if (_commands.Count == 0 && _dropped == 0)
            {
                return ([], 0);
            }

            var taken = (_commands.ToArray(), _dropped);
            _commands.Clear();
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
