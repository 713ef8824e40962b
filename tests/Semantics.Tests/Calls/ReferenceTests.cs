namespace Grid.Tests.Semantics.Calls;

[GenerateSerializer]
public sealed class Introduction
{
    [Id(0)]
    public INamedGrain? Who { get; set; }
}

public interface INamedGrain : IGrainWithStringKey
{
    Task<string> NameAsync();

    /// <summary>Hands itself over.</summary>
    Task<INamedGrain> SelfAsync();

    Task<string> AskAsync(INamedGrain other);

    Task<string> AskIntroducedAsync(Introduction introduction);

    Task<INamedGrain> PassOnAsync(INamedGrain grain);

    Task<bool> IsSelfAsync(INamedGrain grain);

    Task<GrainId> IdAsync();
}

/// <summary>Another face of the same grain.</summary>
public interface IRenamableGrain : IGrainWithStringKey
{
    Task RenameAsync(string name);
}

public sealed class NamedGrain : Grain, INamedGrain, IRenamableGrain
{
    private string? _name;

    public Task<string> NameAsync() => Task.FromResult(_name ?? this.GetPrimaryKeyString());

    public Task<INamedGrain> SelfAsync() => Task.FromResult(this.AsReference<INamedGrain>());

    public Task<string> AskAsync(INamedGrain other) => other.NameAsync();

    public Task<string> AskIntroducedAsync(Introduction introduction) => introduction.Who!.NameAsync();

    public Task<INamedGrain> PassOnAsync(INamedGrain grain) => Task.FromResult(grain);

    public Task<bool> IsSelfAsync(INamedGrain grain) => Task.FromResult(grain.Equals(this.AsReference<INamedGrain>()));

    public Task<GrainId> IdAsync() => Task.FromResult(GrainContext.GrainId);

    public Task RenameAsync(string name)
    {
        _name = name;
        return Task.CompletedTask;
    }
}

public sealed class ReferenceTests(SharedCluster shared)
{
    [Fact]
    public async Task A_reference_can_be_an_argument_and_an_answer()
    {
        var grain = shared.Grains.GetGrain<INamedGrain>(shared.NewKey());
        var key = shared.NewKey();
        var other = shared.Grains.GetGrain<INamedGrain>(key);

        Assert.Equal(key, await grain.AskAsync(other));
        Assert.Equal(key, await (await grain.PassOnAsync(other)).NameAsync());
    }

    [Fact]
    public async Task A_reference_can_be_part_of_a_message()
    {
        var key = shared.NewKey();
        var introduction = new Introduction { Who = shared.Grains.GetGrain<INamedGrain>(key) };

        Assert.Equal(key, await shared.Grains.GetGrain<INamedGrain>(shared.NewKey()).AskIntroducedAsync(introduction));
    }

    [Fact]
    public async Task A_grain_hands_itself_over_as_a_reference()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<INamedGrain>(key);

        var self = await grain.SelfAsync();

        Assert.Equal(grain, self);
        Assert.Equal(key, await self.NameAsync());
        Assert.True(await grain.IsSelfAsync(self));
        Assert.False(await grain.IsSelfAsync(shared.Grains.GetGrain<INamedGrain>(shared.NewKey())));
    }

    [Fact]
    public void References_to_one_grain_are_equal_and_serve_as_keys()
    {
        var (key, other) = (shared.NewKey(), shared.NewKey());
        var names = new Dictionary<INamedGrain, string>
        {
            [shared.Grains.GetGrain<INamedGrain>(key)] = key,
            [shared.Grains.GetGrain<INamedGrain>(other)] = other,
        };

        Assert.Equal(key, names[shared.Grains.GetGrain<INamedGrain>(key)]);
        Assert.Equal(other, names[shared.Grains.GetGrain<INamedGrain>(other)]);
    }

    [Fact]
    public async Task A_reference_knows_the_id_and_the_key_of_its_grain()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<INamedGrain>(key);

        Assert.Equal(key, grain.GetPrimaryKeyString());
        Assert.Equal(await grain.IdAsync(), grain.GetGrainId());
    }

    [Fact]
    public async Task A_grain_is_found_by_its_id()
    {
        var key = shared.NewKey();
        var id = shared.Grains.GetGrain<INamedGrain>(key).GetGrainId();

        Assert.Equal(key, await shared.Grains.GetGrain<INamedGrain>(id).NameAsync());
    }

    [Fact]
    public async Task Two_interfaces_of_one_class_reach_the_same_activation()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<INamedGrain>(key);

        await grain.AsReference<IRenamableGrain>().RenameAsync("renamed");
        Assert.Equal("renamed", await grain.NameAsync());

        await shared.Grains.GetGrain<IRenamableGrain>(key).RenameAsync("again");
        Assert.Equal("again", await grain.NameAsync());
    }

    [Theory]
    [InlineData("a")]
    [InlineData("A")]
    [InlineData("29232:lamp.1_x-2")]
    [InlineData("a/b+c d|e")]
    [InlineData("éclairage")]
    public async Task A_key_is_any_text_and_reaches_its_grain_as_it_is(string key) =>
        Assert.Equal(key, await shared.Grains.GetGrain<INamedGrain>(key).NameAsync());

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void A_grain_has_a_key(string? key) =>
        Assert.ThrowsAny<ArgumentException>(() => shared.Grains.GetGrain<INamedGrain>(key!));

    [Fact]
    public async Task A_grain_is_found_by_its_interface_as_a_type()
    {
        var key = shared.NewKey();

        var grain = (INamedGrain)shared.Grains.GetGrain(typeof(INamedGrain), key);

        Assert.Equal(shared.Grains.GetGrain<INamedGrain>(key), grain);
        Assert.Equal(key, await grain.NameAsync());
    }

    [Fact]
    public async Task Of_several_classes_of_one_interface_the_name_says_which()
    {
        var key = shared.NewKey();

        Assert.ThrowsAny<ArgumentException>(() => shared.Grains.GetGrain<ITwofoldGrain>(key));
        Assert.Equal("left", await shared.Grains.GetGrain<ITwofoldGrain>(key, typeof(LeftGrain).FullName).WhichAsync());
        Assert.Equal("right", await shared.Grains.GetGrain<ITwofoldGrain>(key, typeof(RightGrain).FullName).WhichAsync());
    }

    [Fact]
    public void An_interface_without_a_class_has_no_grains() =>
        Assert.ThrowsAny<ArgumentException>(() => shared.Grains.GetGrain<INobodysGrain>("key"));
}

public interface ITwofoldGrain : IGrainWithStringKey
{
    Task<string> WhichAsync();
}

public sealed class LeftGrain : Grain, ITwofoldGrain
{
    public Task<string> WhichAsync() => Task.FromResult("left");
}

public sealed class RightGrain : Grain, ITwofoldGrain
{
    public Task<string> WhichAsync() => Task.FromResult("right");
}

public interface INobodysGrain : IGrainWithStringKey
{
    Task NeverAsync();
}
