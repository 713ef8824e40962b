using System.Diagnostics;
using System.Threading.Channels;
using System.Threading.Tasks.Sources;

namespace Grid.LoadTests.Actors;

/// <summary>
/// What hand-over between threads costs by the platform's own means: channels with one reader a core, one-way and with a pooled reply that is awaited.
/// No grains, no state, no turns: less than any runtime has to do.
/// </summary>
internal sealed class ChannelControls : IAsyncDisposable
{
    /// <summary>As many as the producers keep under way at most.</summary>
    public const int Bound = 20_000;

    private readonly Channel<Item>[] _channels;
    private readonly Task[] _readers;

    public ChannelControls(int callers, bool isBounded)
    {
        Replies = [.. Enumerable.Range(0, callers).Select(_ => new PooledReply())];
        _channels = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => isBounded
            ? Channel.CreateBounded<Item>(new BoundedChannelOptions(Bound) { SingleReader = true })
            : Channel.CreateUnbounded<Item>(new UnboundedChannelOptions { SingleReader = true }))];
        _readers = [.. _channels.Select(channel => Task.Run(() => ReadAsync(channel.Reader)))];
    }

    public PooledReply[] Replies { get; }

    /// <summary>With a place, the reader touches it, as a grain's call touches its grain.</summary>
    public void Send(int index, PooledReply? reply, Addressed? addressed = null) =>
        _channels[index % _channels.Length].Writer.TryWrite(new Item(index, reply, addressed?.Place));

    /// <summary>Waits while the channel is full.</summary>
    public ValueTask SendWhenThereIsRoom(int index) => _channels[index % _channels.Length].Writer.WriteAsync(new Item(index, null, null));

    /// <summary>The same, and the reader touches what is sent, as a grain's call touches its grain.</summary>
    public ValueTask SendWhenThereIsRoom(int index, Addressed addressed) =>
        _channels[index % _channels.Length].Writer.WriteAsync(new Item(index, null, addressed.Place));

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
        {
            channel.Writer.Complete();
        }

        await Task.WhenAll(_readers);
    }

    private static async Task ReadAsync(ChannelReader<Item> reader)
    {
        while (await reader.WaitToReadAsync())
        {
            while (reader.TryRead(out var item))
            {
                item.Place?.Touch();
                if (item.Reply is { } reply)
                {
                    reply.Answer(item.Index);
                }
                else
                {
                    Handled.Count();
                }
            }
        }
    }

    private readonly record struct Item(int Index, PooledReply? Reply, Place? Place);

    /// <summary>The reply of one caller, used again for each of its calls. Like a grain's caller it goes on in the thread pool.</summary>
    public sealed class PooledReply : IValueTaskSource<long>
    {
        private ManualResetValueTaskSourceCore<long> _core = new() { RunContinuationsAsynchronously = true };

        public ValueTask<long> Begin()
        {
            _core.Reset();
            return new ValueTask<long>(this, _core.Version);
        }

        public void Answer(long value) => _core.SetResult(value);

        public long GetResult(short token) => _core.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);
    }
}

/// <summary>As far from its sender as a grain is: a reference, what it leads to, and the state behind that, of about the same sizes.</summary>
internal sealed class Addressed
{
#pragma warning disable CS0169, IDE0051 // Only its size matters.
    private readonly (long, long, long) _likeAReference;
#pragma warning restore CS0169, IDE0051

    public Place Place { get; } = new();
}

internal sealed class Place
{
#pragma warning disable CS0169, IDE0051 // Only its size matters.
    private readonly (long, long, long, long, long, long, long) _likeAnActivation;
    private readonly (long, long, long) _more;
#pragma warning restore CS0169, IDE0051
    private readonly State _state = new();
    private long _turns;

    public void Touch()
    {
        _turns++;
        _state.Sum++;
    }

    private sealed class State
    {
        public long Sum;
    }
}

/// <param name="channels">Where the calls go.</param>
/// <param name="firstCaller">The replies of callers before this one are those of others.</param>
/// <param name="places">What the reader touches for each index; null for nothing.</param>
internal readonly struct ChannelCalls(ChannelControls channels, int firstCaller = 0, Addressed[]? places = null) : ICallTarget
{
    public ValueTask<long> Call(int caller, int index)
    {
        var reply = channels.Replies[firstCaller + caller];
        var answer = reply.Begin();
        channels.Send(index, reply, places?[index]);
        return answer;
    }
}

/// <summary>The least that one could do: one thread, no messages, states in a dictionary.</summary>
internal static class DictionaryControl
{
    public static double Run(BenchTargets targets, TimeSpan time)
    {
        var states = Enumerable.Range(0, targets.Grains.Length).ToDictionary(number => $"bench-{number}", _ => default(State), StringComparer.Ordinal);
        var keys = states.Keys.ToArray();
        var watch = Stopwatch.StartNew();
        var calls = 0L;
        for (var next = 0; watch.Elapsed < time;)
        {
            for (var batch = 0; batch < 1000; batch++, next = targets.After(next))
            {
                System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrNullRef(states, keys[next]).Sum++;
            }

            calls += 1000;
        }

        return calls / watch.Elapsed.TotalSeconds;
    }

    private struct State
    {
        public long Sum;
    }
}
