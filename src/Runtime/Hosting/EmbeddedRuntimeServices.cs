using Grid.Runtime.Streams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Providers;
using Orleans.Storage;
using Orleans.Streams;

namespace Grid.Runtime;

/// <summary>Puts the embedded runtime into a program.</summary>
public static class EmbeddedRuntimeServices
{
    /// <summary>
    /// Registers the runtime, <see cref="IGrainFactory"/>, <see cref="IClusterClient"/> and a hosted service that starts and stops it. Storages are keyed
    /// <see cref="IGrainStorage"/> services; streams need <see cref="AddEmbeddedStreams"/>; the clock is the container's <see cref="TimeProvider"/>.
    /// </summary>
    public static IServiceCollection AddEmbeddedGrainRuntime(this IServiceCollection services, Action<EmbeddedRuntimeOptions>? configure = null)
    {
        var options = new EmbeddedRuntimeOptions();
        configure?.Invoke(options);
        options.Validate();
        return services.AddEmbeddedGrainRuntime((_, _) => { }, options);
    }

    /// <summary>Registers the runtime, set up with services of the program when it is made.</summary>
    public static IServiceCollection AddEmbeddedGrainRuntime(this IServiceCollection services, Action<IServiceProvider, EmbeddedRuntimeOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddEmbeddedGrainRuntime(configure, new EmbeddedRuntimeOptions());
    }

    private static IServiceCollection AddEmbeddedGrainRuntime(
        this IServiceCollection services, Action<IServiceProvider, EmbeddedRuntimeOptions> configure, EmbeddedRuntimeOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddSingleton(provider =>
        {
            configure(provider, options);
            return new EmbeddedGrainRuntime(provider, options.Validate());
        });
        services.AddSingleton(provider => provider.GetRequiredService<EmbeddedGrainRuntime>().Client);
        services.AddSingleton(provider => provider.GetRequiredService<EmbeddedGrainRuntime>().GrainFactory);
        services.AddHostedService<EmbeddedRuntimeService>();
        return services;
    }

    /// <summary>A storage in memory under that name, as <see cref="Orleans.Runtime.PersistentStateAttribute"/> names it.</summary>
    public static IServiceCollection AddMemoryGrainStorage(this IServiceCollection services, string name = ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddKeyedSingleton<IGrainStorage>(name, static (_, _) => new MemoryGrainStorage());
        return services;
    }

    /// <summary>Streams within the process under that name.</summary>
    public static IServiceCollection AddEmbeddedStreams(this IServiceCollection services, string name)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        services.TryAddKeyedSingleton<IStreamProvider>(name, (provider, _) => new EmbeddedStreamProvider(provider.GetRequiredService<EmbeddedGrainRuntime>(), name));
        return services;
    }

    private sealed class EmbeddedRuntimeService(EmbeddedGrainRuntime runtime) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => runtime.StartAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => runtime.StopAsync(cancellationToken);
    }
}
