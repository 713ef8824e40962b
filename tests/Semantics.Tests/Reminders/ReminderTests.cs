using Orleans.Runtime;

namespace Grid.Tests.Semantics.Reminders;

public interface IReminderGrain : IGrainWithStringKey
{
    Task RegisterAsync(string name, TimeSpan due, TimeSpan period);

    Task UnregisterAsync(string name);

    Task<string[]> NamesAsync();

    Task<bool> HasAsync(string name);

    Task ForgetAsync();
}

public sealed class ReminderGrain(Journal journal) : Grain, IReminderGrain, IRemindable
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        journal.Write(this.GetPrimaryKeyString(), "activated");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        journal.Write(this.GetPrimaryKeyString(), "deactivated");
        return Task.CompletedTask;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        var key = this.GetPrimaryKeyString();
        journal.Write(key, reminderName);
        if (reminderName == "fails once" && journal.Count(key, reminderName) == 1)
            throw new InvalidOperationException("The first reminder fails.");
        return Task.CompletedTask;
    }

    public Task RegisterAsync(string name, TimeSpan due, TimeSpan period) => this.RegisterOrUpdateReminder(name, due, period);

    public async Task UnregisterAsync(string name) => await this.UnregisterReminder((await this.GetReminder(name))!);

    public async Task<string[]> NamesAsync() => [.. (await this.GetReminders()).Select(r => r.ReminderName).Order(StringComparer.Ordinal)];

    public async Task<bool> HasAsync(string name) => await this.GetReminder(name) is not null;

    public Task ForgetAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}

public sealed class ReminderMinimumTests(SharedCluster shared)
{
    [Fact]
    public async Task A_reminder_more_often_than_each_minute_is_refused()
    {
        var grain = shared.Grains.GetGrain<IReminderGrain>(shared.NewKey());

        await Assert.ThrowsAnyAsync<ArgumentException>(
            () => grain.RegisterAsync("often", TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(59)));

        Assert.Empty(await grain.NamesAsync());
        await grain.RegisterAsync("minute", TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1));
        Assert.Equal(["minute"], await grain.NamesAsync());
    }

    [Fact]
    public async Task Reminders_are_found_by_name_until_they_are_unregistered()
    {
        var grain = shared.Grains.GetGrain<IReminderGrain>(shared.NewKey());
        await grain.RegisterAsync("a", TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        await grain.RegisterAsync("b", TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        await grain.RegisterAsync("b", TimeSpan.FromHours(2), TimeSpan.FromHours(2));
        Assert.Equal(["a", "b"], await grain.NamesAsync());

        await grain.UnregisterAsync("a");

        Assert.Equal(["b"], await grain.NamesAsync());
        Assert.False(await grain.HasAsync("a"));
        Assert.True(await grain.HasAsync("b"));
    }
}

/// <summary>Reminders may come every second.</summary>
public sealed class HastyCluster() : JournaledCluster(options => options.ReminderMinimum = TimeSpan.FromSeconds(1));

public sealed class ReminderTests(HastyCluster cluster) : IClassFixture<HastyCluster>
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_reminder_outlives_its_activation_and_activates_its_grain()
    {
        var key = cluster.NewKey();
        var grain = cluster.Grains.GetGrain<IReminderGrain>(key);
        await grain.RegisterAsync("tick", Second, Second);
        await grain.ForgetAsync();
        await cluster.Cluster.UntilAsync(() => cluster.Journal.Count(key, "deactivated") == 1);

        await cluster.Cluster.UntilAsync(() => After(key, "deactivated").Contains("tick"), what: "the reminder comes");

        Assert.Equal(["activated", "tick"], After(key, "deactivated").Take(2));
    }

    [Fact]
    public async Task A_reminder_comes_again_after_each_period_and_after_a_failure()
    {
        var key = cluster.NewKey();
        await cluster.Grains.GetGrain<IReminderGrain>(key).RegisterAsync("fails once", Second, Second);

        await cluster.Cluster.UntilAsync(() => cluster.Journal.Count(key, "fails once") >= 3, what: "three reminders");

        Assert.Equal(1, cluster.Journal.Count(key, "activated"));
    }

    [Fact]
    public async Task An_unregistered_reminder_comes_no_more()
    {
        var key = cluster.NewKey();
        var witness = cluster.NewKey();
        var grain = cluster.Grains.GetGrain<IReminderGrain>(key);
        await grain.RegisterAsync("tick", Second, Second);
        await cluster.Cluster.UntilAsync(() => cluster.Journal.Count(key, "tick") >= 1);

        await grain.UnregisterAsync("tick");
        var ticks = cluster.Journal.Count(key, "tick");
        await cluster.Grains.GetGrain<IReminderGrain>(witness).RegisterAsync("tick", Second, Second);
        await cluster.Cluster.UntilAsync(() => cluster.Journal.Count(witness, "tick") >= 3);

        // One that was on its way when it was unregistered may still arrive.
        Assert.InRange(cluster.Journal.Count(key, "tick"), ticks, ticks + 1);
    }

    private string[] After(string key, string entry) => [.. cluster.Journal.Read(key).SkipWhile(e => e != entry).Skip(1)];
}
