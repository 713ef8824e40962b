using Grid.Client;
using Grid.Client.Limits;
using Grid.Client.Live;
using Grid.Client.Metrics;
using Grid.Client.Territories;
using Grid.Connectors.Notifications;
using Grid.Connectors.Outbox;
using Grid.Contracts.Commands;
using Grid.Contracts.Intake;
using Grid.Contracts.Rules;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains;
using Grid.Grains.Devices;
using Grid.Grains.History;
using Grid.Grains.Intake;
using Grid.Grains.Parameters;
using Grid.Grains.RollUp;
using Grid.Grains.Rules;
using Grid.Grains.Sectors;
using Grid.Runtime;
using Grid.Silo.Hosting;
using Grid.Silo.Startup;
using Grid.Simulation.Checks;
using Grid.Simulation.Field;
using Grid.Simulation.Stores;
using Grid.Storage;
using Grid.Storage.ReadingLog;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Storage;
using Orleans.Streams;

namespace Grid.Simulation.Machine;

/// <summary>
/// One life of the grid's process: the code that ships, on a runtime without threads, between a disk and stores that outlive it. Nothing of it
/// runs but within <see cref="Pump"/>.
/// </summary>
internal sealed class GridProcess
{
    private const string SteadyStreams = "steady";

    private readonly World _world;
    private readonly ServiceProvider _services;
    private readonly EmbeddedGrainRuntime _runtime;
    private readonly SegmentedReadingLog _log;
    private readonly SimulatedLogFiles _files;
    private readonly CancellationTokenSource _stopping = new();

    public GridProcess(World world, int number)
    {
        (_world, Number) = (world, number);
        Clock = new ProcessClock(world.Clock);
        Operations = new Operations(world, Clock, what => world.Kill(this, what));
        _files = new SimulatedLogFiles(world, world.Disk, Operations, Clock);
        var metrics = new StorageMetrics();
        _log = new SegmentedReadingLog(world.Setup.Log, Clock, metrics, world.Loggers.CreateLogger<SegmentedReadingLog>());
        Log = world.Plants.Over(new JournalingLog(_log, world.Journal, Clock, (sector, offset) => ReleaseCheck.Run(world, this, sector, offset)));
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton(world.Loggers);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddMetrics();
        services.AddSingleton(metrics);
        AddStores(services);
        services.AddGridGrains();
        services.RemoveAll<IRuleOutlet>();
        services.AddSingleton<RuleOutlet>();
        services.AddSingleton(provider => _world.Plants.Over(provider.GetRequiredService<RuleOutlet>()));
        services.AddSingleton<IRuleOutlet>(new RuleWitness(_world, this));
        services.AddSingleton(provider => new TerritoryParameters(world.Plants.OfParameters(provider.GetRequiredService<IBodyRegistry>()), provider.GetRequiredService<ITerritoryTable>(), provider.GetRequiredService<LocalCalendars>()));
        services.AddSingleton(world.Territory);
        services.AddSingleton(world.Plants.Over(world.Setup.Sectors));
        services.AddSingleton(new LogWriterOptions());
        services.AddSingleton(world.Setup.Feed);
        services.AddSingleton(new FigureOptions { RecordEvery = TimeSpan.FromMinutes(15) });
        services.AddEmbeddedGrainRuntime(options =>
        {
            GrainHosting.Pace(options);
            options.Pumped = true;
            options.Partitions = 1;
            options.LongTurnWarning = TimeSpan.Zero;
            options.Assemblies.Add(typeof(SectorGrain).Assembly);
            options.Assemblies.Add(typeof(IIntake).Assembly);
        });
        AddGateway(services);
        _services = services.BuildServiceProvider();
        _runtime = _services.GetRequiredService<EmbeddedGrainRuntime>();
    }

    /// <summary>1 for the first.</summary>
    public int Number { get; }

    public ProcessClock Clock { get; }

    public Operations Operations { get; }

    public IReadingLog Log { get; }

    public IGrainFactory Grains => _runtime.GrainFactory;

    public bool IsAlive => Clock.IsRunning;

    /// <summary>True once it takes readings.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Work that came from a thread that is not the world's: a world with any of it cannot be replayed.</summary>
    public long ForeignPosts => _runtime.ForeignPosts;

    /// <summary>Where the first of it came from.</summary>
    public string? ForeignPostStack => _runtime.ForeignPostStack;

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public void Start()
    {
        _runtime.StartAsync().GetAwaiter().GetResult();
        Do("start", StartAsync);
    }

    /// <summary>Runs all that can run without time passing.</summary>
    public void Pump() => _runtime.RunUntilIdle();

    /// <summary>Runs code in the process. What it throws ends the process, as an unhandled exception does.</summary>
    public void Do(string what, Func<Task> code) => _runtime.Run(async () =>
    {
        try
        {
            await code();
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            if (IsAlive)
            {
                _world.Trace.Say($"{what} failed: {fault.GetType().Name}: {fault.Message}");
                if (fault is LogDamagedException)
                {
                    _world.Violated("I2", $"what was durable is not on the disk any more: {fault.Message}");
                }

                _world.Kill(this, $"{what} failed");
            }
        }
    });

    /// <summary>It is no more: nothing of it runs, nothing that it still asks has an effect.</summary>
    public void End()
    {
        Clock.Stop();
        IsReady = false;
        _runtime.Abandon();
        _stopping.Cancel();
        _services.Dispose();
    }

    private async Task StartAsync()
    {
        await _log.OpenAsync(_files, _files);
        await _world.Journal.CompareAsync(_log);
        var registrar = Get<Registrar>();
        await registrar.LoadAsync(CancellationToken.None);
        Get<HistoryFeed>().Start();
        Get<LogRelease>().Start();
        Get<Grains.Intake.LogWriter>().Start();
        await registrar.CompletePendingAsync(CancellationToken.None);
        await Get<WarmUp>().RunAsync(CancellationToken.None);
        for (var sender = 1; sender <= _world.Setup.Senders; sender++)
        {
            Do("outbox", () => ActivatorUtilities.CreateInstance<OutboxSender>(_services).RunUntilAsync(_stopping.Token));
            if (_world.Options.PagesPerHour > 0 || _world.Options.RulesPerHour > 0)
            {
                Do("notifications", () => NotificationSender().RunUntilAsync(_stopping.Token));
            }
        }

        Do("live", () => Get<LiveObservers>().RenewUntilAsync(_stopping.Token));
        IsReady = true;
        _world.Trace.Add("ready", null, Number);
    }

    private NotificationSender NotificationSender() => new(
        Get<INotificationOutbox>(),
        Grains,
        [new Receivers(_world, this)],
        Get<IAuditLog>(),
        new NotificationSenderOptions
        {
            Timeout = TimeSpan.FromSeconds(5),
            Lease = TimeSpan.FromSeconds(30),
            PollEvery = TimeSpan.FromSeconds(5),
            LongestRetry = TimeSpan.FromMinutes(1),
            Seed = (int)_world.Options.Seed,
        },
        Clock,
        Get<ILogger<NotificationSender>>());

    private void AddStores(ServiceCollection services)
    {
        var registry = new SimulatedRegistry(_world.Registry, Operations);
        services.AddSingleton(Log);
        services.AddSingleton<ISecretRandom>(new ChanceRandom(_world.ChanceOf("secrets")));
        services.AddSingleton<ISubscriberKeys>(_world.Keys);
        services.AddSingleton<IDeviceRegistry>(registry);
        services.AddSingleton<IBodyRegistry>(registry);
        services.AddSingleton(_world.Plants.Over(new SimulatedOutbox(_world.Outbox, Operations), _world.ChanceOf("outbox")));
        services.AddSingleton(_world.Plants.Over(new SimulatedNotificationOutbox(_world.Notifications, Operations), _world.ChanceOf("notifications")));
        services.AddSingleton<IAuditLog>(new SimulatedAuditLog(_world.Audit, Operations));
        services.AddSingleton<IDownlinkSender>(new FieldDownlinks(_world, this));
        services.AddSingleton(new OutboxOptions { PollEvery = _world.Setup.OutboxPollEvery, Seed = (int)_world.Options.Seed });
        services.AddSingleton(_world.Plants.Over(new SimulatedHistory(_world.History, _world.Journal, Operations, Clock, _world.Setup)));
        services.AddKeyedSingleton<IGrainStorage>(
            StorageServices.GrainStorageName, (_, _) => _world.Plants.Over(new SimulatedGrainStorage(_world.Grains, Operations, _world.Options.CopiesStates), _world.Grains, Clock));
        services.AddEmbeddedStreams(SteadyStreams);
        services.AddKeyedSingleton<IStreamProvider>(
            RollUpStreams.Provider, (provider, _) => new FaultyStreams(provider.GetRequiredKeyedService<IStreamProvider>(SteadyStreams), _world, Clock));
    }

    private void AddGateway(ServiceCollection services)
    {
        services.AddSingleton<IGridGrains>(provider => _world.Plants.Over(new GridGrains(provider.GetRequiredService<IGrainFactory>()), _world.ChanceOf("cursor")));
        services.AddOptions<GatewayLimits>();
        services.AddSingleton<GatewayMeter>();
        services.AddSingleton<ScopeMembers>();
        services.AddSingleton<ScopeResolver>();
        services.AddSingleton<FeedReader>();
        services.AddSingleton<LiveObservers>();
        services.AddSingleton<LiveFeeds>();
        services.AddSingleton(provider => new StartupProgress(TextWriter.Null, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<WarmUp>();
    }
}
