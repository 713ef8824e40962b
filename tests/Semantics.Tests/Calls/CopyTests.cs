namespace Grid.Tests.Semantics.Calls;

public sealed class CopyTests(SharedCluster shared)
{
    [Fact]
    public async Task A_mutation_by_the_caller_after_the_call_is_not_seen_by_the_callee()
    {
        var key = shared.NewKey();
        var parcel = new Parcel { Label = "as sent", Items = { 1, 2 } };
        var numbers = new[] { 3, 4 };
        var call = shared.Grains.GetGrain<ICallGrain>(key).DescribeLaterAsync(parcel, numbers, key);

        parcel.Label = "changed";
        parcel.Items.Add(99);
        numbers[0] = 99;
        await shared.Journal.ReachedAsync(key);
        shared.Journal.Open(key);

        Assert.Equal("as sent: 1,2; 3,4", await call);
    }

    [Fact]
    public async Task A_mutation_by_the_callee_after_its_answer_is_not_seen_by_the_caller()
    {
        var grain = shared.Grains.GetGrain<ICallGrain>(shared.NewKey());
        await grain.KeepAsync(new Parcel { Label = "as kept", Items = { 1, 2 } });
        var answer = await grain.KeptAsync();

        await grain.SpoilAsync();

        Assert.Equal("as kept", answer.Label);
        Assert.Equal([1, 2], answer.Items);
        Assert.Equal("spoiled", (await grain.KeptAsync()).Label);
    }

    [Fact]
    public async Task A_mutation_by_the_caller_of_an_answer_is_not_seen_by_the_callee()
    {
        var grain = shared.Grains.GetGrain<ICallGrain>(shared.NewKey());
        await grain.KeepAsync(new Parcel { Label = "as kept", Items = { 1, 2 } });

        (await grain.KeptAsync()).Items.Add(99);

        Assert.Equal([1, 2], (await grain.KeptAsync()).Items);
    }

    [Fact]
    public async Task An_immutable_message_is_handed_over_as_it_is()
    {
        var letter = new Letter("Lamp 42 is on.");

        Assert.Same(letter, await shared.Grains.GetGrain<ICallGrain>(shared.NewKey()).EchoAsync(letter));
    }

    [Fact]
    public async Task A_mutation_by_the_callee_of_an_argument_is_not_seen_by_the_caller()
    {
        var grain = shared.Grains.GetGrain<ISpoilingGrain>(shared.NewKey());
        var crate = Crates.New();
        var numbers = new[] { 7, 8 };

        var floor = new Parcel[2, 3];
        for (var i = 0; i < 6; i++)
            floor[i / 3, i % 3] = new Parcel { Label = $"{i}" };

        await grain.SpoilAsync(crate);
        await grain.SpoilNumbersAsync(numbers);
        await grain.SpoilFloorAsync(floor);

        Assert.Equal(["0", "1", "2", "3", "4", "5"], floor.Cast<Parcel>().Select(p => p.Label));
        Assert.Equal(Crates.AsNew, Crates.Describe(crate));
        Assert.Equal([7, 8], numbers);
    }

    [Fact]
    public async Task Between_grains_no_side_sees_what_the_other_changes()
    {
        var sender = shared.Grains.GetGrain<ISendingGrain>(shared.NewKey());

        // Once to a grain that has to be activated, then to one that stands by.
        var other = shared.NewKey();
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal($"{Crates.AsNew} 7,8", await sender.SendAndLookAsync(other));
            Assert.Equal(Crates.AsNew, await sender.KeepThenChangeAsync(other));
            Assert.Equal(Crates.AsNew, await sender.ChangeTheAnswerAsync(other));
        }
    }

    [Fact]
    public async Task Every_level_of_a_message_arrives_and_comes_back()
    {
        var crate = Crates.New();

        var echo = await shared.Grains.GetGrain<ISpoilingGrain>(shared.NewKey()).EchoAsync(crate);

        Assert.NotSame(crate, echo);
        Assert.NotSame(crate.Parcels, echo.Parcels);
        Assert.Equal(Crates.AsNew, Crates.Describe(echo));
    }

    [Fact]
    public async Task A_part_that_a_message_holds_twice_is_still_one_part_when_it_arrives() =>
        Assert.True(await shared.Grains.GetGrain<ISpoilingGrain>(shared.NewKey()).HoldsOnePartTwiceAsync(Crates.New()));

    [Fact]
    public async Task A_message_keeps_the_class_that_it_has()
    {
        var echo = await shared.Grains.GetGrain<ISpoilingGrain>(shared.NewKey())
            .EchoCargoAsync(new FragileCargo { Kilograms = 3, Warning = "this side up" });

        var fragile = Assert.IsType<FragileCargo>(echo);
        Assert.Equal((3, "this side up"), (fragile.Kilograms, fragile.Warning));
    }

    [Fact]
    public async Task Null_is_an_argument_and_an_answer() =>
        Assert.Null(await shared.Grains.GetGrain<ISpoilingGrain>(shared.NewKey()).EchoCargoAsync(null));

    [Fact]
    public async Task A_dictionary_still_finds_its_keys_by_its_own_comparer()
    {
        var map = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["Lamp"] = 1 };

        var echo = await shared.Grains.GetGrain<ISpoilingGrain>(shared.NewKey()).EchoMapAsync(map);
        map["LAMP"] = 2;

        Assert.Equal(1, echo["lamp"]);
        echo["LAMP"] = 3;
        Assert.Single(echo);
    }
}
