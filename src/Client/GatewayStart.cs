using Grid.Client.Authentication;
using Grid.Client.Metrics;
using Grid.Client.Rights;
using Grid.Contracts.Devices;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Grid.Client;

/// <summary>The mode that the program was started with.</summary>
internal sealed record GatewayMode(AuthenticationMode Mode);

/// <summary>The routes of the program, known once they are mapped.</summary>
internal sealed class MappedRoutes
{
    public IEndpointRouteBuilder? Routes { get; set; }
}

/// <summary>Checks at start that every door declares its right and that an open one is on loopback, and begins to measure.</summary>
internal sealed class GatewayStart(
    MappedRoutes mapped, GatewayMode mode, PrometheusExporter exporter, IServiceProvider services, IServer server) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var routes = mapped.Routes ?? throw new InvalidOperationException("The gateway was added and not mapped.");
        RightsCheck.Verify([.. routes.DataSources.SelectMany(source => source.Endpoints)], [typeof(IDeviceGrain).Assembly]);
        exporter.Start();
        return Task.CompletedTask;
    }

    /// <summary>The addresses as they are bound, whatever they were configured by.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        LoopbackRule.Require(mode.Mode, server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []);
        return Task.CompletedTask;
    }

    /// <summary>Makes the token on first start: after storage, registered before, has opened its directory, and before the first request.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = services.GetService<AdministratorToken>();
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
