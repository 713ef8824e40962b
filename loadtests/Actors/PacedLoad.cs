using System.Diagnostics;

namespace Grid.LoadTests.Actors;

/// <summary>
/// Calls at a fixed rate from one thread, whatever the answers do, and how long each took from its sending until its caller went on. That the sending
/// thread itself shares the cores does not count; the rate that it reached is told beside.
/// </summary>
internal sealed class PacedLoad(BenchTargets targets, int callers)
{
    private readonly long[] _microseconds = new long[1_000_001];
    private int _underWay;

    /// <summary>The time below which that share of the answers came, in microseconds.</summary>
    public double Percentile(double share)
    {
        var rest = (long)(share * _microseconds.Sum());
        for (var micros = 0; micros < _microseconds.Length; micros++)
        {
            rest -= _microseconds[micros];
            if (rest < 0)
            {
                return micros;
            }
        }

        return _microseconds.Length;
    }

    /// <summary>Answers the rate that was reached.</summary>
    public async Task<double> RunAsync(double perSecond, TimeSpan time)
    {
        var sent = 0L;
        var watch = Stopwatch.StartNew();
        await Task.Factory.StartNew(
            () =>
            {
                var interval = Stopwatch.Frequency / perSecond;
                var start = Stopwatch.GetTimestamp();
                var next = 0;
                while (watch.Elapsed < time)
                {
                    var due = (long)((Stopwatch.GetTimestamp() - start) / interval);
                    while (sent < due && Volatile.Read(ref _underWay) < callers)
                    {
                        next = targets.After(next);
                        Interlocked.Increment(ref _underWay);
                        _ = CallAsync(targets.Grains[next]);
                        sent++;
                    }

                    Thread.Yield();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        var rate = sent / watch.Elapsed.TotalSeconds;
        while (Volatile.Read(ref _underWay) > 0)
        {
            await Task.Delay(1);
        }

        return rate;
    }

    private async Task CallAsync(IBenchGrain grain)
    {
        var sent = Stopwatch.GetTimestamp();
        await grain.Add(1);
        var micros = (long)Stopwatch.GetElapsedTime(sent).TotalMicroseconds;
        Interlocked.Increment(ref _microseconds[Math.Clamp(micros, 0, _microseconds.Length - 1)]);
        Interlocked.Decrement(ref _underWay);
    }
}
