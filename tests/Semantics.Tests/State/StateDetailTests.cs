using Orleans.Concurrency;
using Orleans.Runtime;

namespace Grid.Tests.Semantics.State;

[GenerateSerializer]
public sealed class Album
{
    [Id(0)]
    public List<string> Pictures { get; set; } = [];

    [Id(1)]
    public Dictionary<string, int> Votes { get; set; } = [];
}

public interface IAlbumGrain : IGrainWithStringKey
{
    Task AddAsync(string picture);

    Task WriteAsync();

    /// <summary>Starts a write, adds a picture while it is under way, and waits for the write.</summary>
    Task WriteAndAddAsync(string picture);

    Task ReplaceAsync(string[] pictures);

    Task<string[]> PicturesAsync();

    [AlwaysInterleave]
    Task CountAsync(string picture);

    Task<int> VotesAsync(string picture);

    Task ForgetAsync();

    Task<string> WriteFromThePoolAsync();
}

public sealed class AlbumGrain([PersistentState("album", "Default")] IPersistentState<Album> album) : Grain, IAlbumGrain
{
    public Task AddAsync(string picture)
    {
        album.State.Pictures.Add(picture);
        return Task.CompletedTask;
    }

    public Task WriteAsync() => album.WriteStateAsync();

    public async Task WriteAndAddAsync(string picture)
    {
        await album.WriteStateAsync();
        album.State.Pictures.Add(picture);
    }

    public Task ReplaceAsync(string[] pictures)
    {
        album.State = new Album { Pictures = [.. pictures] };
        return album.WriteStateAsync();
    }

    public Task<string[]> PicturesAsync() => Task.FromResult(album.State.Pictures.ToArray());

    public async Task CountAsync(string picture)
    {
        album.State.Votes[picture] = album.State.Votes.GetValueOrDefault(picture) + 1;
        await album.WriteStateAsync();
    }

    public Task<int> VotesAsync(string picture) => Task.FromResult(album.State.Votes.GetValueOrDefault(picture));

    public Task ForgetAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task<string> WriteFromThePoolAsync() => Task.Run(async () =>
    {
        try
        {
            await album.WriteStateAsync();
            return "written";
        }
        catch (InvalidOperationException)
        {
            return "refused";
        }
    });
}

public interface IOtherAlbumGrain : IGrainWithStringKey
{
    Task<int> PicturesAsync();
}

/// <summary>Another class with a state of the same name and the same type.</summary>
public sealed class OtherAlbumGrain([PersistentState("album", "Default")] IPersistentState<Album> album) : Grain, IOtherAlbumGrain
{
    public Task<int> PicturesAsync() => Task.FromResult(album.State.Pictures.Count);
}

public sealed class StateDetailTests(SharedCluster shared)
{
    [Fact]
    public async Task What_is_changed_after_it_was_written_is_not_stored()
    {
        var grain = New();
        await grain.AddAsync("written");
        await grain.WriteAndAddAsync("not written");
        Assert.Equal(["written", "not written"], await grain.PicturesAsync());

        await grain.ForgetAsync();

        Assert.Equal(["written"], await grain.PicturesAsync());
    }

    [Fact]
    public async Task A_state_may_be_replaced_as_a_whole()
    {
        var grain = New();
        await grain.AddAsync("old");
        await grain.WriteAsync();

        await grain.ReplaceAsync(["new", "newer"]);
        await grain.ForgetAsync();

        Assert.Equal(["new", "newer"], await grain.PicturesAsync());
    }

    [Fact]
    public async Task Writes_of_calls_that_interleave_do_not_conflict_and_lose_nothing()
    {
        var grain = New();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => grain.CountAsync("a")));
        await grain.ForgetAsync();

        Assert.Equal(50, await grain.VotesAsync("a"));
    }

    [Fact]
    public async Task States_of_two_classes_with_the_same_key_and_name_are_apart()
    {
        var key = shared.NewKey();
        var grain = shared.Grains.GetGrain<IAlbumGrain>(key);
        await grain.AddAsync("mine");
        await grain.WriteAsync();

        Assert.Equal(0, await shared.Grains.GetGrain<IOtherAlbumGrain>(key).PicturesAsync());
    }

    [Fact]
    public async Task Written_state_outlives_many_activations()
    {
        var grain = New();
        for (var i = 0; i < 20; i++)
        {
            await grain.AddAsync($"{i}");
            await grain.WriteAsync();
            await grain.ForgetAsync();
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), await grain.PicturesAsync());
    }

    [Fact]
    public async Task Code_in_Task_Run_may_not_write_the_state_of_its_grain() => Assert.Equal("refused", await New().WriteFromThePoolAsync());

    private IAlbumGrain New() => shared.Grains.GetGrain<IAlbumGrain>(shared.NewKey());
}
