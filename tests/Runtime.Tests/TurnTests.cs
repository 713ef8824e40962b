using Grid.Runtime;
using Orleans;
using Orleans.Runtime;

namespace Grid.Tests.Runtime;

public class TurnTests
{
    [Fact]
    public async Task A_second_call_waits_until_the_first_has_ended()
    {
        await using var world = await Pumped.Start();
        var grain = world.Runtime.GrainFactory.GetGrain<IGateGrain>("a", typeof(GateGrain).FullName);
        var first = grain.Wait("one");
        var second = grain.Wait("two");
        world.Run();
        Assert.Equal(["+one"], world.Script.Told);
        world.Script["two"].SetResult();
        world.Script["one"].SetResult();
        await first.WaitAsync(world);
        await second.WaitAsync(world);
        Assert.Equal(["+one", "-one", "+two", "-two"], world.Script.Told);
    }

    [Fact]
    public async Task Calls_marked_always_interleave_start_while_another_waits()
    {
        await using var world = await Pumped.Start();
        var grain = world.Runtime.GrainFactory.GetGrain<IGateGrain>("a", typeof(GateGrain).FullName);
        _ = grain.Wait("one");
        _ = grain.Wait("blocked");
        _ = grain.WaitInterleaved("two");
        world.Run();
        Assert.Equal(["+one", "+two"], world.Script.Told);
    }

    [Fact]
    public async Task Read_only_calls_interleave_with_each_other_only()
    {
        await using var world = await Pumped.Start();
        var grain = world.Runtime.GrainFactory.GetGrain<IGateGrain>("a", typeof(GateGrain).FullName);
        var reading = grain.Read("one");
        var other = grain.Read("two");
        _ = grain.Wait("writer");
        world.Run();
        Assert.Equal(["+one", "+two"], world.Script.Told);
        world.Script["one"].SetResult();
        await reading.WaitAsync(world);
        Assert.DoesNotContain("+writer", world.Script.Told);
        world.Script["two"].SetResult();
        await other.WaitAsync(world);
        Assert.Contains("+writer", world.Script.Told);
    }

    [Fact]
    public async Task Calls_of_a_reentrant_grain_interleave()
    {
        await using var world = await Pumped.Start();
        var grain = world.Grain<IReentrantGateGrain>("a");
        _ = grain.Wait("one");
        _ = grain.Wait("two");
        world.Run();
        Assert.Equal(["+one", "+two"], world.Script.Told);
    }

    [Fact]
    public async Task A_call_cycle_times_out_instead_of_hanging_for_ever()
    {
        await using var world = await Pumped.Start();
        var grain = world.Runtime.GrainFactory.GetGrain<IGateGrain>("a", typeof(GateGrain).FullName);
        var cycle = grain.Cycle("b", allowed: false);
        world.Advance(29.9);
        Assert.False(cycle.IsCompleted);
        world.Advance(0.2);
        await Assert.ThrowsAsync<TimeoutException>(() => cycle);
        Assert.Equal("ping a", world.Get(grain.Ping()));
    }

    [Fact]
    public async Task A_call_cycle_goes_through_when_the_grain_allows_its_call_chain_to_re_enter()
    {
        await using var world = await Pumped.Start();
        var grain = world.Runtime.GrainFactory.GetGrain<IGateGrain>("a", typeof(GateGrain).FullName);
        Assert.Equal("ping a", world.Get(grain.Cycle("b", allowed: true)));
    }

    [Fact]
    public async Task A_call_that_is_not_answered_times_out_after_30_seconds_and_its_late_answer_is_dropped()
    {
        await using var world = await Pumped.Start();
        var grain = world.Runtime.GrainFactory.GetGrain<IGateGrain>("a", typeof(GateGrain).FullName);
        var call = grain.Wait("one");
        world.Advance(29.999);
        Assert.False(call.IsCompleted);
        world.Advance(0.001);
        await Assert.ThrowsAsync<TimeoutException>(() => call);
        world.Script["one"].SetResult();
        Assert.Equal("ping a", world.Get(grain.Ping()));
        Assert.Equal(["+one", "-one"], world.Script.Told);
    }

    [Fact]
    public async Task A_call_whose_caller_gave_up_while_it_waited_is_not_run()
    {
        await using var world = await Pumped.Start();
        var grain = world.Runtime.GrainFactory.GetGrain<IGateGrain>("a", typeof(GateGrain).FullName);
        var running = grain.Wait("one");
        world.Advance(10);
        var waiting = grain.Wait("two");
        world.Advance(31);
        await Assert.ThrowsAsync<TimeoutException>(() => running);
        await Assert.ThrowsAsync<TimeoutException>(() => waiting);
        world.Script["one"].SetResult();
        world.Run();
        Assert.DoesNotContain("+two", world.Script.Told);
    }

    [Fact]
    public async Task A_one_way_call_returns_before_it_runs()
    {
        await using var world = await Pumped.Start();
        var call = world.Runtime.GrainFactory.GetGrain<IGateGrain>("a", typeof(GateGrain).FullName).WaitOneWay("one");
        Assert.True(call.IsCompletedSuccessfully);
        Assert.Empty(world.Script.Told);
        world.Run();
        Assert.Equal(["+one"], world.Script.Told);
    }

    [Fact]
    public async Task A_cancelled_call_ends_at_once_and_the_method_sees_the_token()
    {
        await using var world = await Pumped.Start();
        var grain = world.Runtime.GrainFactory.GetGrain<IGateGrain>("a", typeof(GateGrain).FullName);
        using var cancel = new CancellationTokenSource();
        var call = grain.WaitOrCancel("one", cancel.Token);
        world.Run();
        await cancel.CancelAsync();
        world.Run();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal("ping a", world.Get(grain.Ping()));
    }

    [Fact]
    public async Task Exceptions_reach_the_caller_with_type_and_message()
    {
        await using var world = await Pumped.Start();
        var error = Assert.Throws<ArgumentException>(() => world.Do(world.Grain<ICounterGrain>("a").Fail("because")));
        Assert.Equal("because", error.Message);
    }

    [Fact]
    public async Task Continuations_stay_on_the_activation()
    {
        await using var world = await Pumped.Start();
        Assert.True(world.Get(world.Grain<ICounterGrain>("a").RunsOnItsActivation()));
    }

    [Fact]
    public async Task Request_context_goes_with_the_call_and_on()
    {
        await using var world = await Pumped.Start();
        var grain = world.Runtime.GrainFactory.GetGrain<IGateGrain>("a", typeof(GateGrain).FullName);
        RequestContext.Set("who", "me");
        var with = grain.ContextValueVia("b", "who");
        RequestContext.Clear();
        var without = grain.ContextValueVia("b", "who");
        Assert.Equal("me", world.Get(with));
        Assert.Null(world.Get(without));
    }

    [Fact]
    public async Task Direct_calls_are_bounded_in_depth()
    {
        await using var world = await Pumped.Start(options => options.MaxCallDepth = 5);
        Assert.Equal(0, world.Get(world.Grain<ICounterGrain>("nest-0").Nest(0)));
        for (var i = 0; i <= 40; i++)
            world.Get(world.Grain<ICounterGrain>($"nest-{i}").Get());
        var deepest = world.Get(world.Grain<ICounterGrain>("nest-40").Nest(40));
        Assert.InRange(deepest, 1, 6);
    }
}
