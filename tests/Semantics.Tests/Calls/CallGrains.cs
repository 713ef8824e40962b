using Orleans.Concurrency;

namespace Grid.Tests.Semantics.Calls;

/// <summary>Mutable on purpose.</summary>
[GenerateSerializer]
public sealed class Parcel
{
    [Id(0)]
    public string Label { get; set; } = "";

    [Id(1)]
    public List<int> Items { get; set; } = [];
}

[GenerateSerializer]
[Immutable]
public sealed record Letter([property: Id(0)] string Text);

[GenerateSerializer]
public sealed class LampBrokenException(string message, int code) : Exception(message)
{
    [Id(0)]
    public int Code { get; } = code;
}

public interface ICallGrain : IGrainWithStringKey
{
    /// <summary>Waits at the gate, then tells what it was given.</summary>
    Task<string> DescribeLaterAsync(Parcel parcel, int[] numbers, string gate);

    Task KeepAsync(Parcel parcel);

    Task<Parcel> KeptAsync();

    /// <summary>Changes what it keeps, behind the back of whoever was given it.</summary>
    Task SpoilAsync();

    Task<Letter> EchoAsync(Letter letter);

    Task FailAsync();

    Task FailLaterAsync();

    Task<string> FailThroughAsync(string other);

    Task HoldAsync(string gate);

    [OneWay]
    Task TellAsync(string gate);

    [OneWay]
    Task TellAndFailAsync();

    Task<string> PingAsync();

    ValueTask<int> AddAsync(int a, int b);
}

public sealed class CallGrain(Journal journal) : Grain, ICallGrain
{
    private Parcel _kept = new();

    public async Task<string> DescribeLaterAsync(Parcel parcel, int[] numbers, string gate)
    {
        await journal.PassAsync(gate);
        return $"{parcel.Label}: {string.Join(",", parcel.Items)}; {string.Join(",", numbers)}";
    }

    public Task KeepAsync(Parcel parcel)
    {
        _kept = parcel;
        return Task.CompletedTask;
    }

    public Task<Parcel> KeptAsync() => Task.FromResult(_kept);

    public Task SpoilAsync()
    {
        _kept.Label = "spoiled";
        _kept.Items.Clear();
        return Task.CompletedTask;
    }

    public Task<Letter> EchoAsync(Letter letter) => Task.FromResult(letter);

    public Task FailAsync() => throw new LampBrokenException("The lamp is broken.", 7);

    public async Task FailLaterAsync()
    {
        await Task.Yield();
        throw new ArgumentException("Not a percent.", "percent");
    }

    public async Task<string> FailThroughAsync(string other)
    {
        try
        {
            await GrainFactory.GetGrain<ICallGrain>(other).FailAsync();
            return "no failure";
        }
        catch (LampBrokenException e)
        {
            return $"{e.Message} {e.Code}";
        }
    }

    public async Task HoldAsync(string gate)
    {
        await journal.PassAsync(gate);
        journal.Write(this.GetPrimaryKeyString(), "held call ended");
    }

    public Task TellAsync(string gate) => HoldAsync(gate);

    public Task TellAndFailAsync()
    {
        journal.Write(this.GetPrimaryKeyString(), "told");
        throw new LampBrokenException("Nobody hears this.", 8);
    }

    public Task<string> PingAsync() => Task.FromResult("pong");

    public ValueTask<int> AddAsync(int a, int b) => ValueTask.FromResult(a + b);
}
