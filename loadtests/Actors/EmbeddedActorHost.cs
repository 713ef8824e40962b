using Grid.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;

namespace Grid.LoadTests.Actors;

/// <summary>The measured grains on the embedded runtime, as a program would have them: one partition a core.</summary>
internal sealed class ActorHost : IAsyncDisposable
{
    public const string RuntimeName = "Embedded";

    public const string Streams = "bench";

    private readonly EmbeddedGrainRuntime _runtime;

    private ActorHost(EmbeddedGrainRuntime runtime) => _runtime = runtime;

    public IGrainFactory Grains => _runtime.GrainFactory;

    public IClusterClient Client => _runtime.Client;

    public int ActivationCount => _runtime.ActivationCount;

    public static async Task<ActorHost> StartAsync(BenchTargets targets) => new(await EmbeddedGrainRuntime.StartNewAsync(
        services => services.AddSingleton(targets).AddMemoryGrainStorage().AddEmbeddedStreams(Streams)));

    public ValueTask DisposeAsync() => _runtime.DisposeAsync();
}
