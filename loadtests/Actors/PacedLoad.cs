using System.Diagnostics;

namespace Grid.LoadTests.Actors;

/// <summary>
/// Calls at a fixed rate from one thread, whatever the answers do. The time of each counts from when it was due, so that what had to wait before it was
/// sent is not hidden, be it for the runtime or for a core that others had; from its sending it is told beside.
/// </summary>
internal sealed class PacedLoad(BenchTargets targets, int callers)
{
    private readonly Microseconds _fromDue = new();
    private readonly Microseconds _fromSending = new();
    private int _underWay;

    /// <summary>The time below which that share of the answers came after they were due, in microseconds.</summary>
    public double Percentile(double share) => _fromDue.Percentile(share);

    /// <inheritdoc cref="Percentile"/>
    public double PercentileFromSending(double share) => _fromSending.Percentile(share);

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
                        _ = CallAsync(targets.Grains[next], start + (long)(sent * interval));
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

    private async Task CallAsync(IBenchGrain grain, long due)
    {
        var sent = Stopwatch.GetTimestamp();
        await grain.Add(1);
        var now = Stopwatch.GetTimestamp();
        _fromDue.Count(due, now);
        _fromSending.Count(sent, now);
        Interlocked.Decrement(ref _underWay);
    }

    private sealed class Microseconds
    {
        private readonly long[] _counts = new long[1_000_001];

        public void Count(long from, long to)
        {
            var micros = (long)Stopwatch.GetElapsedTime(from, to).TotalMicroseconds;
            Interlocked.Increment(ref _counts[Math.Clamp(micros, 0, _counts.Length - 1)]);
        }

        public double Percentile(double share)
        {
            var rest = (long)(share * _counts.Sum());
            for (var micros = 0; micros < _counts.Length; micros++)
            {
                rest -= _counts[micros];
                if (rest < 0)
                {
                    return micros;
                }
            }

            return _counts.Length;
        }
    }
}
