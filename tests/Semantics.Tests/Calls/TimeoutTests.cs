using Orleans.Concurrency;

namespace Grid.Tests.Semantics.Calls;

public sealed class TimeoutTests(ImpatientCluster cluster) : IClassFixture<ImpatientCluster>
{
    [Fact]
    public async Task A_call_times_out_with_its_outcome_unknown()
    {
        var key = cluster.NewKey();
        var grain = cluster.Grains.GetGrain<ICallGrain>(key);
        var held = grain.HoldAsync(key);

        await Assert.ThrowsAsync<TimeoutException>(() => cluster.Cluster.PassingTimeAsync(held));
        Assert.Empty(cluster.Journal.Read(key));

        cluster.Journal.Open(key);
        await grain.PingAsync();
        Assert.Equal(["held call ended"], cluster.Journal.Read(key));
    }

    [Fact]
    public async Task A_call_that_waits_behind_another_one_times_out_too()
    {
        var key = cluster.NewKey();
        var grain = cluster.Grains.GetGrain<ICallGrain>(key);
        await grain.PingAsync();
        await grain.TellAsync(key);
        await cluster.Journal.ReachedAsync(key);

        await Assert.ThrowsAsync<TimeoutException>(() => cluster.Cluster.PassingTimeAsync(grain.PingAsync()));

        cluster.Journal.Open(key);
        Assert.Equal("pong", await grain.PingAsync());
    }

    [Fact]
    public async Task A_call_whose_caller_gave_up_while_it_waited_is_not_run()
    {
        var key = cluster.NewKey();
        var grain = cluster.Grains.GetGrain<ICallGrain>(key);
        await grain.PingAsync();
        await grain.TellAsync(key);
        await cluster.Journal.ReachedAsync(key);

        await Assert.ThrowsAsync<TimeoutException>(() => cluster.Cluster.PassingTimeAsync(grain.HoldAsync("open")));
        cluster.Journal.Open("open");
        cluster.Journal.Open(key);
        await grain.PingAsync();
        await grain.PingAsync();

        Assert.Equal(["held call ended"], cluster.Journal.Read(key));
    }

    [Fact]
    public async Task A_grain_that_waits_too_long_for_another_one_catches_the_time_out_and_goes_on()
    {
        var (key, other, gate) = (cluster.NewKey(), cluster.NewKey(), cluster.NewKey());
        var patient = cluster.Grains.GetGrain<IPatientGrain>(key);

        // Twice: to a grain that has to be activated, then to one that stands by.
        for (var i = 1; i <= 2; i++)
        {
            await patient.AskAsync(other, $"{gate}-{i}");
            await cluster.Cluster.UntilAsync(() => cluster.Journal.Count(key, "gave up") == i, what: $"the call gives up {i} times");
            cluster.Journal.Open($"{gate}-{i}");
            await cluster.Grains.GetGrain<ICallGrain>(other).PingAsync();
        }

        Assert.Equal(2, cluster.Journal.Count(other, "held call ended"));
    }

    [Fact]
    public async Task A_one_way_call_does_not_time_out()
    {
        var key = cluster.NewKey();
        var witness = cluster.NewKey();
        var grain = cluster.Grains.GetGrain<ICallGrain>(key);
        await grain.TellAsync(key);
        await cluster.Journal.ReachedAsync(key);

        await Assert.ThrowsAsync<TimeoutException>(
            () => cluster.Cluster.PassingTimeAsync(cluster.Grains.GetGrain<ICallGrain>(witness).HoldAsync(witness)));
        cluster.Journal.Open(witness);
        cluster.Journal.Open(key);

        await cluster.Cluster.UntilAsync(() => cluster.Journal.Count(key, "held call ended") == 1);
    }
}

public interface IPatientGrain : IGrainWithStringKey
{
    /// <summary>Has another grain hold, and writes down how that ended. Nobody waits for it: its own caller would give up first.</summary>
    [OneWay]
    Task AskAsync(string other, string gate);
}

public sealed class PatientGrain(Journal journal) : Grain, IPatientGrain
{
    public async Task AskAsync(string other, string gate)
    {
        try
        {
            await GrainFactory.GetGrain<ICallGrain>(other).HoldAsync(gate);
            journal.Write(this.GetPrimaryKeyString(), "answered");
        }
        catch (TimeoutException)
        {
            journal.Write(this.GetPrimaryKeyString(), "gave up");
        }
    }
}
