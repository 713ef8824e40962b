using Orleans.Concurrency;

namespace Grid.Tests.Semantics.Calls;

public interface IContextGrain : IGrainWithStringKey
{
    Task<string?> ReadAsync();

    Task<string?> ReadAfterWaitsAsync();

    /// <summary>What the grain at the end of the line reads.</summary>
    Task<string?> ReadBelowAsync(string line, int left);

    /// <summary>Sets the value for what it calls and for whoever might listen.</summary>
    Task SetAsync(string value);

    /// <summary>Sets the value, calls, takes it away, calls again.</summary>
    Task<string> SetAndAskAsync(string other);

    Task<string> AskBothAsync(string one, string other);

    [OneWay]
    Task TellAsync();

    Task StartTimerAsync();
}

public sealed class ContextGrain(Journal journal) : Grain, IContextGrain
{
    public const string Name = "reason";

    public Task<string?> ReadAsync() => Task.FromResult(Value());

    public async Task<string?> ReadAfterWaitsAsync()
    {
        await Task.Yield();
        await Task.Delay(TimeSpan.FromMilliseconds(1));
        return Value();
    }

    public async Task<string?> ReadBelowAsync(string line, int left) => left == 0
        ? Value()
        : await GrainFactory.GetGrain<IContextGrain>($"{line}-{left}").ReadBelowAsync(line, left - 1);

    public Task SetAsync(string value)
    {
        RequestContext.Set(Name, value);
        return Task.CompletedTask;
    }

    public async Task<string> SetAndAskAsync(string other)
    {
        var grain = GrainFactory.GetGrain<IContextGrain>(other);
        RequestContext.Set(Name, "storm");
        var with = await grain.ReadAsync();
        RequestContext.Remove(Name);
        return $"{with}, {await grain.ReadAsync() ?? "nothing"}";
    }

    public async Task<string> AskBothAsync(string one, string other)
    {
        await GrainFactory.GetGrain<IContextGrain>(one).SetAsync("changed below");
        return $"{Value()}, {await GrainFactory.GetGrain<IContextGrain>(other).ReadAsync()}";
    }

    public Task TellAsync()
    {
        journal.Write(this.GetPrimaryKeyString(), Value() ?? "nothing");
        return Task.CompletedTask;
    }

    public Task StartTimerAsync()
    {
        this.RegisterGrainTimer(TellAsync, TimeSpan.FromMilliseconds(10), Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    private static string? Value() => RequestContext.Get(Name) as string;
}

public sealed class RequestContextTests(SharedCluster shared)
{
    [Fact]
    public async Task A_value_goes_with_the_call_and_stays_through_its_waits()
    {
        RequestContext.Set(ContextGrain.Name, "storm");

        Assert.Equal("storm", await NewGrain().ReadAsync());
        Assert.Equal("storm", await NewGrain().ReadAfterWaitsAsync());
    }

    [Fact]
    public async Task A_value_goes_on_to_the_grains_that_are_called()
    {
        RequestContext.Set(ContextGrain.Name, "storm");
        var line = shared.NewKey();

        Assert.Equal("storm", await shared.Grains.GetGrain<IContextGrain>(line).ReadBelowAsync(line, 5));
    }

    [Fact]
    public async Task A_value_does_not_come_back_from_the_callee()
    {
        RequestContext.Set(ContextGrain.Name, "mine");

        await NewGrain().SetAsync("the callee's");

        Assert.Equal("mine", RequestContext.Get(ContextGrain.Name));
    }

    [Fact]
    public async Task A_value_that_a_callee_sets_is_not_seen_by_the_caller_grain_or_by_its_other_callees()
    {
        RequestContext.Set(ContextGrain.Name, "storm");

        Assert.Equal("storm, storm", await NewGrain().AskBothAsync(shared.NewKey(), shared.NewKey()));
    }

    [Fact]
    public async Task A_value_of_one_call_is_not_there_in_the_next_one()
    {
        var grain = NewGrain();
        RequestContext.Set(ContextGrain.Name, "storm");
        await grain.ReadAsync();
        await grain.SetAsync("left behind");

        RequestContext.Clear();

        Assert.Null(await grain.ReadAsync());
        Assert.Null(await grain.ReadAfterWaitsAsync());
    }

    [Fact]
    public async Task A_grain_sets_values_for_the_calls_that_it_makes()
    {
        var other = shared.NewKey();

        // Once to a grain that has to be activated, then to one that stands by.
        Assert.Equal("storm, nothing", await NewGrain().SetAndAskAsync(other));
        Assert.Equal("storm, nothing", await NewGrain().SetAndAskAsync(other));
    }

    [Fact]
    public async Task What_is_set_after_a_call_was_made_is_not_seen_by_it()
    {
        RequestContext.Set(ContextGrain.Name, "before");
        var call = NewGrain().ReadAfterWaitsAsync();

        RequestContext.Set(ContextGrain.Name, "after");

        Assert.Equal("before", await call);
    }

    [Fact]
    public async Task A_value_goes_with_a_one_way_call()
    {
        var key = shared.NewKey();
        RequestContext.Set(ContextGrain.Name, "storm");

        await shared.Grains.GetGrain<IContextGrain>(key).TellAsync();
        await shared.Cluster.UntilAsync(() => shared.Journal.Read(key).Length == 1);

        Assert.Equal(["storm"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task A_timer_does_not_inherit_the_values_of_the_call_that_started_it()
    {
        var key = shared.NewKey();
        RequestContext.Set(ContextGrain.Name, "storm");

        await shared.Grains.GetGrain<IContextGrain>(key).StartTimerAsync();
        await shared.Cluster.UntilAsync(() => shared.Journal.Read(key).Length == 1);

        Assert.Equal(["nothing"], shared.Journal.Read(key));
    }

    private IContextGrain NewGrain() => shared.Grains.GetGrain<IContextGrain>(shared.NewKey());
}
