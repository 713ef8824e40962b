using Grid.Runtime.Catalog;
using Grid.Runtime.CodeGeneration;
using Grid.Runtime.Diagnostics;
using Grid.Runtime.Execution;
using Grid.Runtime.Reminders;
using Grid.Runtime.Streams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Orleans.Runtime;

namespace Grid.Runtime;

/// <summary>
/// The grains of one process. <see cref="StartAsync"/> makes it run; with <see cref="EmbeddedRuntimeOptions.Pumped"/> nothing happens but within
/// <see cref="RunUntilIdle"/> and <see cref="Advance"/>, in an order that depends on nothing but what was asked of it.
/// </summary>
public sealed class EmbeddedGrainRuntime : IAsyncDisposable, IDisposable
{
    private readonly RuntimeMeters _meters;
    private readonly OutsideScheduler _outside;
    private ITimer? _collection;
    private LongTurnWatch? _watch;
    private MemoryShedding? _shedding;
    private int _phase;
    private bool _ownsServices;

    public EmbeddedGrainRuntime(IServiceProvider services, EmbeddedRuntimeOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        Services = services;
        Options = options.Validate();
#pragma warning disable RS0030 // The host decides; without a decision it is the machine's clock.
        Clock = services.GetService<TimeProvider>() ?? TimeProvider.System;
#pragma warning restore RS0030
        Limits = new EmbeddedRuntimeLimits(options, Clock);
        Logger = services.GetService<ILoggerFactory>()?.CreateLogger("Grid.Runtime") ?? NullLogger.Instance;
        StartTimestamp = Clock.GetTimestamp();
        Partitions = new Partition[options.Partitions == 0 ? Math.Min(Environment.ProcessorCount, EmbeddedRuntimeOptions.MostPartitions) : options.Partitions];
        for (var i = 0; i < Partitions.Length; i++)
            Partitions[i] = new Partition(this, i);
        TurnTask.Check(new OutsideScheduler(Partitions[0]));
        _outside = new OutsideScheduler(Partitions[0]);
        Catalog = new GrainCatalog(this, options.Assemblies.Count > 0 ? [.. options.Assemblies] : ApplicationAssemblies.Find());
        Factory = new GrainFactory(this);
        Streams = new StreamRouter(this);
        Reminders = new ReminderService(this, services.GetService<IReminderStore>() ?? new MemoryReminderStore());
        _meters = new RuntimeMeters(this, services.GetService<System.Diagnostics.Metrics.IMeterFactory>());
    }

    /// <summary>Makes references to grains.</summary>
    public IGrainFactory GrainFactory => Factory;

    public IClusterClient Client => Factory;

    public IServiceProvider Services { get; }

    public EmbeddedRuntimeOptions Options { get; }

    /// <summary>Grains in memory at this moment, about.</summary>
    public int ActivationCount => Partitions.Sum(partition => partition.Activations.Count);

    /// <summary>
    /// Items that came to a pumped runtime from another thread than the one that pumps it. Any at all, and its order depends on more than what was
    /// asked of it.
    /// </summary>
    public long ForeignPosts => Partitions.Sum(partition => partition.ForeignPosts);

    /// <summary>The stack of the first of <see cref="ForeignPosts"/>; null while there is none.</summary>
    public string? ForeignPostStack => Partitions[0].ForeignPostStack;

    internal EmbeddedRuntimeLimits Limits { get; }

    internal TimeProvider Clock { get; }

    internal ILogger Logger { get; }

    internal long StartTimestamp { get; }

    internal Partition[] Partitions { get; }

    internal GrainCatalog Catalog { get; }

    internal GrainFactory Factory { get; }

    internal StreamRouter Streams { get; }

    internal ReminderService Reminders { get; }

    internal bool IsStopping => Volatile.Read(ref _phase) >= 2;

    internal bool IsStopped => Volatile.Read(ref _phase) >= 3;

    /// <summary>Starts a runtime without a host: for tests, tools and simulations.</summary>
    public static async Task<EmbeddedGrainRuntime> StartNewAsync(Action<IServiceCollection>? services = null, Action<EmbeddedRuntimeOptions>? configure = null)
    {
        var collection = new ServiceCollection();
        services?.Invoke(collection);
        collection.AddEmbeddedGrainRuntime(configure);
        var runtime = collection.BuildServiceProvider().GetRequiredService<EmbeddedGrainRuntime>();
        runtime._ownsServices = true;
        await runtime.StartAsync();
        return runtime;
    }

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.CompareExchange(ref _phase, 1, 0) != 0)
            throw new InvalidOperationException("The grain runtime was started before.");
        if (!Options.Pumped)
        {
            foreach (var partition in Partitions)
                partition.Start();
            if (Options.LongTurnWarning > TimeSpan.Zero)
                _watch = new LongTurnWatch(this);
        }

        _collection = Clock.CreateTimer(static state => ((EmbeddedGrainRuntime)state!).CollectIdle(), this, Options.CollectionQuantum, Options.CollectionQuantum);
        if (Options.EnableActivationSheddingOnMemoryPressure)
            _shedding = new MemoryShedding(this);
        await Reminders.StartAsync(cancellationToken);
        Log.Started(Logger, Partitions.Length, Catalog.Classes.Count);
    }

    /// <summary>
    /// Deactivates every grain, then ends the loops. What still runs after <see cref="EmbeddedRuntimeOptions.DeactivationTimeout"/> is left. Calls made
    /// afterwards fail with <see cref="SiloUnavailableException"/>.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.CompareExchange(ref _phase, 2, 1) != 1)
            return;
        Reminders.Stop();
        _shedding?.Dispose();
        if (_collection is not null)
            await _collection.DisposeAsync();
        foreach (var partition in Partitions)
            partition.Post(new PartitionWork(static here => here.EndAll(new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The process is stopping."))));
        if (Options.Pumped)
            RunUntilIdle();
        else
            await EmptyAsync(cancellationToken);
        Volatile.Write(ref _phase, 3);
        _watch?.Dispose();
        foreach (var partition in Partitions)
            partition.Stop();
        Log.Stopped(Logger, ActivationCount);
        _meters.Dispose();
    }

    /// <summary>Ends without a goodbye, as when the process dies: no grain is deactivated and nothing runs any more. For simulations.</summary>
    public void Abandon()
    {
        if (Interlocked.Exchange(ref _phase, 3) >= 3)
            return;
        _collection?.Dispose();
        _shedding?.Dispose();
        _watch?.Dispose();
        foreach (var partition in Partitions)
            partition.Stop();
        _meters.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_ownsServices && Services is IAsyncDisposable services)
        {
            _ownsServices = false;
            await services.DisposeAsync();
        }
    }

    /// <summary>Stops as <see cref="StopAsync"/> does, blocking: for containers that know no other way.</summary>
    public void Dispose() => StopAsync().GetAwaiter().GetResult();

    /// <summary>Runs, on this thread, all that can run without time passing. Answers whether there was anything. Only for a pumped runtime.</summary>
    public bool RunUntilIdle()
    {
        if (!Options.Pumped)
            throw new InvalidOperationException($"The runtime has threads of its own: {nameof(EmbeddedRuntimeOptions.Pumped)} is not set.");
        return Partitions[0].PumpUntilIdle();
    }

    /// <summary>Lets virtual time pass: timers fire in the order of their due times, and all that follows from one runs before the next.</summary>
    public void Advance(TimeSpan time)
    {
        if (Clock is not VirtualTimeProvider clock)
            throw new InvalidOperationException($"The runtime's clock is no {nameof(VirtualTimeProvider)}.");
        RunUntilIdle();
        var until = clock.GetUtcNow() + time;
        while (clock.FireNext(until))
            RunUntilIdle();
        clock.AdvanceTo(until);
        RunUntilIdle();
    }

    /// <summary>
    /// Starts code that is no grain on the runtime's own thread, where its awaits come back: a pumped runtime runs it in a repeatable order.
    /// </summary>
    public Task Run(Func<Task> code)
    {
        ArgumentNullException.ThrowIfNull(code);
        return Task.Factory.StartNew(code, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _outside).Unwrap();
    }

    private void CollectIdle()
    {
        foreach (var partition in Partitions)
            partition.Post(new PartitionWork(static here => here.CollectIdle()));
        Streams.CollectIdle();
    }

    private async Task EmptyAsync(CancellationToken cancellationToken)
    {
#pragma warning disable RS0030 // Real threads wind down in real time, whatever the grains' clock says.
        var clock = TimeProvider.System;
#pragma warning restore RS0030
        var start = clock.GetTimestamp();
        while (ActivationCount > 0 && clock.GetElapsedTime(start) < Options.DeactivationTimeout && !cancellationToken.IsCancellationRequested)
            await Task.Delay(TimeSpan.FromMilliseconds(2), clock, CancellationToken.None);
    }
}
