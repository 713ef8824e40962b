using Orleans.Concurrency;

namespace Grid.Tests.Semantics.Calls;

public sealed class OneWayTests(SharedCluster shared)
{
    [Fact]
    public async Task A_one_way_call_returns_before_the_grain_is_done()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<ICallGrain>(key);

        await grain.TellAsync(key);
        await shared.Journal.ReachedAsync(key);
        Assert.Empty(shared.Journal.Read(key));

        shared.Journal.Open(key);
        await grain.PingAsync();
        Assert.Equal(["held call ended"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task A_failure_of_a_one_way_call_does_not_reach_the_caller_and_does_not_stop_the_grain()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<ICallGrain>(key);

        await grain.TellAndFailAsync();
        await shared.Cluster.UntilAsync(() => shared.Journal.Count(key, "told") == 1);

        Assert.Equal("pong", await grain.PingAsync());
        Assert.Equal(["told"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task A_one_way_call_to_a_grain_that_fails_to_activate_fails_for_nobody()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IRefusingGrain>(key);

        await grain.TellAsync();
        await shared.Cluster.UntilAsync(() => shared.Journal.Count(key, "refused") == 1);

        Assert.Equal(0, shared.Journal.Count(key, "told"));
    }

    [Fact]
    public async Task One_way_calls_and_others_of_one_caller_arrive_in_order()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IOrderedGrain>(key);
        await grain.AskAsync(0);

        for (var i = 1; i < 200; i++)
        {
            if (i % 3 == 0)
                await grain.AskAsync(i);
            else if (i % 3 == 1)
                await grain.TellAsync(i);
            else
                await grain.TellValueAsync(i);
        }

        await grain.AskAsync(200);
        Assert.Equal(Enumerable.Range(0, 201).Select(i => $"{i}"), shared.Journal.Read(key));
    }

    [Fact]
    public async Task A_grain_that_makes_a_one_way_call_to_itself_does_not_wait_for_itself()
    {
        var key = shared.NewKey();

        await shared.Grains.GetGrain<IOrderedGrain>(key).TellSelfThenNoteAsync();
        await shared.Cluster.UntilAsync(() => shared.Journal.Read(key).Length == 2);

        Assert.Equal(["1", "2"], shared.Journal.Read(key));
    }
}

public interface IRefusingGrain : IGrainWithStringKey
{
    [OneWay]
    Task TellAsync();
}

/// <summary>Never activates.</summary>
public sealed class RefusingGrain(Journal journal) : Grain, IRefusingGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        journal.Write(this.GetPrimaryKeyString(), "refused");
        throw new InvalidDataException("This grain never activates.");
    }

    public Task TellAsync()
    {
        journal.Write(this.GetPrimaryKeyString(), "told");
        return Task.CompletedTask;
    }
}

public interface IOrderedGrain : IGrainWithStringKey
{
    [OneWay]
    Task TellAsync(int number);

    [OneWay]
    ValueTask TellValueAsync(int number);

    Task AskAsync(int number);

    Task TellSelfThenNoteAsync();
}

public sealed class OrderedGrain(Journal journal) : Grain, IOrderedGrain
{
    public Task TellAsync(int number) => AskAsync(number);

    public ValueTask TellValueAsync(int number) => new(AskAsync(number));

    public Task AskAsync(int number)
    {
        journal.Write(this.GetPrimaryKeyString(), $"{number}");
        return Task.CompletedTask;
    }

    public async Task TellSelfThenNoteAsync()
    {
        await this.AsReference<IOrderedGrain>().TellAsync(2);
        await Task.Yield();
        await AskAsync(1);
    }
}
