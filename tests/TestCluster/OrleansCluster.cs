using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using Orleans.Streams;
using Orleans.TestingHost;

namespace Grid.TestCluster;

public sealed partial class GridCluster
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private readonly InProcessTestCluster _cluster;

    private GridCluster(InProcessTestCluster cluster) => _cluster = cluster;

    /// <summary>The services of the silo.</summary>
    public IServiceProvider Services => _cluster.GetSiloServiceProvider();

    /// <summary>After this long without a call an activation is collected.</summary>
    public TimeSpan IdleAge => Services.GetRequiredService<IOptions<GrainCollectionOptions>>().Value.CollectionAge;

    /// <summary>After this long a caller gives up.</summary>
    public TimeSpan CallTimeout => Services.GetRequiredService<IOptions<SiloMessagingOptions>>().Value.ResponseTimeout;

    /// <summary>The shortest period that a reminder may have.</summary>
    public TimeSpan ReminderMinimum => Services.GetRequiredService<IOptions<ReminderOptions>>().Value.MinimumReminderPeriod;

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private static async Task<GridCluster> StartAsync(GridClusterOptions options)
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.Options.ConfigureFileLogging = false;
        builder.Options.InitializeClientOnDeploy = false;
        builder.ConfigureSilo((_, silo) => Configure(silo, options));
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new GridCluster(cluster);
    }

    private static void Configure(ISiloBuilder silo, GridClusterOptions options)
    {
        silo.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
        options.Services?.Invoke(silo.Services);

        if (options.Storage is { } storage)
            silo.Services.AddGrainStorage(DefaultProvider, (services, _) => storage(services));
        else
            silo.AddMemoryGrainStorageAsDefault();

        foreach (var name in options.StreamProviders)
            silo.AddMemoryStreams(name, streams => streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly));

        silo.UseInMemoryReminderService();
        silo.Configure<ReminderOptions>(o => o.MinimumReminderPeriod = options.ReminderMinimum ?? o.MinimumReminderPeriod);
        silo.Configure<SiloMessagingOptions>(o =>
        {
            o.ResponseTimeout = options.CallTimeout ?? o.ResponseTimeout;
            o.MaxEnqueuedRequestsHardLimit = options.MailboxLimit ?? o.MaxEnqueuedRequestsHardLimit;
        });
        silo.Configure<GrainCollectionOptions>(o =>
        {
            o.CollectionAge = options.IdleAge ?? o.CollectionAge;
            o.CollectionQuantum = options.IdleAge / 2 ?? o.CollectionQuantum;
        });
    }

    private static Task LetTimePassAsync() => Task.Delay(PollInterval);
}
