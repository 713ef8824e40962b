using Grid.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Core;
using Orleans.Runtime;
using Orleans.Storage;

namespace Grid.Tests.Runtime;

public class LifecycleTests
{
    [Fact]
    public async Task A_grain_activates_on_its_first_call_and_once()
    {
        await using var world = await Pumped.Start();
        var grain = world.Grain<ILifeGrain>("a");
        Assert.Empty(world.Script.Told);
        world.Do(grain.Touch());
        world.Do(world.Grain<ILifeGrain>("a").Touch());
        Assert.Equal(["activate a"], world.Script.Told);
        Assert.Equal(1, world.Runtime.ActivationCount);
    }

    [Fact]
    public async Task Calls_wait_for_the_activation()
    {
        await using var world = await Pumped.Start();
        world.Script.Answers["activate a"] = () => world.Script["ready"].Task;
        var first = world.Grain<ILifeGrain>("a").Touch();
        var second = world.Grain<ILifeGrain>("a").Touch();
        world.Run();
        Assert.False(first.IsCompleted);
        world.Script["ready"].SetResult();
        await first.WaitAsync(world);
        await second.WaitAsync(world);
        Assert.Equal(["activate a"], world.Script.Told);
    }

    [Fact]
    public async Task An_activation_that_fails_fails_the_call_and_leaves_nothing()
    {
        await using var world = await Pumped.Start();
        world.Script.Answers["activate a"] = () => throw new InvalidDataException("broken");
        var error = Assert.Throws<InvalidDataException>(() => world.Do(world.Grain<ILifeGrain>("a").Touch()));
        Assert.Equal("broken", error.Message);
        Assert.Equal(0, world.Runtime.ActivationCount);
        world.Script.Answers.Clear();
        world.Do(world.Grain<ILifeGrain>("a").Touch());
        Assert.Equal(["activate a", "activate a"], world.Script.Told);
    }

    [Fact]
    public async Task An_activation_that_takes_too_long_fails_its_calls()
    {
        await using var world = await Pumped.Start(options => options.CallTimeout = TimeSpan.FromMinutes(5));
        world.Script.Answers["activate a"] = () => world.Script["never"].Task;
        var call = world.Grain<ILifeGrain>("a").Touch();
        world.Advance(31);
        await Assert.ThrowsAsync<TimeoutException>(() => call.WaitAsync(world));
        Assert.Equal(0, world.Runtime.ActivationCount);
    }

    [Fact]
    public async Task An_idle_grain_is_deactivated_after_its_age_and_a_used_one_is_not()
    {
        await using var world = await Pumped.Start();
        world.Do(world.Grain<ILifeGrain>("idle").Touch());
        world.Do(world.Grain<ILifeGrain>("used").Touch());
        for (var minute = 0; minute < 17; minute++)
        {
            world.Advance(60);
            world.Do(world.Grain<ILifeGrain>("used").Touch());
        }

        Assert.Contains("deactivate idle ActivationIdle", world.Script.Told);
        Assert.DoesNotContain("deactivate used ActivationIdle", world.Script.Told);
        Assert.Equal(1, world.Runtime.ActivationCount);
    }

    [Fact]
    public async Task Delayed_deactivation_keeps_an_idle_grain()
    {
        await using var world = await Pumped.Start();
        world.Do(world.Grain<ILifeGrain>("a").Stay(TimeSpan.FromHours(1)));
        world.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(1, world.Runtime.ActivationCount);
        world.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(0, world.Runtime.ActivationCount);
    }

    [Fact]
    public async Task Calls_behind_a_deactivation_go_to_a_fresh_activation_and_none_is_lost()
    {
        await using var world = await Pumped.Start();
        var grain = world.Grain<ILifeGrain>("a");
        world.Script.Answers["deactivate a"] = () => world.Script["bye"].Task;
        var end = grain.End();
        var calls = Enumerable.Range(0, 10).Select(_ => grain.Touch()).ToArray();
        world.Do(end);
        Assert.All(calls, call => Assert.False(call.IsCompleted));
        world.Script["bye"].SetResult();
        foreach (var call in calls)
            await call.WaitAsync(world);
        Assert.Equal(["activate a", "deactivate a ApplicationRequested", "activate a"], world.Script.Told);
    }

    [Fact]
    public async Task Stopping_deactivates_everything_and_refuses_calls()
    {
        var world = await Pumped.Start();
        var grain = world.Grain<ILifeGrain>("a");
        world.Do(grain.Touch());
        await world.Runtime.StopAsync();
        Assert.Equal(["activate a", "deactivate a ShuttingDown"], world.Script.Told);
        await Assert.ThrowsAsync<SiloUnavailableException>(grain.Touch);
        await world.DisposeAsync();
    }

    [Fact]
    public async Task State_that_was_written_outlives_the_activation_and_state_that_was_not_is_gone()
    {
        await using var world = await Pumped.Start();
        var grain = world.Grain<ILifeGrain>("a");
        Assert.Equal("", world.Get(grain.Read()));
        world.Get(grain.Write("kept", save: true));
        world.Get(grain.Write("lost", save: false));
        Assert.Equal("lost", world.Get(grain.Read()));
        world.Do(grain.End());
        Assert.Equal("kept", world.Get(grain.Read()));
        world.Do(grain.Clear());
        Assert.Equal("", world.Get(grain.Read()));
        Assert.Equal(0, world.Storage.Count);
    }

    [Fact]
    public async Task A_write_over_another_ones_fails_and_the_next_call_sees_what_is_stored()
    {
        await using var world = await Pumped.Start();
        var grain = world.Grain<ILifeGrain>("a");
        world.Get(grain.Write("mine", save: true));
        var other = new GrainState<Notes>();
        await world.Storage.ReadStateAsync("notes", grain.GetGrainId(), other);
        other.State!.Text = "theirs";
        await world.Storage.WriteStateAsync("notes", grain.GetGrainId(), other);

        Assert.Throws<InconsistentStateException>(() => world.Get(grain.Write("mine again", save: true)));
        Assert.Equal("theirs", world.Get(grain.Read()));
        Assert.Contains("deactivate a ApplicationError", world.Script.Told);
    }

    [Fact]
    public async Task Writes_that_overlap_do_not_conflict_and_the_last_state_is_stored()
    {
        await using var world = await Pumped.Start(null, services => services.AddKeyedSingleton<IGrainStorage>("Default", (_, _) => new SlowStorage()));
        var grain = world.Grain<ILifeGrain>("a");
        var slow = (SlowStorage)world.Runtime.Services.GetRequiredKeyedService<IGrainStorage>("Default");
        await grain.WriteAtOnce(10).WaitAsync(world);
        Assert.Equal(2, slow.Writes);
        world.Do(grain.End());
        var read = grain.Read();
        await read.WaitAsync(world);
        Assert.Equal("9", await read);
    }

    [Fact]
    public async Task What_the_caller_changes_after_the_call_is_not_seen_by_the_callee()
    {
        await using var world = await Pumped.Start();
        var notes = new Notes { Numbers = [1, 2, 3] };
        var call = world.Grain<ILifeGrain>("a").Sum(notes);
        notes.Numbers.Add(100);
        Assert.Equal(6, world.Get(call));
    }

    [Fact]
    public async Task A_stateless_worker_has_several_activations_up_to_its_limit()
    {
        await using var world = await Pumped.Start();
        var calls = Enumerable.Range(0, 5).Select(_ => world.Grain<IWorkerGrain>("w").Work("go")).ToArray();
        world.Run();
        Assert.Equal(3, world.Script.Told.Count);
        Assert.Equal(3, world.Runtime.ActivationCount);
        world.Script["go"].SetResult();
        foreach (var call in calls)
            await call.WaitAsync(world);
        Assert.Equal(5, world.Script.Told.Count);
    }

    /// <summary>A storage whose operations take a while.</summary>
    private sealed class SlowStorage : IGrainStorage
    {
        private readonly MemoryGrainStorage _storage = new();

        public int Writes { get; private set; }

        public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            await Task.Yield();
            await _storage.ReadStateAsync(stateName, grainId, grainState);
        }

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            Writes++;
            await Task.Yield();
            await _storage.WriteStateAsync(stateName, grainId, grainState);
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            _storage.ClearStateAsync(stateName, grainId, grainState);
    }

    [Fact]
    public async Task A_full_mailbox_refuses_calls_and_counts_them()
    {
        await using var world = await Pumped.Start(options => options.MailboxLimit = 10);
        var grain = world.Runtime.GrainFactory.GetGrain<IGateGrain>("a", typeof(GateGrain).FullName);
        _ = grain.Wait("one");
        world.Run();
        var waiting = Enumerable.Range(0, 10).Select(_ => grain.Ping()).ToArray();
        var refused = grain.Ping();
        world.Run();
        await Assert.ThrowsAsync<LimitExceededException>(() => refused);
        Assert.All(waiting, call => Assert.False(call.IsCompleted));
        Assert.Equal(1, world.Runtime.Partitions[0].Counters.Rejected);
    }
}
