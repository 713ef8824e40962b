namespace Grid.Tests.Semantics.Turns;

public interface ISchedulerGrain : IGrainWithStringKey
{
    Task<string[]> ObserveAsync(string gate);

    /// <summary>Where the grain is after a wait, first in a call to another from a continuation of this one.</summary>
    Task<string[]> AskAsync(string other);

    Task<string[]> WaitAsync();
}

public sealed class SchedulerGrain(Journal journal) : Grain, ISchedulerGrain
{
    private TaskScheduler? _first;

    public async Task<string[]> AskAsync(string other)
    {
        var own = TaskScheduler.Current;
        var grain = GrainFactory.GetGrain<ISchedulerGrain>(other);
        await grain.WaitAsync();
        await Task.Yield();
        var there = await grain.WaitAsync();
        return [.. there, TaskScheduler.Current == own ? "back: own" : "back: other"];
    }

    public async Task<string[]> WaitAsync()
    {
        _first ??= TaskScheduler.Current;
        var isOwn = TaskScheduler.Current == _first;
        await Task.Yield();
        return [isOwn && TaskScheduler.Current == _first ? "there: own" : "there: other"];
    }

    public async Task<string[]> ObserveAsync(string gate)
    {
        var own = TaskScheduler.Current;
        var seen = new List<string> { own == TaskScheduler.Default ? "call: pool" : "call: own" };

        await Task.Yield();
        Note("after a yield");
        await journal.PassAsync(gate);
        Note("after a wait");
        await await Task.Factory.StartNew(async () =>
        {
            await Task.Yield();
            Note("in a started task");
        });
        await Task.Run(() => Note("in Task.Run"));
        Note("after Task.Run");
        await Task.WhenAll(Task.Delay(1), Task.Delay(2));
        Note("after two delays");
        return [.. seen];

        void Note(string where)
        {
            lock (seen)
            {
                seen.Add($"{where}: {(TaskScheduler.Current == own ? "own" : TaskScheduler.Current == TaskScheduler.Default ? "pool" : "other")}");
            }
        }
    }
}

public sealed class SchedulerTests(SharedCluster shared)
{
    [Fact]
    public async Task Continuations_stay_on_the_activation_and_Task_Run_leaves_it()
    {
        var key = shared.NewKey();
        var call = shared.Grains.GetGrain<ISchedulerGrain>(key).ObserveAsync(key);
        await shared.Journal.ReachedAsync(key);
        shared.Journal.Open(key);

        Assert.Equal(
            [
                "call: own", "after a yield: own", "after a wait: own", "in a started task: own",
                "in Task.Run: pool", "after Task.Run: own", "after two delays: own",
            ],
            await call);
    }

    [Fact]
    public async Task A_call_from_a_continuation_comes_back_to_the_grain_that_was_called()
    {
        var key = shared.NewKey();
        var answer = await shared.Grains.GetGrain<ISchedulerGrain>(key).AskAsync($"{key}-other");

        Assert.Equal(["there: own", "back: own"], answer);
    }

#if !VIRTUAL_TIME // There is one thread for all, and that is what makes a run repeatable.
    [Fact]
    public async Task A_caller_from_outside_that_blocks_after_an_answer_does_not_stop_the_grain()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<ISchedulerGrain>(key);
        var resumed = BlockAfterAsync(grain.ObserveAsync(key), grain);
        await shared.Journal.ReachedAsync(key);

        shared.Journal.Open(key);
        shared.Journal.Open("open");

        Assert.True(await resumed);
    }

    /// <summary>Like a request handler that computes after its answer: it must not do so where grains take their turns.</summary>
    private static async Task<bool> BlockAfterAsync(Task<string[]> call, ISchedulerGrain grain)
    {
        await call.ConfigureAwait(false);
        return grain.ObserveAsync("open").Wait(TimeSpan.FromSeconds(10));
    }
#endif
}
