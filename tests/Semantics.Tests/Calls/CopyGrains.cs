using Orleans.Concurrency;

namespace Grid.Tests.Semantics.Calls;

/// <summary>A mutable message of several levels, with a part that it may hold twice.</summary>
[GenerateSerializer]
public sealed class Crate
{
    [Id(0)]
    public Dictionary<string, List<int>> Shelves { get; set; } = [];

    [Id(1)]
    public Parcel[] Parcels { get; set; } = [];

    [Id(2)]
    public Parcel? Favourite { get; set; }
}

[GenerateSerializer]
public class Cargo
{
    [Id(0)]
    public int Kilograms { get; set; }
}

[GenerateSerializer]
public sealed class FragileCargo : Cargo
{
    [Id(0)]
    public string Warning { get; set; } = "";
}

public interface ISpoilingGrain : IGrainWithStringKey
{
    /// <summary>Changes what it is given, at every level.</summary>
    Task SpoilAsync(Crate crate);

    ValueTask SpoilNumbersAsync(int[] numbers);

    Task SpoilFloorAsync(Parcel[,] floor);

    Task<Crate> EchoAsync(Crate crate);

    Task<Cargo?> EchoCargoAsync(Cargo? cargo);

    Task<bool> HoldsOnePartTwiceAsync(Crate crate);

    Task<Dictionary<string, int>> EchoMapAsync(Dictionary<string, int> map);

    Task KeepAsync(Crate crate);

    Task<Crate> KeptAsync();
}

/// <summary>Does from within a grain what a test does from outside: a call between two grains may take a shorter way.</summary>
public interface ISendingGrain : IGrainWithStringKey
{
    Task<string> SendAndLookAsync(string to);

    Task<string> KeepThenChangeAsync(string to);

    Task<string> ChangeTheAnswerAsync(string to);
}

public sealed class SpoilingGrain : Grain, ISpoilingGrain
{
    private Crate _kept = new();

    public Task SpoilAsync(Crate crate)
    {
        crate.Shelves["a"].Clear();
        crate.Shelves.Remove("b");
        crate.Parcels[0].Label = "spoiled";
        crate.Favourite = null;
        return Task.CompletedTask;
    }

    public ValueTask SpoilNumbersAsync(int[] numbers)
    {
        Array.Clear(numbers);
        return default;
    }

    public Task SpoilFloorAsync(Parcel[,] floor)
    {
        floor[1, 2].Label = "spoiled";
        floor[0, 0] = new Parcel();
        return Task.CompletedTask;
    }

    public Task<Crate> EchoAsync(Crate crate) => Task.FromResult(crate);

    public Task<Cargo?> EchoCargoAsync(Cargo? cargo) => Task.FromResult(cargo);

    public Task<bool> HoldsOnePartTwiceAsync(Crate crate) => Task.FromResult(ReferenceEquals(crate.Favourite, crate.Parcels[0]));

    public Task<Dictionary<string, int>> EchoMapAsync(Dictionary<string, int> map) => Task.FromResult(map);

    public Task KeepAsync(Crate crate)
    {
        _kept = crate;
        return Task.CompletedTask;
    }

    public Task<Crate> KeptAsync() => Task.FromResult(_kept);
}

public sealed class SendingGrain : Grain, ISendingGrain
{
    public async Task<string> SendAndLookAsync(string to)
    {
        var other = GrainFactory.GetGrain<ISpoilingGrain>(to);
        var crate = Crates.New();
        var numbers = new[] { 7, 8 };
        await other.SpoilAsync(crate);
        await other.SpoilNumbersAsync(numbers);
        return $"{Crates.Describe(crate)} {string.Join(",", numbers)}";
    }

    public async Task<string> KeepThenChangeAsync(string to)
    {
        var other = GrainFactory.GetGrain<ISpoilingGrain>(to);
        var crate = Crates.New();
        await other.KeepAsync(crate);
        crate.Parcels[0].Label = "changed";
        crate.Shelves.Clear();
        return Crates.Describe(await other.KeptAsync());
    }

    public async Task<string> ChangeTheAnswerAsync(string to)
    {
        var other = GrainFactory.GetGrain<ISpoilingGrain>(to);
        await other.KeepAsync(Crates.New());
        var answer = await other.KeptAsync();
        answer.Parcels[0].Label = "changed";
        answer.Shelves.Clear();
        return Crates.Describe(await other.KeptAsync());
    }
}

internal static class Crates
{
    public const string AsNew = "a=1,2 b=3 first second; first";

    public static Crate New()
    {
        var first = new Parcel { Label = "first", Items = { 1 } };
        return new Crate
        {
            Shelves = { ["a"] = [1, 2], ["b"] = [3] },
            Parcels = [first, new Parcel { Label = "second" }],
            Favourite = first,
        };
    }

    public static string Describe(Crate crate)
    {
        var shelves = crate.Shelves.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key}={string.Join(",", s.Value)}");
        return $"{string.Join(" ", shelves)} {string.Join(" ", crate.Parcels.Select(p => p.Label))}; {crate.Favourite?.Label}";
    }
}
