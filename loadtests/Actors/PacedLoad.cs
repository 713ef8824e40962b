using System.Diagnostics;

namespace Grid.LoadTests.Actors;

/// <summary>
/// Calls at a fixed rate from one thread, whatever the answers do. The time of each counts from when it was due, so that what had to wait before it was
/// sent is not hidden, be it for the runtime or for a core that others had; from its sending it is told beside.
/// </summary>
/// <param name="target">What is called.</param>
/// <param name="targets">Which one next.</param>
/// <param name="callers">Calls that may be under way.</param>
/// <param name="sleeps">
/// What it does when nothing is due: sleep for a millisecond, after which that millisecond's calls are due together, as whoever waits for a socket does; or yield, when a
/// millisecond holds more calls than callers. A thread that never sleeps is one more that asks for a whole core: on a machine that has no more of them, its turn is what is measured.
/// </param>
internal sealed class PacedLoad<TTarget>(TTarget target, BenchTargets targets, int callers, bool sleeps = false)
    where TTarget : struct, ICallTarget
{
    private readonly Microseconds _fromDue = new();
    private readonly Microseconds _fromSending = new();

    // Which callers have a call under way. Only the sending thread takes one, whoever gets the answer frees it.
    private readonly bool[] _isBusy = new bool[callers];

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
                var tick = sleeps ? Stopwatch.Frequency / 1_000 : 1;
                var start = Stopwatch.GetTimestamp();
                var (next, caller) = (0, 0);
                while (watch.Elapsed < time)
                {
                    var now = (Stopwatch.GetTimestamp() - start) / tick * tick;
                    while (sent < (long)(now / interval) && TryFindFree(ref caller))
                    {
                        next = targets.After(next);
                        _isBusy[caller] = true;

                        // Due with its millisecond, at the end of it.
                        _ = CallAsync(caller, next, start + (((long)(sent * interval) + tick) / tick * tick));
                        sent++;
                    }

                    if (!sleeps)
                    {
                        Thread.Yield();
                    }
                    else if (Stopwatch.GetTimestamp() - start < now + tick)
                    {
                        Thread.Sleep(1);
                    }
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        var rate = sent / watch.Elapsed.TotalSeconds;
        for (var caller = 0; caller < callers; caller++)
        {
            while (Volatile.Read(ref _isBusy[caller]))
            {
                await Task.Delay(1);
            }
        }

        return rate;
    }

    private bool TryFindFree(ref int caller)
    {
        for (var looked = 0; looked < callers; looked++)
        {
            caller = caller + 1 == callers ? 0 : caller + 1;
            if (!Volatile.Read(ref _isBusy[caller]))
            {
                return true;
            }
        }

        return false;
    }

    private async Task CallAsync(int caller, int index, long due)
    {
        var sent = Stopwatch.GetTimestamp();
        await target.Call(caller, index);
        var now = Stopwatch.GetTimestamp();
        _fromDue.Count(due, now);
        _fromSending.Count(sent, now);
        Volatile.Write(ref _isBusy[caller], false);
    }
}

/// <summary>How many of which length, in microseconds, up to a second.</summary>
internal sealed class Microseconds
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
