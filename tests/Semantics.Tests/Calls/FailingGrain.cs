namespace Grid.Tests.Semantics.Calls;

public enum Failure
{
    Private,
    Inner,
    Aggregate,
    Cancelled,
    Cancelling,
}

public interface IFailingGrain : IGrainWithStringKey
{
    Task FailAsync(Failure how);

    ValueTask<int> FailValueAsync(bool later);

    /// <summary>The last grain of a line fails.</summary>
    Task<int> FailBelowAsync(string line, int left);
}

public sealed class FailingGrain : Grain, IFailingGrain
{
    public Task FailAsync(Failure how) => how switch
    {
        Failure.Private => throw new PrivateException(),
        Failure.Inner => throw new InvalidOperationException("Cannot switch.", new LampBrokenException("The lamp is broken.", 9)),
        Failure.Aggregate => throw new AggregateException(new InvalidOperationException("one"), new InvalidOperationException("two")),
        Failure.Cancelled => Task.FromCanceled(new CancellationToken(canceled: true)),
        Failure.Cancelling => throw new OperationCanceledException("Not now."),
        _ => throw new ArgumentOutOfRangeException(nameof(how), how, null),
    };

    public async ValueTask<int> FailValueAsync(bool later)
    {
        if (!later)
            throw new LampBrokenException("At once.", 1);
        await Task.Yield();
        throw new LampBrokenException("Later.", 2);
    }

    public async Task<int> FailBelowAsync(string line, int left) => left == 0
        ? throw new LampBrokenException("At the bottom.", 3)
        : 1 + await GrainFactory.GetGrain<IFailingGrain>($"{line}-{left}").FailBelowAsync(line, left - 1);

    private sealed class PrivateException() : Exception("Only this class knows me.");
}
