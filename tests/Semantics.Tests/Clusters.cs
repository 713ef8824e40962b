using Grid.TestCluster;
using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(Grid.Tests.Semantics.SharedCluster))]

namespace Grid.Tests.Semantics;

/// <summary>A cluster and the journal that its grains write.</summary>
public class JournaledCluster(Action<GridClusterOptions>? configure = null) : IAsyncLifetime
{
#if VIRTUAL_TIME
    private const bool VirtualTime = true;
#else
    private const bool VirtualTime = false;
#endif

    private int _keys;

    public GridCluster Cluster { get; private set; } = null!;

    public IGrainFactory Grains => Cluster.Grains;

    public Journal Journal { get; } = new();

    /// <summary>A key that no other test uses.</summary>
    public string NewKey() => $"key-{Interlocked.Increment(ref _keys)}";

    public async ValueTask InitializeAsync() => Cluster = await GridCluster.StartAsync(options =>
    {
        options.VirtualTime = VirtualTime;
        options.Services = services => services.AddSingleton(Journal);
        configure?.Invoke(options);
    });

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Cluster.DisposeAsync();
    }
}

/// <summary>The runtime's defaults, shared by all tests that need no others.</summary>
public sealed class SharedCluster() : JournaledCluster();

/// <summary>Calls time out after a second, so that a deadlock shows soon.</summary>
public sealed class ImpatientCluster() : JournaledCluster(options => options.CallTimeout = TimeSpan.FromSeconds(1));

/// <summary>Idle activations are collected after two seconds.</summary>
public sealed class ForgetfulCluster() : JournaledCluster(options => options.IdleAge = TimeSpan.FromSeconds(2));
