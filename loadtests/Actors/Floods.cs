using System.Diagnostics;

namespace Grid.LoadTests.Actors;

/// <summary>What producers send without waiting for an answer.</summary>
internal interface ISendTarget
{
    /// <summary>Null when it was taken at once.</summary>
    Task? Send(int producer, int index);
}

/// <summary>Producers that send as fast as is handled: what was sent and not yet counted in <see cref="Handled"/> stays within a window.</summary>
internal static class Floods
{
    private const int LookEvery = 64;

    /// <summary>Handled a second.</summary>
    /// <exception cref="TimeoutException">What was sent was never handled: it was lost.</exception>
    public static async Task<double> RunAsync<TTarget>(TTarget target, int producers, int window, BenchTargets targets, TimeSpan time, CancellationToken cancellation)
        where TTarget : struct, ISendTarget
    {
        targets.Open();
        var before = Handled.Sum;
        var sent = new long[producers * 16];
        var watch = Stopwatch.StartNew();
        var running = Enumerable.Range(0, producers).Select(producer => Task.Run(() => LoopAsync(target, producer, window, targets, sent, before), cancellation)).ToArray();
        await targets.RunForAsync(time, cancellation);
        var rate = (Handled.Sum - before) / watch.Elapsed.TotalSeconds;
        await Task.WhenAll(running);
        for (var end = watch.Elapsed + TimeSpan.FromSeconds(30); Handled.Sum - before < Total(sent); await Task.Delay(5, cancellation))
        {
            if (watch.Elapsed > end)
            {
                throw new TimeoutException($"{Total(sent) - (Handled.Sum - before)} messages were sent and not handled.");
            }
        }

        return rate;
    }

    private static long Total(long[] sent) => sent.Sum();

    private static async Task LoopAsync<TTarget>(TTarget target, int producer, int window, BenchTargets targets, long[] sent, long before)
        where TTarget : struct, ISendTarget
    {
        var next = targets.After(producer * 487);
        while (!targets.IsStopped)
        {
            for (var i = 0; i < LookEvery; i++, next = targets.After(next))
            {
                if (target.Send(producer, next) is { IsCompletedSuccessfully: false } waiting)
                {
                    await waiting;
                }
            }

            sent[producer * 16] += LookEvery;
            while (!targets.IsStopped && Total(sent) - (Handled.Sum - before) > window)
            {
                // Asleep: what is measured is how fast they are handled, not who else wants the cores.
                await Task.Delay(1);
            }
        }
    }
}

internal readonly struct OneWayGrainCalls(IBenchGrain[] grains) : ISendTarget
{
    public Task? Send(int producer, int index)
    {
        _ = grains[index].Push(1);
        return null;
    }
}

internal readonly struct BoundedChannelSends(ChannelControls channels) : ISendTarget
{
    public Task? Send(int producer, int index) =>
        channels.SendWhenThereIsRoom(index) is { IsCompletedSuccessfully: false } waiting ? waiting.AsTask() : null;
}

/// <summary>The same control with as much memory to walk over as the grains take.</summary>
internal readonly struct BoundedChannelSendsToPlaces(ChannelControls channels, Addressed[] places) : ISendTarget
{
    public Task? Send(int producer, int index) =>
        channels.SendWhenThereIsRoom(index, places[index]) is { IsCompletedSuccessfully: false } waiting ? waiting.AsTask() : null;
}

internal readonly struct StreamSends(Orleans.Streams.IAsyncStream<BenchEvent>[] streams) : ISendTarget
{
    private static readonly BenchEvent Event = new(7);

    public Task? Send(int producer, int index) => streams[index % streams.Length].OnNextAsync(Event);
}
