using Grid.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Storage;

namespace Grid.Tests.Runtime;

/// <summary>A runtime without threads, under virtual time: a test pumps it, so that each step has ended when the next begins.</summary>
public sealed class Pumped : IAsyncDisposable
{
    private readonly EmbeddedGrainRuntime _runtime;

    private Pumped(EmbeddedGrainRuntime runtime) => _runtime = runtime;

    public EmbeddedGrainRuntime Runtime => _runtime;

    public Script Script => _runtime.Services.GetRequiredService<Script>();

    public VirtualTimeProvider Clock => (VirtualTimeProvider)_runtime.Services.GetRequiredService<TimeProvider>();

    public MemoryGrainStorage Storage => (MemoryGrainStorage)_runtime.Services.GetRequiredKeyedService<IGrainStorage>("Default");

    public static async Task<Pumped> Start(Action<EmbeddedRuntimeOptions>? configure = null, Action<IServiceCollection>? services = null) =>
        new(await EmbeddedGrainRuntime.StartNewAsync(
            collection =>
            {
                collection.AddSingleton<Script>().AddSingleton<TimeProvider>(new VirtualTimeProvider());
                collection.AddMemoryGrainStorage().AddEmbeddedStreams("s");
                services?.Invoke(collection);
            },
            options =>
            {
                options.Pumped = true;
                options.Partitions = 1;
                configure?.Invoke(options);
            }));

    public T Grain<T>(string key)
        where T : IGrainWithStringKey => _runtime.GrainFactory.GetGrain<T>(key);

    public void Run() => _runtime.RunUntilIdle();

    public void Advance(TimeSpan time) => _runtime.Advance(time);

    public void Advance(double seconds) => _runtime.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>Runs until idle; the task must have ended by then.</summary>
    public T Get<T>(Task<T> task)
    {
        Run();
        Assert.True(task.IsCompleted, "The call has not ended.");
        return task.GetAwaiter().GetResult();
    }

    /// <inheritdoc cref="Get{T}"/>
    public void Do(Task task)
    {
        Run();
        Assert.True(task.IsCompleted, "The call has not ended.");
        task.GetAwaiter().GetResult();
    }

    public ValueTask DisposeAsync() => _runtime.DisposeAsync();
}
