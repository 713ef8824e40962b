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
}
