using Orleans.Concurrency;

namespace Grid.Tests.Semantics.Calls;

public interface ICancellableGrain : IGrainWithStringKey
{
    /// <summary>Waits until it is cancelled or its gate opens, and writes which it was.</summary>
    Task<string> WaitAsync(string gate, CancellationToken cancellationToken);

    /// <summary>Has another grain wait, with its own token.</summary>
    Task<string> WaitThroughAsync(string other, string gate, CancellationToken cancellationToken);

    /// <summary>Takes a token and looks the other way.</summary>
    Task IgnoreAsync(string gate, CancellationToken cancellationToken);

    Task<bool> CanBeCancelledAsync(CancellationToken cancellationToken);

    /// <summary>Cancels a call to another grain by a token of its own.</summary>
    Task<string> CancelOtherAsync(string other);

    /// <summary>Waits at the gate; a callback of its token, which fails in the end, writes down where it runs.</summary>
    Task<string> WaitWithCallbackAsync(string gate, CancellationToken cancellationToken);

    Task PingAsync();

    [AlwaysInterleave]
    Task BarrierAsync();

    /// <summary>Waits until it is cancelled, whatever else runs.</summary>
    [AlwaysInterleave]
    Task WatchAsync(string key, CancellationToken cancellationToken);
}

public sealed class CancellableGrain(Journal journal) : Grain, ICancellableGrain
{
    public async Task<string> WaitAsync(string gate, CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        journal.Write(key, "waits");
        var scheduler = TaskScheduler.Current;
        try
        {
            await journal.PassAsync(gate).WaitAsync(cancellationToken);
            journal.Write(key, "passed");
            return "passed";
        }
        catch (OperationCanceledException)
        {
            journal.Write(key, scheduler == TaskScheduler.Current ? "cancelled" : "cancelled elsewhere");
            throw;
        }
    }

    public Task<string> WaitThroughAsync(string other, string gate, CancellationToken cancellationToken) =>
        GrainFactory.GetGrain<ICancellableGrain>(other).WaitAsync(gate, cancellationToken);

    public async Task IgnoreAsync(string gate, CancellationToken cancellationToken)
    {
        await journal.PassAsync(gate);
        journal.Write(this.GetPrimaryKeyString(), "passed");
    }

    public Task<bool> CanBeCancelledAsync(CancellationToken cancellationToken) => Task.FromResult(cancellationToken.IsCancellationRequested);

    public async Task<string> CancelOtherAsync(string other)
    {
        using var source = new CancellationTokenSource();
        var call = GrainFactory.GetGrain<ICancellableGrain>(other).WaitAsync(other, source.Token);
        await journal.ReachedAsync(other);
        await source.CancelAsync();
        try
        {
            return await call;
        }
        catch (OperationCanceledException)
        {
            return "cancelled";
        }
    }

    public async Task<string> WaitWithCallbackAsync(string gate, CancellationToken cancellationToken)
    {
        var own = TaskScheduler.Current;
        await using var registration = cancellationToken.Register(() =>
        {
            journal.Write(gate, TaskScheduler.Current == own ? "called back" : "called back elsewhere");
            throw new InvalidOperationException("This callback fails.");
        });
        await journal.PassAsync(gate);
        journal.Write(gate, "passed");
        return "passed";
    }

    public Task PingAsync() => Task.CompletedTask;

    public Task BarrierAsync() => Task.CompletedTask;

    public async Task WatchAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            await journal.PassAsync(key).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            journal.Write(key, "saw it");
            throw;
        }
    }
}

public sealed class CancellationTests(SharedCluster shared)
{
    [Fact]
    public async Task A_cancelled_call_ends_with_OperationCanceledException_and_its_method_sees_the_cancellation()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<ICancellableGrain>(key);
        using var source = new CancellationTokenSource();
        var call = grain.WaitAsync(key, source.Token);
        await shared.Journal.ReachedAsync(key);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await shared.Cluster.UntilAsync(() => shared.Journal.Read(key).Length == 2);
        Assert.Equal(["waits", "cancelled"], shared.Journal.Read(key));
        await grain.PingAsync();
    }

    [Fact]
    public async Task A_call_with_a_token_that_is_cancelled_already_is_not_made()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<ICancellableGrain>(key);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => grain.WaitAsync(key, new CancellationToken(canceled: true)));
        await grain.PingAsync();

        Assert.Empty(shared.Journal.Read(key));
    }

    [Fact]
    public async Task A_call_that_is_not_cancelled_ends_as_without_a_token()
    {
        var key = shared.NewKey();
        using var source = new CancellationTokenSource();
        shared.Journal.Open(key);

        Assert.Equal("passed", await shared.Grains.GetGrain<ICancellableGrain>(key).WaitAsync(key, source.Token));
        Assert.False(await shared.Grains.GetGrain<ICancellableGrain>(key).CanBeCancelledAsync(source.Token));
        Assert.False(await shared.Grains.GetGrain<ICancellableGrain>(key).CanBeCancelledAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_token_cancelled_after_its_call_has_ended_changes_nothing()
    {
        var key = shared.NewKey();
        using var source = new CancellationTokenSource();
        var grain = shared.Grains.GetGrain<ICancellableGrain>(key);
        shared.Journal.Open(key);
        var answer = grain.WaitAsync(key, source.Token);
        Assert.Equal("passed", await answer);

        await source.CancelAsync();
        await grain.PingAsync();

        Assert.Equal(["waits", "passed"], shared.Journal.Read(key));
        Assert.Equal("passed", await answer);
    }

    [Fact]
    public async Task A_cancellation_goes_down_a_chain_of_calls()
    {
        var key = shared.NewKey();
        var other = shared.NewKey();
        using var source = new CancellationTokenSource();
        var call = shared.Grains.GetGrain<ICancellableGrain>(key).WaitThroughAsync(other, other, source.Token);
        await shared.Journal.ReachedAsync(other);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await shared.Cluster.UntilAsync(() => shared.Journal.Count(other, "cancelled") == 1);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_while_it_waits_behind_another_one_is_never_run()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<ICancellableGrain>(key);
        await grain.PingAsync();
        var held = grain.IgnoreAsync(key, CancellationToken.None);
        await shared.Journal.ReachedAsync(key);
        using var source = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var witness = key + "-witness";
        var watching = grain.WatchAsync(witness, second.Token);
        var waiting = grain.WaitAsync(key, source.Token);
        await shared.Journal.ReachedAsync(witness);
        await grain.BarrierAsync();

        // What is cancelled first reaches the grain first.
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
        await shared.Cluster.UntilAsync(() => shared.Journal.Count(witness, "saw it") == 1);
        shared.Journal.Open(key);
        await held;
        await grain.PingAsync();

        Assert.Equal(["passed"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task The_caller_of_a_method_that_looks_the_other_way_is_free_at_once_and_the_method_goes_on()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<ICancellableGrain>(key);
        using var source = new CancellationTokenSource();
        var call = grain.IgnoreAsync(key, source.Token);
        await shared.Journal.ReachedAsync(key);

        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Empty(shared.Journal.Read(key));

        shared.Journal.Open(key);
        await grain.PingAsync();
        Assert.Equal(["passed"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task The_callbacks_of_a_methods_token_run_on_its_activation_and_their_failures_reach_nobody()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<ICancellableGrain>(key);
        using var source = new CancellationTokenSource();
        var call = grain.WaitWithCallbackAsync(key, source.Token);
        await shared.Journal.ReachedAsync(key);

        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await shared.Cluster.UntilAsync(() => shared.Journal.Read(key).Length == 1);
        shared.Journal.Open(key);
        await grain.PingAsync();

        Assert.Equal(["called back", "passed"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task A_grain_may_cancel_a_call_that_it_made()
    {
        var other = shared.NewKey();

        Assert.Equal("cancelled", await shared.Grains.GetGrain<ICancellableGrain>(shared.NewKey()).CancelOtherAsync(other));

        await shared.Cluster.UntilAsync(() => shared.Journal.Count(other, "cancelled") == 1);
    }
}
