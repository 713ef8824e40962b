namespace Grid.Tests.Semantics.Turns;

public sealed class InterleavingTests(SharedCluster shared)
{
    [Fact]
    public async Task Calls_to_one_activation_run_one_after_the_other()
    {
        var grain = shared.Grains.GetGrain<IPoliteGrain>(shared.NewKey());

        await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => grain.CountAsync()));

        Assert.Equal((300, 1), await grain.CountedAsync());
    }

    [Fact]
    public async Task A_call_that_waits_keeps_the_next_one_out()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IPoliteGrain>(key);
        var first = grain.HoldAsync("first", key);
        await shared.Journal.ReachedAsync(key);

        var second = grain.NoteAsync("second");
        await grain.InterleaveAsync("barrier");
        shared.Journal.Open(key);
        await Task.WhenAll(first, second);

        Assert.Equal(["first begins", "barrier", "first ends", "second"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task A_reentrant_grain_takes_a_call_while_another_one_waits()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IReentrantGrain>(key);
        var first = grain.HoldAsync("first", key);
        await shared.Journal.ReachedAsync(key);

        await grain.NoteAsync("second");
        shared.Journal.Open(key);
        await first;

        Assert.Equal(["first begins", "second", "first ends"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task A_reentrant_grain_gives_way_only_where_it_waits()
    {
        var grain = shared.Grains.GetGrain<IReentrantGrain>(shared.NewKey());

        await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => grain.StepAsync()));

        Assert.Equal(300 * 4, await grain.StepsAsync());
    }

    [Fact]
    public async Task An_always_interleaved_call_runs_while_another_one_waits()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IPoliteGrain>(key);
        var first = grain.HoldAsync("first", key);
        await shared.Journal.ReachedAsync(key);

        await grain.InterleaveAsync("interleaved");
        shared.Journal.Open(key);
        await first;

        Assert.Equal(["first begins", "interleaved", "first ends"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task Read_only_calls_run_together()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IPoliteGrain>(key);
        var first = grain.ReadAsync("read 1", key + "-1");
        await shared.Journal.ReachedAsync(key + "-1");
        var second = grain.ReadAsync("read 2", key + "-2");
        await shared.Journal.ReachedAsync(key + "-2");

        shared.Journal.Open(key + "-1");
        await first;
        shared.Journal.Open(key + "-2");
        await second;

        Assert.Equal(["read 1 begins", "read 2 begins", "read 1 ends", "read 2 ends"], shared.Journal.Read(key));
    }

    /// <summary>With one reader: Orleans lets a writer in once the first of several readers is done.</summary>
    [Fact]
    public async Task A_reader_that_waits_keeps_writers_out()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IPoliteGrain>(key);
        var reader = grain.ReadAsync("read", key);
        await shared.Journal.ReachedAsync(key);

        var writer = grain.NoteAsync("write");
        await grain.InterleaveAsync("barrier");
        shared.Journal.Open(key);
        await Task.WhenAll(reader, writer);

        Assert.Equal(["read begins", "barrier", "read ends", "write"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task A_writer_that_waits_keeps_readers_out()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IPoliteGrain>(key);
        var writer = grain.HoldAsync("write", key + "-w");
        await shared.Journal.ReachedAsync(key + "-w");

        var reader = grain.ReadAsync("read", key + "-r");
        await grain.InterleaveAsync("barrier");
        shared.Journal.Open(key + "-w");
        shared.Journal.Open(key + "-r");
        await Task.WhenAll(writer, reader);

        Assert.Equal(["write begins", "barrier", "write ends", "read begins", "read ends"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task Calls_of_one_caller_to_one_grain_arrive_in_order()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IPoliteGrain>(key);
        await grain.NoteAsync("0");

        await Task.WhenAll(Enumerable.Range(1, 200).Select(i => grain.NoteAsync($"{i}")));

        Assert.Equal(Enumerable.Range(0, 201).Select(i => $"{i}"), shared.Journal.Read(key));
    }

    [Fact]
    public async Task A_call_that_always_interleaves_keeps_nobody_out_while_it_waits()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IPoliteGrain>(key);
        var first = grain.InterleaveAndHoldAsync("first", key);
        await shared.Journal.ReachedAsync(key);

        await grain.NoteAsync("second");
        shared.Journal.Open(key + "-read");
        await grain.ReadAsync("read", key + "-read");
        shared.Journal.Open(key);
        await first;

        Assert.Equal(["first begins", "second", "read begins", "read ends", "first ends"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task Calls_that_always_interleave_run_together()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IPoliteGrain>(key);
        var calls = new List<Task>();
        for (var i = 0; i < 5; i++)
        {
            calls.Add(grain.InterleaveAndHoldAsync($"{i}", $"{key}-{i}"));
            await shared.Journal.ReachedAsync($"{key}-{i}");
        }

        for (var i = 0; i < 5; i++)
            shared.Journal.Open($"{key}-{i}");
        await Task.WhenAll(calls);

        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"{i} begins"), shared.Journal.Read(key).Take(5));
    }

    [Fact]
    public async Task Read_only_calls_of_one_grain_that_holds_no_call_are_kept_apart_from_a_writer_that_comes_between()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IPoliteGrain>(key);
        var writer = grain.HoldAsync("write", key);
        await shared.Journal.ReachedAsync(key);
        shared.Journal.Open(key + "-r");
        var readers = Enumerable.Range(0, 10).Select(i => grain.ReadAsync($"read {i}", key + "-r")).ToArray();
        var second = grain.NoteAsync("second write");
        await grain.InterleaveAsync("barrier");

        shared.Journal.Open(key);
        await Task.WhenAll([writer, second, .. readers]);

        Assert.Equal(["write begins", "barrier", "write ends"], shared.Journal.Read(key).Take(3));
        Assert.Equal(1, shared.Journal.Count(key, "second write"));
        Assert.Equal(10, shared.Journal.Read(key).Count(e => e.EndsWith(" ends", StringComparison.Ordinal) && e.StartsWith("read", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_call_that_fails_lets_the_next_one_in()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IPoliteGrain>(key);
        var failing = grain.HoldAndFailAsync(key);
        await shared.Journal.ReachedAsync(key);
        var next = grain.NoteAsync("next");

        shared.Journal.Open(key);

        await Assert.ThrowsAsync<InvalidOperationException>(() => failing);
        await next;
        Assert.Equal(["next"], shared.Journal.Read(key));
    }

    [Fact]
    public async Task Many_callers_at_once_are_all_answered_by_a_grain_that_takes_one_at_a_time()
    {
        var grain = shared.Grains.GetGrain<IPoliteGrain>(shared.NewKey());
        var callers = Enumerable.Range(0, 20).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
                await grain.CountAsync();
        }));

        await Task.WhenAll(callers);

        Assert.Equal((1000, 1), await grain.CountedAsync());
    }
}
