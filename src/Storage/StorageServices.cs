using System.Diagnostics.Metrics;
using Grid.Contracts.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Grid.Storage;

/// <summary>Registers the embedded storage.</summary>
public static class StorageServices
{
    /// <summary>Name under which grains find their storage when they name none.</summary>
    public const string GrainStorageName = "Default";

    /// <summary>
    /// Registers <see cref="GridStorage"/>, its ports, grain storage as <see cref="GrainStorageName"/>, and a hosted service that opens it. Call it
    /// before anything that stores is registered: hosted services start in that order and stop in the reverse one, so that storage opens first
    /// and closes last. The clock is the container's <see cref="TimeProvider"/>.
    /// </summary>
    public static IServiceCollection AddGridStorage(this IServiceCollection services, StorageOptions options)
    {
        services.TryAddSingleton(provider => new StorageMetrics(provider.GetService<IMeterFactory>()));
        services.AddSingleton(provider => new GridStorage(
            options, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<StorageMetrics>(), provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(options.Random);
        services.AddSingleton(provider => provider.GetRequiredService<GridStorage>().Keys);
        services.AddSingleton(provider => provider.GetRequiredService<GridStorage>().Log);
        services.AddSingleton(provider => provider.GetRequiredService<GridStorage>().Devices);
        services.AddSingleton(provider => provider.GetRequiredService<GridStorage>().Bodies);
        services.AddSingleton(provider => provider.GetRequiredService<GridStorage>().Outbox);
        services.AddSingleton(provider => provider.GetRequiredService<GridStorage>().Audit);
        services.AddKeyedSingleton<IGrainStorage>(GrainStorageName, (provider, _) => provider.GetRequiredService<GridStorage>().Grains);
        services.AddHostedService<Opening>();
        return services;
    }

    /// <summary>Opens the storage when the host starts and closes it when the host has stopped everything else.</summary>
    private sealed class Opening(GridStorage storage) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => storage.OpenAsync();

        public async Task StopAsync(CancellationToken cancellationToken) => await storage.DisposeAsync();
    }
}
