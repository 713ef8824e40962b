using Grid.Runtime.Execution;

namespace Orleans.Runtime;

/// <summary>Values that go with a call to the grains that it calls, and on. Not back.</summary>
public static class RequestContext
{
    private const string ReentrancyKey = "#CCR";
    private static readonly AsyncLocal<Dictionary<string, object>?> Values = new();
    private static long _chains;

    /// <summary>The call chain that may re-enter, or <see cref="Guid.Empty"/>.</summary>
    public static Guid ReentrancyId
    {
        get => Get(ReentrancyKey) is Guid id ? id : Guid.Empty;
        set
        {
            if (value == Guid.Empty)
                Remove(ReentrancyKey);
            else
                Set(ReentrancyKey, value);
        }
    }

    public static IEnumerable<string> Keys => Values.Value?.Keys ?? Enumerable.Empty<string>();

    public static IEnumerable<KeyValuePair<string, object>> Entries => Values.Value ?? Enumerable.Empty<KeyValuePair<string, object>>();

    public static object? Get(string key) => Values.Value is { } values && values.TryGetValue(key, out var value) ? value : null;

    public static void Set(string key, object value)
    {
        // Calls under way hold the former dictionary: it is never changed, only replaced.
        var values = Values.Value is { } before ? new Dictionary<string, object>(before) : new Dictionary<string, object>(1);
        values[key] = value;
        Values.Value = values;
    }

    public static bool Remove(string key)
    {
        if (Values.Value is not { } before || !before.ContainsKey(key))
            return false;
        var values = new Dictionary<string, object>(before);
        values.Remove(key);
        Values.Value = values.Count == 0 ? null : values;
        return true;
    }

    public static void Clear()
    {
        if (Values.Value is not null)
            Values.Value = null;
    }

    /// <summary>Until disposed, calls that this grain makes may call back into it while it waits for them.</summary>
    public static ReentrancySection AllowCallChainReentrancy()
    {
        var before = ReentrancyId;
        return new ReentrancySection(before, before == Guid.Empty ? NextChain() : before);
    }

    /// <summary>Until disposed, calls that this grain makes may not call back into it.</summary>
    public static ReentrancySection SuppressCallChainReentrancy() => new(ReentrancyId, Guid.Empty);

    internal static Dictionary<string, object>? Capture() => Values.Value;

    internal static void Install(Dictionary<string, object> values) => Values.Value = values;

    internal static Guid ChainOf(Dictionary<string, object>? values) =>
        values is not null && values.TryGetValue(ReentrancyKey, out var id) && id is Guid chain ? chain : Guid.Empty;

    // Chains need to differ within the process only; a count keeps runs repeatable.
    private static Guid NextChain() => new(0, 0, 0, BitConverter.GetBytes(Interlocked.Increment(ref _chains)));

    /// <summary>Ends what it was opened for when disposed.</summary>
    public readonly struct ReentrancySection : IDisposable
    {
        private readonly Guid _before;
        private readonly Guid _chain;

        public ReentrancySection(Guid originalReentrancyId, Guid newReentrancyId)
        {
            _before = originalReentrancyId;
            _chain = newReentrancyId;
            if (_chain != _before)
                ReentrancyId = _chain;
            if (_chain != Guid.Empty)
                Partition.CurrentActivation?.EnterReentrantSection(_chain);
        }

        public void Dispose()
        {
            if (_chain != Guid.Empty)
                Partition.CurrentActivation?.LeaveReentrantSection(_chain);
            if (_chain != _before)
                ReentrancyId = _before;
        }
    }
}
