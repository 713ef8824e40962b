using Orleans.Runtime;

namespace Grid.Tests.Semantics.Calls;

/// <summary>At most ten calls wait at one activation.</summary>
public sealed class NarrowCluster() : JournaledCluster(options => options.MailboxLimit = 10);

public sealed class MailboxTests(NarrowCluster cluster) : IClassFixture<NarrowCluster>
{
    [Fact]
    public async Task Over_the_mailbox_limit_callers_are_refused_and_those_within_it_are_answered()
    {
        var key = cluster.NewKey();
        var grain = cluster.Grains.GetGrain<ICallGrain>(key);
        var held = grain.HoldAsync(key);
        await cluster.Journal.ReachedAsync(key);

        var calls = Enumerable.Range(0, 100).Select(_ => grain.PingAsync()).ToArray();
        await cluster.Cluster.UntilAsync(() => calls.Count(c => c.IsFaulted) >= 85, what: "the calls over the limit are refused");
        cluster.Journal.Open(key);
        await held;
        await Task.WhenAll(calls.Where(c => !c.IsFaulted));

        var refused = calls.Where(c => c.IsFaulted).ToArray();
        Assert.All(refused, call => Assert.IsType<LimitExceededException>(call.Exception!.InnerException));
        Assert.InRange(refused.Length, 85, 95);
        Assert.Equal("pong", await grain.PingAsync());
    }

    [Fact]
    public async Task Over_the_mailbox_limit_a_grain_is_refused_as_any_other_caller()
    {
        var (key, sender) = (cluster.NewKey(), cluster.NewKey());
        var held = cluster.Grains.GetGrain<ICallGrain>(key).HoldAsync(key);
        await cluster.Journal.ReachedAsync(key);

        var refused = cluster.Grains.GetGrain<IFloodingGrain>(sender).FloodAsync(key, 100);
        await cluster.Cluster.UntilAsync(() => cluster.Journal.Count(sender, nameof(LimitExceededException)) >= 85, what: "refusals");
        cluster.Journal.Open(key);
        await held;

        Assert.InRange(await refused, 85, 95);
    }

    [Fact]
    public async Task Over_the_mailbox_limit_one_way_calls_are_lost_and_their_senders_are_not_disturbed()
    {
        var key = cluster.NewKey();
        var grain = cluster.Grains.GetGrain<ICallGrain>(key);
        cluster.Journal.Open("open");
        var held = grain.HoldAsync(key);
        await cluster.Journal.ReachedAsync(key);

        for (var i = 0; i < 100; i++)
            await grain.TellAsync("open");
        await Assert.ThrowsAsync<LimitExceededException>(grain.PingAsync);
        cluster.Journal.Open(key);
        await held;
        await cluster.Cluster.UntilAsync(async () => await PingsAsync(grain), what: "the grain answers again");

        Assert.InRange(cluster.Journal.Count(key, "held call ended"), 5, 16);
    }

    [Fact]
    public async Task A_full_mailbox_does_not_keep_the_ticks_of_its_grain_out()
    {
        var key = cluster.NewKey();
        var ticking = cluster.Grains.GetGrain<ITickingGrain>(key);
        await ticking.StartAsync();
        var held = ticking.HoldAsync(key);
        await cluster.Journal.ReachedAsync(key);
        var calls = Enumerable.Range(0, 50).Select(_ => ticking.PingAsync()).ToArray();
        await cluster.Cluster.UntilAsync(() => calls.Any(c => c.IsFaulted), what: "a refusal");
        var ticks = cluster.Journal.Count(key, "tick");

        await cluster.Cluster.UntilAsync(() => cluster.Journal.Count(key, "tick") >= ticks + 3, what: "ticks");

        Assert.False(held.IsCompleted);
        cluster.Journal.Open(key);
        await held;
        await Task.WhenAll(calls.Where(c => !c.IsFaulted));
    }

    [Fact]
    public async Task One_full_mailbox_is_nobody_elses()
    {
        var (key, other) = (cluster.NewKey(), cluster.NewKey());
        var grain = cluster.Grains.GetGrain<ICallGrain>(key);
        var held = grain.HoldAsync(key);
        await cluster.Journal.ReachedAsync(key);
        var calls = Enumerable.Range(0, 50).Select(_ => grain.PingAsync()).ToArray();
        await cluster.Cluster.UntilAsync(() => calls.Any(c => c.IsFaulted));

        Assert.Equal("pong", await cluster.Grains.GetGrain<ICallGrain>(other).PingAsync());

        cluster.Journal.Open(key);
        await held;
        await Task.WhenAll(calls.Where(c => !c.IsFaulted));
    }

    private static async Task<bool> PingsAsync(ICallGrain grain)
    {
        try
        {
            return await grain.PingAsync() == "pong";
        }
        catch (LimitExceededException)
        {
            return false;
        }
    }
}

public interface IFloodingGrain : IGrainWithStringKey
{
    /// <summary>Makes that many calls at once and tells how many were refused.</summary>
    Task<int> FloodAsync(string other, int calls);
}

public sealed class FloodingGrain(Journal journal) : Grain, IFloodingGrain
{
    public async Task<int> FloodAsync(string other, int calls)
    {
        var grain = GrainFactory.GetGrain<ICallGrain>(other);
        return (await Task.WhenAll(Enumerable.Range(0, calls).Select(_ => IsRefusedAsync(grain)))).Count(refused => refused);
    }

    private async Task<bool> IsRefusedAsync(ICallGrain grain)
    {
        try
        {
            await grain.PingAsync();
            return false;
        }
        catch (LimitExceededException refusal)
        {
            journal.Write(this.GetPrimaryKeyString(), refusal.GetType().Name);
            return true;
        }
    }
}

public interface ITickingGrain : IGrainWithStringKey
{
    Task StartAsync();

    Task HoldAsync(string gate);

    Task PingAsync();
}

public sealed class TickingGrain(Journal journal) : Grain, ITickingGrain
{
    public Task StartAsync()
    {
        this.RegisterGrainTimer(
            () =>
            {
                journal.Write(this.GetPrimaryKeyString(), "tick");
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(10)) { Interleave = true });
        return Task.CompletedTask;
    }

    public Task HoldAsync(string gate) => journal.PassAsync(gate);

    public Task PingAsync() => Task.CompletedTask;
}
