using System.Diagnostics;
using System.Globalization;
using Orleans;

namespace Grid.LoadTests.Actors;

/// <summary>How fast grains come into memory, and what they take there: key, grain and all that the runtime keeps of them.</summary>
internal static class ActivationCosts
{
    private static long _next;

    /// <summary>New grains called by many callers, each by a key of its own. Answers how many a second.</summary>
    public static async Task<double> PerSecondAsync(IGrainFactory grains, int callers, int limit, TimeSpan time)
    {
        var left = limit;
        var done = 0L;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (watch.Elapsed < time && Interlocked.Decrement(ref left) >= 0)
            {
                await grains.GetGrain<IBareGrain>(NewKey()).Touch();
                Interlocked.Increment(ref done);
            }
        })));
        return done / watch.Elapsed.TotalSeconds;
    }

    /// <summary>Managed bytes of one more bare activation.</summary>
    public static Task<double> BareBytesAsync(IGrainFactory grains, int count) => BytesAsync(count, key => grains.GetGrain<IBareGrain>(key).Touch());

    /// <summary>Managed bytes of one more activation with a persistent state, without the state object.</summary>
    public static async Task<double> StatefulBytesAsync(IGrainFactory grains, int count) =>
        await BytesAsync(count, key => grains.GetGrain<IStatefulGrain>(key).Touch()) - BenchState.Bytes;

    private static async Task<double> BytesAsync(int count, Func<string, ValueTask> touch)
    {
        await TouchAllAsync(1_000, touch);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await TouchAllAsync(count, touch);
        return (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)count;
    }

    private static Task TouchAllAsync(int count, Func<string, ValueTask> touch) => Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(async () =>
    {
        for (var i = 0; i < count / 100; i++)
        {
            await touch(NewKey());
        }
    })));

    private static string NewKey() => string.Create(CultureInfo.InvariantCulture, $"new-{Interlocked.Increment(ref _next)}");
}
