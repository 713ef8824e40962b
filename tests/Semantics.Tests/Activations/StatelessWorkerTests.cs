using Orleans.Concurrency;

namespace Grid.Tests.Semantics.Activations;

public interface IWorkingGrain : IGrainWithStringKey
{
    /// <summary>Waits at the gate and tells which activation it is.</summary>
    Task<Guid> WorkAsync(string gate);

    Task FailAsync();
}

public interface IWorkerGrain : IWorkingGrain;

public interface ISingleWorkerGrain : IWorkingGrain;

public abstract class WorkingGrain(Journal journal) : Grain, IWorkingGrain
{
    private readonly Guid _id = Guid.NewGuid();
    private int _inside;

    public async Task<Guid> WorkAsync(string gate)
    {
        if (++_inside > 1)
            journal.Write(this.GetPrimaryKeyString(), "overlap");
        await journal.PassAsync(gate);
        _inside--;
        return _id;
    }

    public Task FailAsync() => throw new InvalidOperationException("This worker fails.");
}

[StatelessWorker(2)]
public sealed class WorkerGrain(Journal journal) : WorkingGrain(journal), IWorkerGrain;

[StatelessWorker(1)]
public sealed class SingleWorkerGrain(Journal journal) : WorkingGrain(journal), ISingleWorkerGrain;

public sealed class StatelessWorkerTests(SharedCluster shared)
{
    [Fact]
    public async Task A_stateless_worker_answers_concurrent_calls_with_several_activations_up_to_its_limit()
    {
        var key = shared.NewKey();
        var worker = shared.Grains.GetGrain<IWorkerGrain>(key);

        var first = worker.WorkAsync(key + "-1");
        await shared.Journal.ReachedAsync(key + "-1");
        var second = worker.WorkAsync(key + "-2");
        await shared.Journal.ReachedAsync(key + "-2");
        var rest = Enumerable.Range(0, 20).Select(_ => worker.WorkAsync(key + "-rest")).ToArray();

        foreach (var gate in new[] { "-1", "-2", "-rest" })
            shared.Journal.Open(key + gate);
        var ids = await Task.WhenAll([first, second, .. rest]);

        Assert.NotEqual(ids[0], ids[1]);
        Assert.Equal(2, ids.Distinct().Count());
        Assert.Equal(0, shared.Journal.Count(key, "overlap"));
    }

    [Fact]
    public async Task A_stateless_worker_of_one_takes_one_call_at_a_time()
    {
        var key = shared.NewKey();
        var worker = shared.Grains.GetGrain<ISingleWorkerGrain>(key);
        var first = worker.WorkAsync(key + "-1");
        await shared.Journal.ReachedAsync(key + "-1");
        shared.Journal.Open(key + "-2");
        var others = Enumerable.Range(0, 10).Select(_ => worker.WorkAsync(key + "-2")).ToArray();

        shared.Journal.Open(key + "-1");
        var ids = await Task.WhenAll([first, .. others]);

        Assert.Single(ids.Distinct());
        Assert.Equal(0, shared.Journal.Count(key, "overlap"));
    }

    [Fact]
    public async Task Idle_stateless_workers_are_used_before_new_ones_are_made()
    {
        var key = shared.NewKey();
        var worker = shared.Grains.GetGrain<IWorkerGrain>(key);
        shared.Journal.Open(key);
        var ids = new HashSet<Guid>();

        for (var i = 0; i < 20; i++)
            ids.Add(await worker.WorkAsync(key));

        Assert.Single(ids);
    }

    [Fact]
    public async Task A_stateless_worker_that_fails_is_there_for_the_next_call()
    {
        var worker = shared.Grains.GetGrain<IWorkerGrain>(shared.NewKey());

        for (var i = 0; i < 10; i++)
            await Assert.ThrowsAsync<InvalidOperationException>(worker.FailAsync);

        shared.Journal.Open("open");
        Assert.NotEqual(Guid.Empty, await worker.WorkAsync("open"));
    }
}
