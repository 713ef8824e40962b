using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Streams;

namespace Grid.LoadTests.Actors;

/// <summary>The measured grains on Orleans: one silo in this process, called by its hosted client, with storage and streams in memory.</summary>
internal sealed class ActorHost : IAsyncDisposable
{
    public const string RuntimeName = "Orleans";

    public const string Streams = "bench";

    private const int NoGateway = 0;

    private readonly IHost _host;

    private ActorHost(IHost host) => _host = host;

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public IClusterClient Client => _host.Services.GetRequiredService<IClusterClient>();

    public int ActivationCount => Grains.GetGrain<IManagementGrain>(0).GetTotalActivationCount().GetAwaiter().GetResult();

    public static async Task<ActorHost> StartAsync(BenchTargets targets)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Services.AddSingleton(targets);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(siloPort: FreePort(), gatewayPort: NoGateway);
            silo.AddMemoryGrainStorageAsDefault();
            silo.AddMemoryStreams(Streams, streams => streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly));
        });
        var host = builder.Build();
        await host.StartAsync();
        return new ActorHost(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
