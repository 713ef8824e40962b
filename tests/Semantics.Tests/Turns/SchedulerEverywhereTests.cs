using Grid.TestCluster;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Streams;

namespace Grid.Tests.Semantics.Turns;

public interface ISchedulingGrain : IGrainWithStringKey
{
    Task StartTimerAsync();

    Task RemindAsync();

    Task<string[]> LeaveAsync();

    Task<string> CallFromThePoolAsync(string other);

    Task<string[]> UseGrainFromThePoolAsync();

    Task GoAsync();

    Task<bool> IsHereAsync(string gate);
}

/// <summary>Writes down wherever its code does not run on its activation's scheduler.</summary>
[ImplicitStreamSubscription(Namespace)]
public sealed class SchedulingGrain(Journal journal) : Grain, ISchedulingGrain, IRemindable
{
    public const string Namespace = "schedulers";

    private TaskScheduler? _own;

    private string Key => this.GetPrimaryKeyString();

    private string Where => TaskScheduler.Current == _own ? "own" : TaskScheduler.Current == TaskScheduler.Default ? "pool" : "other";

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _own = TaskScheduler.Current == TaskScheduler.Default ? null : TaskScheduler.Current;
        await Task.Yield();
        await this.GetStreamProvider(GridCluster.DefaultProvider)
            .GetStream<int>(StreamId.Create(Namespace, Key))
            .SubscribeAsync(OnNextAsync);
        journal.Write(Key, $"activation: {Where}");
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        var first = Where;
        await Task.Yield();
        journal.Write(Key, $"deactivation: {first}, {Where}");
    }

    public Task ReceiveReminder(string reminderName, TickStatus status) => NoteAsync("reminder");

    public async Task StartTimerAsync()
    {
        await Task.Yield();
        this.RegisterGrainTimer(() => NoteAsync("timer"), TimeSpan.FromMilliseconds(10), Timeout.InfiniteTimeSpan);
        this.RegisterGrainTimer(
            () => NoteAsync("interleaving timer"),
            new GrainTimerCreationOptions(TimeSpan.FromMilliseconds(10), Timeout.InfiniteTimeSpan) { Interleave = true });
    }

    public Task RemindAsync() => this.RegisterOrUpdateReminder("tick", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    public async Task<string[]> LeaveAsync()
    {
        var seen = new List<string>();
        await Task.Yield();
        seen.Add($"continuation: {await Task.FromResult(0).ContinueWith(_ => Where, TaskScheduler.Current)}");
        seen.Add($"task without a scheduler: {await Task.Factory.StartNew(() => Where)}");
        seen.Add($"task for the pool: {await Task.Factory.StartNew(() => Where, CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Default)}");
        seen.Add($"back: {Where}");
        seen.Add($"left by a callee: {await LeaveBelowAsync()}");
        seen.Add($"back again: {Where}");
        return [.. seen];
    }

    public async Task<string> CallFromThePoolAsync(string other)
    {
        var grain = GrainFactory.GetGrain<ISchedulingGrain>(other);
        var answer = await Task.Run(async () => $"{await grain.IsHereAsync("open")}, {Where}");
        return $"{answer}, {Where}";
    }

    public Task<string[]> UseGrainFromThePoolAsync() => Task.Run(() => new[]
    {
        Try(() => this.RegisterGrainTimer(() => Task.CompletedTask, TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan)),
        Try(() => GrainFactory.GetGrain<ISchedulingGrain>("other")),
    });

    public Task GoAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task<bool> IsHereAsync(string gate)
    {
        await journal.PassAsync(gate);
        return Where == "own";
    }

    private static string Try(Func<object?> use)
    {
        try
        {
            use();
            return "used";
        }
        catch (Exception)
        {
            return "refused";
        }
    }

    private async Task<string> LeaveBelowAsync()
    {
#pragma warning disable ORLEANS0014 // Leaving the activation is what this test is about.
        await Task.Delay(TimeSpan.FromMilliseconds(1)).ConfigureAwait(false);
#pragma warning restore ORLEANS0014
        return Where;
    }

    private Task OnNextAsync(int item, StreamSequenceToken? token) => NoteAsync("stream");

    private async Task NoteAsync(string what)
    {
        var first = Where;
        await Task.Yield();
        journal.Write(Key, $"{what}: {first}, {Where}");
    }
}

public sealed class QuickReminderCluster() : JournaledCluster(options => options.ReminderMinimum = TimeSpan.FromSeconds(1));

public sealed class SchedulerEverywhereTests(QuickReminderCluster cluster) : IClassFixture<QuickReminderCluster>
{
    [Fact]
    public async Task Whatever_a_grain_runs_runs_on_its_activation_before_and_after_its_waits()
    {
        var key = cluster.NewKey();
        var grain = cluster.Grains.GetGrain<ISchedulingGrain>(key);
        await grain.StartTimerAsync();
        await grain.RemindAsync();
        await cluster.Cluster.Services.GetRequiredKeyedService<IStreamProvider>(GridCluster.DefaultProvider)
            .GetStream<int>(StreamId.Create(SchedulingGrain.Namespace, key))
            .OnNextAsync(1);
        await cluster.Cluster.UntilAsync(() => cluster.Journal.Read(key).Length == 5, what: "two timers, a reminder and an event");

        await grain.GoAsync();
        await cluster.Cluster.UntilAsync(() => cluster.Journal.Read(key).Length == 6, what: "deactivation");

        Assert.Equal(
            ["activation: own", "deactivation: own, own", "interleaving timer: own, own", "reminder: own, own", "stream: own, own", "timer: own, own"],
            cluster.Journal.Read(key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Code_leaves_the_activation_only_where_it_asks_to_and_comes_back() =>
        Assert.Equal(
            [
                "continuation: own", "task without a scheduler: own", "task for the pool: pool", "back: own",
                "left by a callee: pool", "back again: own",
            ],
            await cluster.Grains.GetGrain<ISchedulingGrain>(cluster.NewKey()).LeaveAsync());

    [Fact]
    public async Task Code_in_Task_Run_may_call_grains_and_its_answer_comes_back_to_the_activation()
    {
        cluster.Journal.Open("open");

        Assert.Equal(
            "True, pool, own",
            await cluster.Grains.GetGrain<ISchedulingGrain>(cluster.NewKey()).CallFromThePoolAsync(cluster.NewKey()));
    }

    [Fact]
    public async Task Code_in_Task_Run_has_neither_the_timers_nor_the_factory_of_its_grain() =>
        Assert.Equal(
            ["refused", "refused"],
            await cluster.Grains.GetGrain<ISchedulingGrain>(cluster.NewKey()).UseGrainFromThePoolAsync());
}
