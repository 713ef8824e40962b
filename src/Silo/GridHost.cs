using System.Globalization;
using Grid.Client;
using Grid.Client.Authentication;
using Grid.Client.Health;
using Grid.Client.Page;
using Grid.Connectors.Http;
using Grid.Connectors.Http.Downlinks;
using Grid.Connectors.Notifications;
using Grid.Connectors.Outbox;
using Grid.Connectors.Simulator;
using Grid.Grains;
using Grid.Grains.History;
using Grid.Grains.Territory;
using Grid.Silo.Hosting;
using Grid.Silo.Maintenance;
using Grid.Silo.Startup;
using Grid.Silo.Telemetry;
using Grid.Storage;

namespace Grid.Silo;

/// <summary>Composes the program: settings, storage, grains, connectors, gateway, in that order of start and the reverse order of stop.</summary>
public static class GridHost
{
    private const string DefaultAddress = "http://127.0.0.1:5080";

    /// <summary>Builds the program from a command line; tests start it the same way.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="change">Last word on the services, for tests.</param>
    /// <exception cref="SettingsException">A setting is not as it must be.</exception>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? change = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var settings = GridSettings.Read(builder.Configuration, TerritoryTable.Shared);
        var mode = AuthenticationModes.Parse(builder.Configuration[AuthenticationModes.Setting]);
        var addresses = (builder.Configuration[WebHostDefaults.ServerUrlsKey] ?? DefaultAddress).Split(';', StringSplitOptions.RemoveEmptyEntries);
        LoopbackRule.Require(mode, addresses);
        builder.WebHost.UseUrls(addresses);
        builder.Host.UseDefaultServiceProvider(options => options.ValidateOnBuild = true);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(45));

        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(RetentionSettings.Read(builder.Configuration, TerritoryTable.Shared));
        var notifications = NotificationSettings.Read(builder.Configuration, settings.DemoSeed);
        builder.Services.AddSingleton(notifications.Notifier);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<StopLimit>();
        builder.Services.AddGridStorage(new StorageOptions
        {
            DataDirectory = settings.DataDirectory,
            KeysDirectory = settings.KeysDirectory,
            Postgres = settings.Database,
            Progress = CommandProgress.ToConsole(),
        });
        StopLimit.Mark(builder.Services, "history, the reading log and the stores to close their files");
        builder.Services.AddGridGrains();
        GrainHosting.AddGrainRuntime(builder);
        StopLimit.Mark(builder.Services, "the grains to say goodbye");
        AddStartup(builder.Services);
        StopLimit.Mark(builder.Services, "readings to be applied and sectors to be persisted");
        AddConnectors(builder.Services, settings);
        builder.Services.AddNotificationSender(notifications.Sender, notifications.Smtp);
        builder.Services.AddHostedService<OpenTelemetryExport>();
        StopLimit.Mark(builder.Services, "the outbox, the connectors and the simulator");
        builder.Services.AddGridGateway(settings.DataDirectory, mode);
        StopLimit.Mark(builder.Services, "the gateway");

        change?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapGridGateway();
        app.MapHttpReadings();
        app.MapGridPage();
        return app;
    }

    private static void AddConnectors(IServiceCollection services, GridSettings settings)
    {
        services.AddOutboxSender(new OutboxOptions { Seed = settings.DemoSeed });
        services.AddHttpReadings();
        services.AddHttpDownlinks();
        var simulator = new SimulatorOptions
        {
            Seed = settings.DemoSeed,
            RatePerSecond = settings.DemoRate,
            MemoryPath = Path.Combine(settings.DataDirectory, "simulator-field"),
        };
        services.AddGridSimulator(simulator, static (provider, cancellationToken) => provider.GetRequiredService<GridStartup>().Ready.Task.WaitAsync(cancellationToken));
    }

    private static void AddStartup(IServiceCollection services)
    {
        services.AddSingleton<Readiness>();
        services.AddSingleton<IReadiness>(provider => provider.GetRequiredService<Readiness>());
        services.AddSingleton<IGridRuntime>(provider => provider.GetRequiredService<Readiness>());
        services.AddSingleton(provider => new StartupProgress(Console.Out, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<DemoProvisioning>();
        services.AddSingleton<WarmUp>();
        services.AddSingleton<GridStartup>();
        services.AddHostedService(provider => provider.GetRequiredService<GridStartup>());
        services.AddSingleton<RetentionJob>();
        services.AddHostedService<DailyRetention>();
    }
}
