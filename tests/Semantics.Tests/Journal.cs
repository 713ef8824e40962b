using System.Collections.Concurrent;

namespace Grid.Tests.Semantics;

/// <summary>Where grains under test write down what they do, and wait at gates until the test opens them.</summary>
public sealed class Journal
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> _entries = new();
    private readonly ConcurrentDictionary<string, Gate> _gates = new();

    public void Write(string key, string entry) => _entries.GetOrAdd(key, _ => new()).Enqueue(entry);

    public string[] Read(string key) => _entries.TryGetValue(key, out var entries) ? [.. entries] : [];

    public int Count(string key, string entry) => Read(key).Count(e => e == entry);

    /// <summary>A grain says that it stands at the gate, and waits there.</summary>
    public Task PassAsync(string gate)
    {
        var it = Find(gate);
        it.Reached.TrySetResult();
        return it.Opened.Task;
    }

    /// <summary>The test waits until a grain stands at the gate.</summary>
    public Task ReachedAsync(string gate) => Find(gate).Reached.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public void Open(string gate) => Find(gate).Opened.TrySetResult();

    private Gate Find(string gate) => _gates.GetOrAdd(gate, _ => new());

    private sealed class Gate
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
