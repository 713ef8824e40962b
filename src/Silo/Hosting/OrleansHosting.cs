using System.Net;
using System.Net.Sockets;
using Grid.Contracts.Territories;
using Grid.Grains.Sectors;
using Grid.Silo.Startup;
using Grid.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Serialization;
using Orleans.Storage;
using Orleans.Streams;
#if AZURE_GRAIN_STORAGE
using Azure.Storage.Blobs;
#endif

namespace Grid.Silo.Hosting;

/// <summary>
/// The grains on Orleans. By default one silo, this process, on loopback and with Grid's own grain storage; by settings a cluster of silos that share
/// a PostgreSQL database, and grain state in PostgreSQL or in Azure Blob storage.
/// </summary>
internal static class GrainHosting
{
    /// <summary>The runtime's name, for people.</summary>
    public const string RuntimeName = "Orleans";

    private const string ServiceId = "grid";
    private const string PostgresProvider = "Npgsql";

    /// <summary>Orleans: a silo without a gateway takes no clients from outside.</summary>
    private const int NoGateway = 0;

    /// <summary>Registers the runtime; it starts with the host's services, in the order of their registration.</summary>
    /// <exception cref="SettingsException">A setting is not as it must be.</exception>
    public static void AddGrainRuntime(WebApplicationBuilder builder)
    {
        var settings = ClusterSettings.Read(builder.Configuration);
        OrleansStores.Check(settings);
        builder.Logging.AddFilter("Orleans", LogLevel.Warning).AddFilter("Polly", LogLevel.Warning);
        builder.UseOrleans(silo =>
        {
            AddClustering(silo, settings);
            AddGrainState(silo, settings);
            silo.AddMemoryStreams(RollUpStreams.Provider, streams => streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly));
        });

        // An event that stands in the memory of a silo is lost with it, and those on the others must show what holds within 10 s all the same.
        builder.Services.AddSingleton(new SectorOptions { DigestAtMost = new SectorOptions().DigestEvery });

        // A state that names no storage is kept in the one that has no key.
        builder.Services.TryAddSingleton(services => services.GetRequiredKeyedService<IGrainStorage>(StorageServices.GrainStorageName));
    }

    private static void AddClustering(ISiloBuilder silo, ClusterSettings settings)
    {
        var port = settings.Port ?? FreePort(settings.Address);
        if (settings.Mode == ClusterMode.Single)
        {
            silo.UseLocalhostClustering(siloPort: port, gatewayPort: NoGateway, serviceId: ServiceId, clusterId: settings.Id);
            silo.UseInMemoryReminderService();
            return;
        }

        silo.Configure<ClusterOptions>(options =>
        {
            options.ServiceId = ServiceId;
            options.ClusterId = settings.Id;
        });
        silo.ConfigureEndpoints(settings.Address, port, NoGateway, listenOnAnyHostAddress: false);
        silo.UseAdoNetClustering(options =>
        {
            options.Invariant = PostgresProvider;
            options.ConnectionString = OrleansStores.Bounded(settings.Connection!);
        });
        silo.UseAdoNetReminderService(options =>
        {
            options.Invariant = PostgresProvider;
            options.ConnectionString = OrleansStores.Bounded(settings.Connection!);
        });
    }

    /// <summary>Grid's own storage is registered already; one that is added here takes its name.</summary>
    private static void AddGrainState(ISiloBuilder silo, ClusterSettings settings)
    {
        switch (settings.State)
        {
            case StateStore.Postgres:
                silo.AddAdoNetGrainStorage(StorageServices.GrainStorageName, options => options.Configure<Serializer>((storage, serializer) =>
                {
                    storage.Invariant = PostgresProvider;
                    storage.ConnectionString = OrleansStores.Bounded(settings.StateConnection!);
                    storage.GrainStorageSerializer = new OrleansGrainStorageSerializer(serializer);
                }));
                break;
            case StateStore.AzureBlobs:
                AddAzureBlobs(silo, settings);
                break;
            case StateStore.Grid:
                break;
            default:
                throw new SettingsException($"{ClusterSettings.StateSetting} is '{settings.State}', which this build does not know.");
        }
    }

#if AZURE_GRAIN_STORAGE
    private static void AddAzureBlobs(ISiloBuilder silo, ClusterSettings settings) =>
        silo.AddAzureBlobGrainStorage(StorageServices.GrainStorageName, options => options.Configure<Serializer>((storage, serializer) =>
        {
            storage.BlobServiceClient = new BlobServiceClient(settings.StateConnection);
            storage.ContainerName = settings.StateContainer;
            storage.GrainStorageSerializer = new OrleansGrainStorageSerializer(serializer);
        }));
#else
    private static void AddAzureBlobs(ISiloBuilder silo, ClusterSettings settings) => throw new SettingsException(
        $"{ClusterSettings.StateSetting} is '{settings.State}', which this build was made without; build it with -p:AzureGrainStorage=true.");
#endif

    /// <summary>A silo listens even where it is alone. Nobody has to know its port, so several programs on one machine never meet.</summary>
    private static int FreePort(IPAddress address)
    {
        using var listener = new TcpListener(address, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
