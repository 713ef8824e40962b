using Grid.Runtime;
using Orleans;
using Orleans.Runtime;

namespace Grid.Tests.Runtime;

public class ReferenceTests
{
    [Fact]
    public async Task A_reference_held_by_a_base_interface_calls_the_right_grain()
    {
        await using var world = await Pumped.Start();
        IShapeGrain[] shapes = [world.Grain<ISquareGrain>("x"), world.Grain<ICircleGrain>("x").AsReference<IShapeGrain>()];
        Assert.Equal("square", world.Get(shapes[0].Name()));
        Assert.Equal("circle", world.Get(shapes[1].Name()));
        Assert.Equal(1, world.Get(shapes[1].AsReference<ICircleGrain>().Radius()));
        Assert.Equal("square", world.Get(world.Runtime.GrainFactory.GetGrain<IShapeGrain>(GrainId.Parse("square/y")).Name()));
    }

    [Fact]
    public async Task References_are_equal_when_they_name_the_same_grain()
    {
        await using var world = await Pumped.Start();
        Assert.Equal(world.Grain<ISquareGrain>("x"), world.Grain<ISquareGrain>("x"));
        Assert.NotEqual(world.Grain<ISquareGrain>("x"), world.Grain<ISquareGrain>("y"));
        Assert.Equal((object)world.Grain<ISquareGrain>("x"), world.Grain<ISquareGrain>("x").AsReference<IShapeGrain>());
        Assert.Equal("square/x", world.Grain<ISquareGrain>("x").GetGrainId().ToString());
        Assert.Equal("x", world.Grain<ISquareGrain>("x").GetPrimaryKeyString());
    }

    [Fact]
    public async Task An_ambiguous_interface_and_one_without_a_class_are_refused_with_their_names()
    {
        await using var world = await Pumped.Start();
        var ambiguous = Assert.Throws<ArgumentException>(() => world.Grain<IShapeGrain>("x"));
        Assert.Contains(nameof(SquareGrain), ambiguous.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(CircleGrain), ambiguous.Message, StringComparison.Ordinal);
        var missing = Assert.Throws<ArgumentException>(() => world.Grain<INobodyGrain>("x"));
        Assert.Contains(nameof(INobodyGrain), missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_class_name_prefix_chooses_among_several_classes()
    {
        await using var world = await Pumped.Start();
        var shape = world.Runtime.GrainFactory.GetGrain<IShapeGrain>("x", typeof(CircleGrain).FullName);
        Assert.Equal("circle", world.Get(shape.Name()));
    }

    [Fact]
    public async Task Observers_are_called_back_until_deleted_or_expired()
    {
        await using var world = await Pumped.Start();
        var listener = new Listener();
        var reference = world.Runtime.GrainFactory.CreateObjectReference<ITellObserver>(listener);
        var teller = world.Grain<ITellerGrain>("t");
        world.Do(teller.Join(reference));
        world.Do(teller.Tell("one"));
        Assert.Equal(["one"], listener.Told);
        Assert.Equal(42, world.Get(teller.AskAll(21)));

        world.Advance(TimeSpan.FromMinutes(4));
        world.Do(teller.Join(reference));
        world.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(1, world.Get(teller.Observers()));
        world.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(0, world.Get(teller.Observers()));

        world.Do(teller.Join(reference));
        world.Runtime.GrainFactory.DeleteObjectReference<ITellObserver>(reference);
        world.Do(teller.Tell("two"));
        Assert.Equal(["one"], listener.Told);
        Assert.Equal(0, world.Get(teller.AskAll(1)));
        Assert.Equal(0, world.Get(teller.Observers()));
    }

    [Fact]
    public void Options_out_of_range_name_themselves_and_the_range()
    {
        var error = Assert.Throws<OptionsException>(() => new EmbeddedRuntimeOptions { MailboxLimit = 0 }.Validate());
        Assert.Equal("EmbeddedRuntimeOptions.MailboxLimit is 0: it must be from 1 to 10000000.", error.Message);
        Assert.Throws<OptionsException>(() => new EmbeddedRuntimeOptions { Pumped = true, Partitions = 2 }.Validate());
    }

    [Fact]
    public void A_hash_of_an_id_is_the_same_in_every_process()
    {
        Assert.Equal(StableHashOfKnownKey, GrainId.Parse("streetlight/29019-000001").GetHashCode());
        Assert.NotEqual(GrainId.Parse("streetlight/a"), GrainId.Parse("meter/a"));
    }

    private const int StableHashOfKnownKey = -1734643332;
}
