using System.Diagnostics.Metrics;
using Grid.Contracts.Storage;
using Grid.Storage.Backups;
using Grid.Storage.History;
using Grid.Storage.Keys;
using Grid.Storage.Postgres;
using Grid.Storage.Privacy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Grid.Storage;

/// <summary>Registers the storage.</summary>
public static class StorageServices
{
    /// <summary>Name under which grains find their storage when they name none.</summary>
    public const string GrainStorageName = "Default";

    /// <summary>
    /// Registers <see cref="GridStorage"/> or, where the options name a database, <see cref="PostgresStorage"/>; its ports, grain storage as
    /// <see cref="GrainStorageName"/>, and a hosted service that opens it. Call it before anything that stores is registered: hosted services start in
    /// that order and stop in the reverse one, so that storage opens first and closes last. History is open when an <see cref="IHistorySubjects"/> is
    /// registered. The clock is the container's <see cref="TimeProvider"/>.
    /// </summary>
    public static IServiceCollection AddGridStorage(this IServiceCollection services, StorageOptions options)
    {
        services.TryAddSingleton(provider => new StorageMetrics(provider.GetService<IMeterFactory>()));
        return options.Postgres is { } postgres ? services.AddPostgres(options, postgres) : services.AddFiles(options);
    }

    private static IServiceCollection AddFiles(this IServiceCollection services, StorageOptions options)
    {
        services.AddSingleton(provider => new GridStorage(
            options,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<StorageMetrics>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetService<IHistorySubjects>));
        services.AddSingleton(options.Random);
        services.AddSingleton(provider => provider.GetRequiredService<GridStorage>().Keys);
        services.AddSingleton(provider => provider.GetRequiredService<GridStorage>().Log);
        services.AddSingleton(provider => provider.GetRequiredService<GridStorage>().History);
        services.AddSingleton(provider => provider.GetRequiredService<GridStorage>().Devices);
        services.AddSingleton(provider => provider.GetRequiredService<GridStorage>().Bodies);
        services.AddSingleton(provider => provider.GetRequiredService<GridStorage>().Outbox);
        services.AddSingleton(provider => provider.GetRequiredService<GridStorage>().Notifications);
        services.AddSingleton(provider => provider.GetRequiredService<GridStorage>().Audit);
        services.AddSingleton<IBackups>(provider => new BackupRuns(
            provider.GetRequiredService<GridStorage>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<BackupRuns>>()));
        services.AddKeyedSingleton<IGrainStorage>(GrainStorageName, (provider, _) => provider.GetRequiredService<GridStorage>().Grains);
        services.AddHostedService<Opening>();
        return services;
    }

    private static IServiceCollection AddPostgres(this IServiceCollection services, StorageOptions options, PostgresOptions postgres)
    {
        services.AddSingleton(provider => new PostgresStorage(
            postgres,
            options,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<StorageMetrics>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetService<IHistorySubjects>,
            () => new SubscriberSeal(provider.GetRequiredService<SubscriberKeys>())));
        services.AddSingleton<IBackups, DatabaseBackups>();
        services.AddSingleton(options.Random);
        services.AddSingleton(provider => new SubscriberKeys(options.Random, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<SubscriberKeys>>()));
        services.AddSingleton<ISubscriberKeys>(provider => provider.GetRequiredService<SubscriberKeys>());
        services.AddSingleton<IReadingLog>(provider => new SealingReadingLog(provider.GetRequiredService<PostgresStorage>().Log, provider.GetRequiredService<ISubscriberKeys>()));
        services.AddSingleton(provider => provider.GetRequiredService<PostgresStorage>().History);
        services.AddSingleton<IDeviceRegistry>(
            provider => new SealingDeviceRegistry(provider.GetRequiredService<PostgresStorage>().Devices, provider.GetRequiredService<ISubscriberKeys>()));
        services.AddSingleton(provider => provider.GetRequiredService<PostgresStorage>().Bodies);
        services.AddSingleton(provider => provider.GetRequiredService<PostgresStorage>().Outbox);
        services.AddSingleton(provider => provider.GetRequiredService<PostgresStorage>().Notifications);
        services.AddSingleton(provider => provider.GetRequiredService<PostgresStorage>().Audit);
        services.AddKeyedSingleton<IGrainStorage>(GrainStorageName, (provider, _) => provider.GetRequiredService<PostgresStorage>().Grains);
        services.AddHostedService(
            provider => new PostgresOpening(provider.GetRequiredService<PostgresStorage>(), provider.GetRequiredService<SubscriberKeys>(), options));
        return services;
    }

    /// <summary>Opens the storage when the host starts and closes it when the host has stopped everything else.</summary>
    private sealed class Opening(GridStorage storage) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => storage.OpenAsync();

        public async Task StopAsync(CancellationToken cancellationToken) => await storage.DisposeAsync();
    }

    /// <summary>
    /// Opens the storage in PostgreSQL, beside the data directory, which holds the files of this process alone: among them the subscribers' keys, so that a copy
    /// of the database alone is unreadable.
    /// </summary>
    private sealed class PostgresOpening(PostgresStorage storage, SubscriberKeys keys, StorageOptions options) : IHostedService
    {
        private DataDirectory? _directory;

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            _directory = DataDirectory.Open(options.DataDirectory);
            var apart = options.KeysDirectory is { } named ? Path.GetFullPath(named) : _directory.Keys;
            keys.Open(_directory.Path, apart);
            await storage.OpenAsync();
            await storage.RequireKeysAsync(keys, apart);
        }

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            await storage.DisposeAsync();
            _directory?.Dispose();
        }
    }
}
