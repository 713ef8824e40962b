using Grid.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Grid.TestCluster;

public sealed partial class GridCluster
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private readonly EmbeddedGrainRuntime _runtime;
    private readonly Pump? _pump;

    private GridCluster(EmbeddedGrainRuntime runtime, bool virtualTime)
    {
        _runtime = runtime;
        _pump = virtualTime ? new Pump(runtime) : null;
    }

    /// <summary>The services of the silo.</summary>
    public IServiceProvider Services => _runtime.Services;

    /// <summary>After this long without a call an activation is collected.</summary>
    public TimeSpan IdleAge => _runtime.Options.CollectionAge;

    /// <summary>After this long a caller gives up.</summary>
    public TimeSpan CallTimeout => _runtime.Options.CallTimeout;

    /// <summary>The shortest period that a reminder may have.</summary>
    public TimeSpan ReminderMinimum => _runtime.Options.MinimumReminderPeriod;

    /// <summary>Lets virtual time pass: timers fire in the order of their due times, and all that follows from one runs before the next.</summary>
    public async Task AdvanceAsync(TimeSpan time)
    {
        // A grain's answer may have resumed the test on the pump's own thread, within a turn: time must not pass there.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        (_pump ?? throw new InvalidOperationException("The cluster runs on the wall clock.")).Advance(time);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _pump?.Dispose();
        await _runtime.DisposeAsync();
    }

    private static async Task<GridCluster> StartAsync(GridClusterOptions options)
    {
        var runtime = await EmbeddedGrainRuntime.StartNewAsync(
            services => AddServices(services, options),
            embedded => Configure(embedded, options));
        return new GridCluster(runtime, options.VirtualTime);
    }

    private static void AddServices(IServiceCollection services, GridClusterOptions options)
    {
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
        services.AddSingleton(options.VirtualTime ? new VirtualTimeProvider(VirtualStart) : TimeProvider.System);
        options.Services?.Invoke(services);
        if (options.Storage is { } storage)
            services.AddKeyedSingleton<IGrainStorage>(DefaultProvider, (provider, _) => storage(provider));
        else
            services.AddMemoryGrainStorage(DefaultProvider);
        foreach (var name in options.StreamProviders)
            services.AddEmbeddedStreams(name);
    }

    private static void Configure(EmbeddedRuntimeOptions embedded, GridClusterOptions options)
    {
        embedded.Pumped = options.VirtualTime;
        embedded.Partitions = options.VirtualTime ? 1 : embedded.Partitions;
        embedded.CallTimeout = options.CallTimeout ?? embedded.CallTimeout;
        embedded.ActivationTimeout = options.CallTimeout ?? embedded.ActivationTimeout;
        embedded.DeactivationTimeout = options.CallTimeout ?? embedded.DeactivationTimeout;
        embedded.MailboxLimit = options.MailboxLimit ?? embedded.MailboxLimit;
        embedded.PlacementHint = options.PlacementHint ?? embedded.PlacementHint;
        embedded.MinimumReminderPeriod = options.ReminderMinimum ?? embedded.MinimumReminderPeriod;
        embedded.CollectionAge = options.IdleAge ?? embedded.CollectionAge;
        embedded.CollectionQuantum = options.IdleAge / 2 ?? embedded.CollectionQuantum;
    }

    private Task LetTimePassAsync() => _pump is null ? Task.Delay(PollInterval) : AdvanceAsync(PollInterval);

    /// <summary>
    /// Under virtual time the runtime has no threads: this one runs what is to be run, so that a test can await a grain as it would anywhere.
    /// Time passes only when the test lets it, and only once all that could run has run.
    /// </summary>
    private sealed class Pump : IDisposable
    {
        private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(1);

        private readonly EmbeddedGrainRuntime _runtime;
        private readonly Lock _turn = new();
        private readonly ManualResetEventSlim _stop = new();
        private readonly Thread _thread;

        public Pump(EmbeddedGrainRuntime runtime)
        {
            _runtime = runtime;
            _thread = new Thread(Run) { IsBackground = true, Name = "grain pump" };
            _thread.Start();
        }

        public void Advance(TimeSpan time)
        {
            lock (_turn)
                _runtime.Advance(time);
        }

        public void Dispose()
        {
            _stop.Set();
            _thread.Join();
            _stop.Dispose();
        }

        private void Run()
        {
            do
            {
                lock (_turn)
                    _runtime.RunUntilIdle();
            }
            while (!_stop.Wait(Rest));
        }
    }
}
