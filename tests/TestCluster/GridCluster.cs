using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Grid.TestCluster;

/// <summary>
/// One silo in this process with memory storage, memory streams and memory reminders, on whichever runtime the tests are compiled
/// against. Tests say what must become true and within which time (<see cref="UntilAsync(Func{bool}, TimeSpan?, string?)"/>): virtual
/// time is moved until it is, wall time is waited for.
/// </summary>
public sealed partial class GridCluster : IAsyncDisposable
{
    /// <summary>Name of the storage provider, and of the stream provider when the options name no other.</summary>
    public const string DefaultProvider = "Default";

    /// <summary>How long <see cref="UntilAsync(Func{bool}, TimeSpan?, string?)"/> lets pass when no bound is given.</summary>
    public static readonly TimeSpan DefaultBound = TimeSpan.FromSeconds(30);

    /// <summary>The instant at which virtual time starts: a winter morning, 07:00 in Paris.</summary>
    public static readonly DateTimeOffset VirtualStart = new(2026, 1, 15, 6, 0, 0, TimeSpan.Zero);

    /// <summary>Makes references to grains, with the copying and the turns of any other caller.</summary>
    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    /// <summary>The clock of the grains.</summary>
    public TimeProvider Time => Services.GetRequiredService<TimeProvider>();

    /// <summary>Starts a cluster; disposing it deactivates all grains first.</summary>
    public static Task<GridCluster> StartAsync(Action<GridClusterOptions>? configure = null)
    {
        var options = new GridClusterOptions();
        configure?.Invoke(options);
        return StartAsync(options);
    }

    /// <summary>Lets time pass until the condition holds.</summary>
    /// <exception cref="TimeoutException">It did not hold within the bound; the message carries <paramref name="what"/>.</exception>
    public Task UntilAsync(Func<bool> condition, TimeSpan? bound = null, string? what = null) =>
        UntilAsync(() => Task.FromResult(condition()), bound, what);

    /// <summary>Lets time pass until the condition, asked again and again, holds.</summary>
    /// <exception cref="TimeoutException">It did not hold within the bound; the message carries <paramref name="what"/>.</exception>
    public async Task UntilAsync(Func<Task<bool>> condition, TimeSpan? bound = null, string? what = null)
    {
        var limit = bound ?? DefaultBound;
        var start = Time.GetTimestamp();
        while (!await condition())
        {
            if (Time.GetElapsedTime(start) > limit)
                throw new TimeoutException($"Not within {limit}: {what ?? "the condition"}.");
            await LetTimePassAsync();
        }
    }

    /// <summary>Awaits a call that needs time to pass (a timeout, a delay) before it ends.</summary>
    public async Task<T> PassingTimeAsync<T>(Task<T> call, TimeSpan? bound = null)
    {
        await UntilAsync(() => call.IsCompleted, bound, "the call ends");
        return await call;
    }

    /// <inheritdoc cref="PassingTimeAsync{T}"/>
    public async Task PassingTimeAsync(Task call, TimeSpan? bound = null)
    {
        await UntilAsync(() => call.IsCompleted, bound, "the call ends");
        await call;
    }
}
