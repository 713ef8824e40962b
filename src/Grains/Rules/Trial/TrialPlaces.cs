using System.Diagnostics.Metrics;

namespace Grid.Grains.Rules.Trial;

/// <summary>How many trials run in this process at once: each reads what thousands of devices measured. Others wait, and are refused when many do. Safe for all threads.</summary>
public sealed class TrialPlaces : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Grid.Rules.Trials";

    /// <summary>That run at once.</summary>
    public const int MostRunning = 2;

    /// <summary>That run or wait.</summary>
    public const int MostAsked = 64;

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _ended;
    private int _asked;
    private int _running;

    /// <summary>Creates the instruments.</summary>
    public TrialPlaces()
    {
        _ended = _meter.CreateCounter<long>("grid.rules.trials", "{trial}", "Trials of rules, by how they ended: whole, cut, given up (nobody asked any more, or it was stopped), refused (too many)");
        _meter.CreateObservableGauge("grid.rules.trials.running", () => Volatile.Read(ref _running), "{trial}", "Trials of rules that run");
        _meter.CreateObservableGauge("grid.rules.trials.asked", () => Volatile.Read(ref _asked), "{trial}", "Trials of rules that run or wait");
    }

    /// <summary>One more is asked for; false when too many are.</summary>
    internal bool TryAsk()
    {
        if (Interlocked.Increment(ref _asked) <= MostAsked)
        {
            return true;
        }

        Interlocked.Decrement(ref _asked);
        Count("refused");
        return false;
    }

    /// <summary>One that was asked for may run; false when too many do.</summary>
    internal bool TryTake()
    {
        if (Interlocked.Increment(ref _running) <= MostRunning)
        {
            return true;
        }

        Interlocked.Decrement(ref _running);
        return false;
    }

    /// <summary>One runs no more.</summary>
    internal void Release() => Interlocked.Decrement(ref _running);

    /// <summary>One that was asked for has ended.</summary>
    internal void Ended(string how)
    {
        Interlocked.Decrement(ref _asked);
        Count(how);
    }

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();

    private void Count(string how) => _ended.Add(1, new KeyValuePair<string, object?>("ended", how));
}
