using Orleans;

namespace Grid.LoadTests.Actors;

/// <summary>The grains that are called, by references made once, and whether the round is over.</summary>
public sealed class BenchTargets
{
    // Prime and far from the count: callers walk over all grains in an order that no cache foresees.
    private const int Step = 48_611;

    private volatile bool _isStopped;

    public IBenchGrain[] Grains { get; private set; } = [];

    public bool IsStopped => _isStopped;

    public void Make(IGrainFactory factory, int count) =>
        Grains = [.. Enumerable.Range(0, count).Select(number => factory.GetGrain<IBenchGrain>($"bench-{number}"))];

    /// <summary>Others than the usual ones.</summary>
    public static BenchTargets Of(params IBenchGrain[] grains) => new() { Grains = grains };

    public int After(int index) => (index + Step) % Grains.Length;

    /// <summary>Begins a round that ends after that time.</summary>
    public async Task RunForAsync(TimeSpan time, CancellationToken cancellation)
    {
        _isStopped = false;
        try
        {
            await Task.Delay(time, cancellation);
        }
        finally
        {
            _isStopped = true;
        }
    }

    /// <summary>Callers that are started before <see cref="RunForAsync"/> find the round open.</summary>
    public void Open() => _isStopped = false;
}
