using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Storage;

namespace Grid.TestCluster;

/// <summary>How a test cluster differs from the defaults of the runtime. What is left null keeps the runtime's default.</summary>
public sealed class GridClusterOptions
{
    /// <summary>Adds services that grains take in their constructors.</summary>
    public Action<IServiceCollection>? Services { get; set; }

    /// <summary>Makes the grain storage named <c>Default</c>; null: memory, gone with the cluster.</summary>
    public Func<IServiceProvider, IGrainStorage>? Storage { get; set; }

    /// <summary>Names of the memory stream providers. Subscriptions are implicit only.</summary>
    public IReadOnlyList<string> StreamProviders { get; set; } = [GridCluster.DefaultProvider];

    /// <summary>After this long without a call an activation is collected. At least one second; it is noticed within half of it.</summary>
    public TimeSpan? IdleAge { get; set; }

    /// <summary>After this long a caller gives up with <see cref="TimeoutException"/>.</summary>
    public TimeSpan? CallTimeout { get; set; }

    /// <summary>Calls that may wait at one activation; over it callers are refused. Null: the runtime's default.</summary>
    public int? MailboxLimit { get; set; }

    /// <summary>
    /// On the embedded runtime, the number of the partition that a grain lives on, counted over all partitions; negative for one that follows from its key. Null: all follow from their keys. Orleans
    /// places grains itself.
    /// </summary>
    public Func<GrainId, int>? PlacementHint { get; set; }

    /// <summary>The shortest period that a reminder may have: at least one second.</summary>
    public TimeSpan? ReminderMinimum { get; set; }

    /// <summary>
    /// On the embedded runtime, virtual time from <see cref="GridCluster.VirtualStart"/>: time stands still but in
    /// <see cref="GridCluster.UntilAsync(Func{bool}, TimeSpan?, string?)"/>, and hours pass in an instant. Orleans always uses the wall clock.
    /// </summary>
    public bool VirtualTime { get; set; }
}
