namespace Grid.LoadTests.Crash;

/// <summary>What a crash run has found. Used by several senders at once.</summary>
internal sealed class CrashReport
{
    private const int FailuresTold = 40;
    private readonly Lock _gate = new();
    private readonly List<string> _failures = [];
    private long _acknowledged;

    public long AcknowledgedCount => Interlocked.Read(ref _acknowledged);

    public int LostCount { get; private set; }

    public int DuplicatedCount { get; private set; }

    /// <summary>Found otherwise wrong: sums, answers.</summary>
    public int WrongCount { get; private set; }

    public int Round { get; set; }

    public IReadOnlyList<string> Failures => _failures;

    public void Acknowledged(int count) => Interlocked.Add(ref _acknowledged, count);

    /// <summary>Acknowledged and not there, or not as it was acknowledged.</summary>
    public void Lost(string what)
    {
        lock (_gate)
        {
            LostCount++;
            Tell(what);
        }
    }

    /// <summary>There more than once, or there though it was refused.</summary>
    public void Duplicated(string what)
    {
        lock (_gate)
        {
            DuplicatedCount++;
            Tell(what);
        }
    }

    public void Wrong(string what)
    {
        lock (_gate)
        {
            WrongCount++;
            Tell(what);
        }
    }

    private void Tell(string what)
    {
        if (_failures.Count < FailuresTold)
        {
            _failures.Add($"round {Round}: {what}");
            Console.Error.WriteLine(_failures[^1]);
        }
    }
}
