using Orleans.Concurrency;
using Orleans.Runtime;

namespace Grid.Tests.Semantics.Reminders;

public interface IReminderDetailGrain : IGrainWithStringKey
{
    Task RegisterAsync(string name, TimeSpan due, TimeSpan period);

    Task<bool> UnregisterTwiceAsync(string name);

    Task HoldAsync(string gate);

    [AlwaysInterleave]
    Task BarrierAsync();
}

public sealed class ReminderDetailGrain(Journal journal) : Grain, IReminderDetailGrain, IRemindable
{
    private string Key => this.GetPrimaryKeyString();

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        journal.Write(Key, reminderName);
        journal.Write($"{Key} ticks", $"{status.Period.TotalSeconds} {status.FirstTickTime <= status.CurrentTickTime}");
        await Task.Yield();
    }

    public Task RegisterAsync(string name, TimeSpan due, TimeSpan period) => this.RegisterOrUpdateReminder(name, due, period);

    public async Task<bool> UnregisterTwiceAsync(string name)
    {
        var reminder = (await this.GetReminder(name))!;
        await this.UnregisterReminder(reminder);
        try
        {
            await this.UnregisterReminder(reminder);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    public async Task HoldAsync(string gate)
    {
        await journal.PassAsync(gate);
        journal.Write(Key, "held call ended");
    }

    public Task BarrierAsync() => Task.CompletedTask;
}

public interface IForgetfulGrain : IGrainWithStringKey
{
    Task<string> TryToRegisterAsync();
}

/// <summary>Registers a reminder that it could not take.</summary>
public sealed class ForgetfulGrain : Grain, IForgetfulGrain
{
    public async Task<string> TryToRegisterAsync()
    {
        try
        {
            await this.RegisterOrUpdateReminder("tick", TimeSpan.FromHours(1), TimeSpan.FromHours(1));
            return "registered";
        }
        catch (InvalidOperationException)
        {
            return "refused";
        }
    }
}

public sealed class ReminderDetailTests(HastyCluster cluster) : IClassFixture<HastyCluster>
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_tick_tells_its_reminders_name_and_period_and_when_the_first_one_was()
    {
        var (key, grain) = New();

        await grain.RegisterAsync("tick", Second, 2 * Second);
        await UntilAsync(key, "tick", 2);

        Assert.All(cluster.Journal.Read($"{key} ticks"), tick => Assert.Equal("2 True", tick));
    }

    [Fact]
    public async Task A_grain_may_have_several_reminders()
    {
        var (key, grain) = New();

        await grain.RegisterAsync("a", Second, Second);
        await grain.RegisterAsync("b", Second, Second);

        await UntilAsync(key, "a", 2);
        await UntilAsync(key, "b", 2);
    }

    [Fact]
    public async Task A_reminder_that_is_registered_again_comes_at_its_new_times()
    {
        var (key, grain) = New();
        await grain.RegisterAsync("tick", TimeSpan.FromHours(1), TimeSpan.FromHours(1));

        await grain.RegisterAsync("tick", Second, TimeSpan.FromHours(2));
        await UntilAsync(key, "tick", 1);

        Assert.Equal(["7200 True"], cluster.Journal.Read($"{key} ticks"));
    }

    [Fact]
    public async Task A_reminder_waits_for_the_running_call()
    {
        var (key, grain) = New();
        var (witnessKey, witness) = New();
        await grain.RegisterAsync("tick", Second, Second);
        var held = grain.HoldAsync(key);
        await cluster.Journal.ReachedAsync(key);
        var before = cluster.Journal.Count(key, "tick");

        await witness.RegisterAsync("tick", Second, Second);
        await UntilAsync(witnessKey, "tick", 3);
        await grain.BarrierAsync();

        Assert.Equal(before, cluster.Journal.Count(key, "tick"));
        cluster.Journal.Open(key);
        await held;
        await UntilAsync(key, "tick", before + 1);
    }

    [Fact]
    public async Task A_reminder_that_is_gone_already_may_be_unregistered_again()
    {
        var (_, grain) = New();
        await grain.RegisterAsync("tick", TimeSpan.FromHours(1), TimeSpan.FromHours(1));

        Assert.True(await grain.UnregisterTwiceAsync("tick"));
    }

    [Fact]
    public async Task A_grain_that_cannot_take_reminders_may_not_register_one() =>
        Assert.Equal("refused", await cluster.Grains.GetGrain<IForgetfulGrain>(cluster.NewKey()).TryToRegisterAsync());

    private (string Key, IReminderDetailGrain Grain) New()
    {
        var key = cluster.NewKey();
        return (key, cluster.Grains.GetGrain<IReminderDetailGrain>(key));
    }

    private Task UntilAsync(string key, string name, int count) =>
        cluster.Cluster.UntilAsync(() => cluster.Journal.Count(key, name) >= count, what: $"{count} times {name}");
}
