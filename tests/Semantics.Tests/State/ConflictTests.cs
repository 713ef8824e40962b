using Orleans.Storage;

namespace Grid.Tests.Semantics.State;

public sealed class OwnStorageCluster : JournaledCluster
{
    public OwnStorageCluster()
        : this(new TestStorage())
    {
    }

    private OwnStorageCluster(TestStorage storage)
        : base(options => options.Storage = _ => storage) => Storage = storage;

    public TestStorage Storage { get; }
}

public sealed class ConflictTests(OwnStorageCluster cluster) : IClassFixture<OwnStorageCluster>
{
    [Fact]
    public async Task A_write_over_someone_elses_fails_with_InconsistentStateException_and_deactivates()
    {
        var key = cluster.NewKey();
        var grain = cluster.Grains.GetGrain<IStateGrain>(key);
        await grain.WriteAsync(1);
        cluster.Storage.Overwrite(key, new Tally { Count = 50 });

        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.WriteAsync(2));

        Assert.Equal(50, (await grain.SeeAsync()).Count);
        Assert.Equal(["activated", "deactivated", "activated"], cluster.Journal.Read(key));
        await grain.WriteAsync(51);
        Assert.Equal(51, (await grain.SeeAsync()).Count);
    }

    [Fact]
    public async Task A_grain_that_handles_its_conflict_stays_active_and_may_read_again()
    {
        var key = cluster.NewKey();
        var grain = cluster.Grains.GetGrain<IStateGrain>(key);
        await grain.WriteAsync(1);
        cluster.Storage.Overwrite(key, new Tally { Count = 50 });

        Assert.Equal(nameof(InconsistentStateException), await grain.TryWriteAsync(2));
        await grain.ReadAsync();

        Assert.Equal(50, (await grain.SeeAsync()).Count);
        Assert.Equal(["activated"], cluster.Journal.Read(key));
    }

    [Fact]
    public async Task A_failing_write_reaches_the_caller_and_leaves_the_grain_active()
    {
        var key = cluster.NewKey();
        var grain = cluster.Grains.GetGrain<IStateGrain>(key);
        await grain.WriteAsync(1);

        cluster.Storage.Failure = new IOException("The disk is full.");
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => grain.WriteAsync(2));
        cluster.Storage.Failure = null;

        Assert.Contains("The disk is full.", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal(["activated"], cluster.Journal.Read(key));
        await grain.WriteAsync(3);
    }

    [Fact]
    public async Task A_failing_read_fails_the_activation_and_the_next_call_tries_again()
    {
        var grain = cluster.Grains.GetGrain<IStateGrain>(cluster.NewKey());

        cluster.Storage.Failure = new IOException("The disk is gone.");
        var failure = await Assert.ThrowsAnyAsync<Exception>(grain.SeeAsync);
        cluster.Storage.Failure = null;

        Assert.Contains("The disk is gone.", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, (await grain.SeeAsync()).Count);
    }

    [Fact]
    public async Task A_conflict_of_a_called_grain_deactivates_that_one_and_not_its_caller()
    {
        var (key, caller) = (cluster.NewKey(), cluster.NewKey());
        var grain = cluster.Grains.GetGrain<IStateGrain>(key);
        await grain.WriteAsync(1);
        cluster.Storage.Overwrite(key, new Tally { Count = 50 });

        await Assert.ThrowsAsync<InconsistentStateException>(() => cluster.Grains.GetGrain<IWritingForOthersGrain>(caller).WriteAsync(key, 2));

        Assert.Equal(50, (await grain.SeeAsync()).Count);
        Assert.Equal(["activated", "deactivated", "activated"], cluster.Journal.Read(key));
        Assert.Equal("still here", await cluster.Grains.GetGrain<IWritingForOthersGrain>(caller).HelloAsync());
        Assert.Equal(["activated"], cluster.Journal.Read(caller));
    }

    [Fact]
    public async Task A_clear_over_someone_elses_write_is_a_conflict()
    {
        var key = cluster.NewKey();
        var grain = cluster.Grains.GetGrain<IStateGrain>(key);
        await grain.WriteAsync(1);
        cluster.Storage.Overwrite(key, new Tally { Count = 50 });

        await Assert.ThrowsAsync<InconsistentStateException>(grain.ClearAsync);

        Assert.Equal(50, (await grain.SeeAsync()).Count);
    }
}

public interface IWritingForOthersGrain : IGrainWithStringKey
{
    Task WriteAsync(string other, int count);

    Task<string> HelloAsync();
}

public sealed class WritingForOthersGrain(Journal journal) : Grain, IWritingForOthersGrain
{
    private string _greeting = "";

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        journal.Write(this.GetPrimaryKeyString(), "activated");
        return Task.CompletedTask;
    }

    public Task WriteAsync(string other, int count)
    {
        _greeting = "still here";
        return GrainFactory.GetGrain<IStateGrain>(other).WriteAsync(count);
    }

    public Task<string> HelloAsync() => Task.FromResult(_greeting);
}
