using System.Net;
using System.Net.Sockets;
using Grid.Contracts.Territories;
using Grid.Silo.Startup;
using Grid.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Hosting;
using Orleans.Storage;
using Orleans.Streams;

namespace Grid.Silo.Hosting;

/// <summary>The grains on Orleans. <c>Grid:Cluster:Mode</c> <c>Single</c>: one silo, this process, with Grid's own grain storage.</summary>
internal static class GrainHosting
{
    /// <summary>The runtime's name, for people.</summary>
    public const string RuntimeName = "Orleans";

    private const string ModeSetting = "Grid:Cluster:Mode";
    private const string Single = "Single";

    /// <summary>Orleans: a silo without a gateway takes no clients from outside.</summary>
    private const int NoGateway = 0;

    /// <summary>Registers the runtime; it starts with the host's services, in the order of their registration.</summary>
    /// <exception cref="SettingsException">The cluster mode is unknown.</exception>
    public static void AddGrainRuntime(WebApplicationBuilder builder)
    {
        var mode = builder.Configuration[ModeSetting] ?? Single;
        if (!string.Equals(mode, Single, StringComparison.OrdinalIgnoreCase))
        {
            throw new SettingsException($"{ModeSetting} is '{mode}'; it must be {Single}.");
        }

        builder.Logging.AddFilter("Orleans", LogLevel.Warning).AddFilter("Polly", LogLevel.Warning);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(siloPort: FreePort(), gatewayPort: NoGateway);
            silo.UseInMemoryReminderService();
            silo.AddMemoryStreams(RollUpStreams.Provider, streams => streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly));
        });

        // A state that names no storage is kept in the one that has no key.
        builder.Services.TryAddSingleton(services => services.GetRequiredKeyedService<IGrainStorage>(StorageServices.GrainStorageName));
    }

    /// <summary>A silo listens even where it is alone. Nobody has to know its port, so several programs on one machine never meet.</summary>
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
