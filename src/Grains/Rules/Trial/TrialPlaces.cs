namespace Grid.Grains.Rules.Trial;

/// <summary>How many trials run in this process at once: each reads what thousands of devices measured. Others wait. Safe for all threads.</summary>
public sealed class TrialPlaces
{
    private const int Most = 2;

    private int _taken;

    /// <summary>Takes one; false when there is none.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= Most)
        {
            return true;
        }

        Interlocked.Decrement(ref _taken);
        return false;
    }

    /// <summary>Gives it back.</summary>
    public void Release() => Interlocked.Decrement(ref _taken);
}
