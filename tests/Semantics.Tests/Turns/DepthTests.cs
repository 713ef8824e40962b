using Orleans.Concurrency;

namespace Grid.Tests.Semantics.Turns;

public interface IDepthGrain : IGrainWithStringKey
{
    /// <summary>Hands on the task of the next grain in line, without a state machine of its own.</summary>
    Task<int> HandOnAsync(string line, int left);

    ValueTask<int> HandOnValueAsync(string line, int left);

    /// <summary>Waits, so that the answer comes later, and only then answers up the line.</summary>
    Task<int> DescendAndWaitAsync(string line, int left);

    [OneWay]
    Task RelayAsync(string line, int left);
}

public interface ISelfCallingGrain : IGrainWithStringKey
{
    Task<int> RecurseAsync(int left);
}

public sealed class DepthGrain(Journal journal) : Grain, IDepthGrain
{
    public Task<int> HandOnAsync(string line, int left) => left == 0 ? Task.FromResult(42) : Next(line, left).HandOnAsync(line, left - 1);

    public ValueTask<int> HandOnValueAsync(string line, int left) =>
        left == 0 ? ValueTask.FromResult(42) : Next(line, left).HandOnValueAsync(line, left - 1);

    public async Task<int> DescendAndWaitAsync(string line, int left)
    {
        if (left > 0)
            return 1 + await Next(line, left).DescendAndWaitAsync(line, left - 1);
        await journal.PassAsync(line);
        return 1;
    }

    public Task RelayAsync(string line, int left)
    {
        if (left > 0)
            return Next(line, left).RelayAsync(line, left - 1);
        journal.Write(line, "end of the line");
        return Task.CompletedTask;
    }

    private IDepthGrain Next(string line, int left) => GrainFactory.GetGrain<IDepthGrain>($"{line}-{left}");
}

[Reentrant]
public sealed class SelfCallingGrain : Grain, ISelfCallingGrain
{
    public async Task<int> RecurseAsync(int left) => left == 0 ? 0 : 1 + await this.AsReference<ISelfCallingGrain>().RecurseAsync(left - 1);
}

/// <summary>However a runtime makes its calls, none of them stands on the stack of all those before it.</summary>
public sealed class DepthTests(SharedCluster shared)
{
    [Fact]
    public async Task A_chain_of_five_thousand_grains_that_hand_on_each_others_tasks_does_not_exhaust_the_stack()
    {
        var line = shared.NewKey();
        var first = shared.Grains.GetGrain<IDepthGrain>(line);

        // The second time all grains stand by.
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(42, await first.HandOnAsync(line, 5000));
            Assert.Equal(42, await first.HandOnValueAsync(line, 5000));
        }
    }

    [Fact]
    public async Task An_answer_that_comes_late_goes_up_a_chain_of_five_thousand_grains()
    {
        var line = shared.NewKey();
        var call = shared.Grains.GetGrain<IDepthGrain>(line).DescendAndWaitAsync(line, 5000);
        await shared.Journal.ReachedAsync(line);

        shared.Journal.Open(line);

        Assert.Equal(5001, await call);
    }

    [Fact]
    public async Task A_reentrant_grain_that_calls_itself_five_thousand_deep_does_not_exhaust_the_stack() =>
        Assert.Equal(5000, await shared.Grains.GetGrain<ISelfCallingGrain>(shared.NewKey()).RecurseAsync(5000));

    [Fact]
    public async Task A_one_way_message_is_relayed_along_five_thousand_grains()
    {
        var line = shared.NewKey();

        await shared.Grains.GetGrain<IDepthGrain>(line).RelayAsync(line, 5000);
        await shared.Cluster.UntilAsync(() => shared.Journal.Read(line).Length == 1);

        Assert.Equal(["end of the line"], shared.Journal.Read(line));
    }
}
