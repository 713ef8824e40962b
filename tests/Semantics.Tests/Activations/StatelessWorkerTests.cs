using Orleans.Concurrency;

namespace Grid.Tests.Semantics.Activations;

public interface IWorkerGrain : IGrainWithStringKey
{
    Task<Guid> WorkAsync(string gate);
}

[StatelessWorker(2)]
public sealed class WorkerGrain(Journal journal) : Grain, IWorkerGrain
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
}

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
}
