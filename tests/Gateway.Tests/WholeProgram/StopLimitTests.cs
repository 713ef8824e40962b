using Grid.Connectors.Outbox;
using Grid.Silo;
using Grid.Silo.Startup;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Grid.Tests.Gateway.WholeProgram;

/// <summary>A stop that was asked for always ends, and says what it was waiting for.</summary>
public sealed class StopLimitTests : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("grid-stop-").FullName;
    private readonly NeverStops _stuck = new();
    private readonly HandClock _clock = new();
    private readonly StringWriter _said = new();
    private readonly List<int> _ended = [];
    private WebApplication _app = null!;
    private Task _stopping = null!;

    public async ValueTask InitializeAsync()
    {
        _app = GridHost.Build(["--urls", "http://127.0.0.1:0", $"--Grid:Data={_data}", "--Grid:Demo:Enabled=false"], AddStuck);
        _app.Services.GetRequiredService<StopLimit>().Watch(_app.Lifetime, _said, _ended.Add);
        await _app.StartAsync();
        Assert.Null(_clock.Timer);
        _stopping = _app.StopAsync();
        await _stuck.IsAsked.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _stuck.MayStop.SetResult();
        await _stopping;
        await _app.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public void What_never_stops_is_named_at_the_limit_and_the_process_ends()
    {
        Assert.Equal(StopLimit.Limit, _clock.DueTime);
        Assert.Empty(_ended);

        _clock.Fire();

        Assert.Contains("it still waits for the outbox, the connectors and the simulator.", _said.ToString());
        Assert.Equal([StopLimit.GivenUp], _ended);
    }

    /// <summary>Among the connectors: after the sender of the outbox, and so stopped just before it.</summary>
    private void AddStuck(IServiceCollection services)
    {
        services.AddSingleton(new StopLimit(_clock));
        var sender = services.Single(service => service.ImplementationType == typeof(OutboxSender));
        services.Insert(services.IndexOf(sender) + 1, ServiceDescriptor.Singleton<IHostedService>(_stuck));
    }

    private sealed class NeverStops : IHostedService
    {
        public TaskCompletionSource IsAsked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource MayStop { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            IsAsked.SetResult();
            return MayStop.Task;
        }
    }

    /// <summary>Holds the one timer that it is asked for.</summary>
    private sealed class HandClock : TimeProvider
    {
        private Action _fire = static () => { };

        public ITimer? Timer { get; private set; }

        public TimeSpan DueTime { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (_fire, DueTime) = (() => callback(state), dueTime);
            return Timer = System.CreateTimer(static _ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public void Fire() => _fire();
    }
}
