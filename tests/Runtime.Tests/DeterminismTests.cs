using Grid.Runtime;
using Orleans;

namespace Grid.Tests.Runtime;

public class DeterminismTests
{
    [Fact]
    public async Task The_same_work_runs_in_the_same_order_twice()
    {
        var first = await Trace(seed: 7);
        var second = await Trace(seed: 7);
        Assert.True(first.Count > 200);
        Assert.Equal(first, second);
        Assert.NotEqual(first, await Trace(seed: 8));
    }

    [Fact]
    public async Task Code_that_is_no_grain_runs_in_the_pump_and_comes_back_there()
    {
        await using var world = await Pumped.Start();
        var threads = new List<int>();
        var run = world.Runtime.Run(async () =>
        {
            threads.Add(Environment.CurrentManagedThreadId);
            Assert.Equal(5, await world.Grain<ICounterGrain>("a").Add(5));
            threads.Add(Environment.CurrentManagedThreadId);
            await Task.Delay(TimeSpan.FromMinutes(1), world.Clock);
            threads.Add(Environment.CurrentManagedThreadId);
        });
        Assert.Empty(threads);
        var pump = Environment.CurrentManagedThreadId;
        world.Run();
        Assert.False(run.IsCompleted);
        world.Advance(60);
        Assert.True(run.IsCompletedSuccessfully, run.Exception?.ToString());
        Assert.Equal([pump, pump, pump], threads);
    }

    [Fact]
    public async Task The_pump_leaves_the_calling_thread_as_it_was()
    {
        await using var world = await Pumped.Start();
        var scheduler = TaskScheduler.Current;
        _ = world.Grain<ICounterGrain>("a").Add(1);
        world.Run();
        Assert.Same(scheduler, TaskScheduler.Current);
    }

    [Fact]
    public async Task A_runtime_with_threads_cannot_be_pumped()
    {
        await using var runtime = await EmbeddedGrainRuntime.StartNewAsync(null, options => options.Partitions = 1);
        Assert.Throws<InvalidOperationException>(() => runtime.RunUntilIdle());
    }

    private static async Task<IReadOnlyList<string>> Trace(int seed)
    {
        await using var world = await Pumped.Start();
        var random = new Random(seed);
        var delays = Enumerable.Range(0, 10).Select(_ => TimeSpan.FromMilliseconds(random.Next(1, 3000))).ToArray();
        for (var i = 0; i < 10; i++)
        {
            var delay = delays[i];
            world.Script.Answers[$"tick t{i}"] = () => Task.Delay(delay, world.Clock);
            _ = world.Grain<ILifeGrain>($"g{random.Next(5)}").StartTimer($"t{i}", random.Next(3), random.Next(1, 4), i % 2 == 0, false);
        }

        var client = world.Runtime.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                await world.Grain<ILifeGrain>($"g{random.Next(5)}").Write($"{i}", save: true);
                world.Script.Tell($"wrote {i}");
                await world.Runtime.Client.GetStreamProvider("s").GetStream<int>(Orleans.Runtime.StreamId.Create("numbers", $"k{random.Next(3)}")).OnNextAsync(i);
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(500)), world.Clock);
            }
        });
        world.Advance(300);
        Assert.True(client.IsCompletedSuccessfully, client.Exception?.ToString() ?? "The client has not ended.");
        return world.Script.Told;
    }
}
