using System.Diagnostics;

namespace Grid.LoadTests.Actors;

/// <summary>What a closed loop of callers calls. A struct, so that control and subject pay the same for the loop: nothing.</summary>
internal interface ICallTarget
{
    ValueTask<long> Call(int caller, int index);
}

/// <summary>What came of a closed loop.</summary>
internal sealed record CallerRun(double PerSecond, double BytesPerCall, double SlowestShare);

/// <summary>Callers that are no grains, each of which makes its next call when the one before was answered.</summary>
internal static class Callers
{
    // Each caller's count on a cache line of its own.
    private const int Padding = 16;

    public static async Task<CallerRun> RunAsync<TTarget>(TTarget target, int callers, BenchTargets targets, TimeSpan time, CancellationToken cancellation)
        where TTarget : struct, ICallTarget
    {
        var counts = new long[callers * Padding];
        targets.Open();
        var bytes = GC.GetTotalAllocatedBytes();
        var watch = Stopwatch.StartNew();
        var running = Enumerable.Range(0, callers).Select(caller => Task.Run(() => LoopAsync(target, caller, targets, counts), cancellation)).ToArray();
        await targets.RunForAsync(time, cancellation);
        var seconds = watch.Elapsed.TotalSeconds;
        var seen = Enumerable.Range(0, callers).Select(caller => Volatile.Read(ref counts[caller * Padding])).ToArray();
        bytes = GC.GetTotalAllocatedBytes() - bytes;
        await Task.WhenAll(running);
        return new CallerRun(seen.Sum() / seconds, (double)bytes / Math.Max(1, seen.Sum()), seen.Min() / Math.Max(1, seen.Average()));
    }

    private static async Task LoopAsync<TTarget>(TTarget target, int caller, BenchTargets targets, long[] counts)
        where TTarget : struct, ICallTarget
    {
        for (var next = targets.After(caller * 487); !targets.IsStopped; next = targets.After(next))
        {
            await target.Call(caller, next);
            counts[caller * Padding]++;
        }
    }
}

/// <summary>Grains by a pooled reply.</summary>
internal readonly struct GrainCalls(IBenchGrain[] grains) : ICallTarget
{
    public ValueTask<long> Call(int caller, int index) => grains[index].Add(1);
}

/// <summary>Grains by a task.</summary>
internal readonly struct GrainTaskCalls(IBenchGrain[] grains) : ICallTarget
{
    public ValueTask<long> Call(int caller, int index) => new(grains[index].AddByTask(1));
}
