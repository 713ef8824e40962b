using Orleans;
using Orleans.Runtime;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace Grid.Tests.Runtime;

[ImplicitStreamSubscription("numbers")]
public sealed class ListenerGrain(Script script) : Grain, IListenerGrain
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var stream = this.GetStreamProvider("s").GetStream<int>(StreamId.Create("numbers", this.GetPrimaryKeyString()));
        await stream.SubscribeAsync(OnNext, error => Tell($"error {error.Message}"), () => Tell("completed"));
    }

    public Task Touch() => Task.CompletedTask;

    private async Task OnNext(int number, StreamSequenceToken? token)
    {
        if (script.Answers.TryGetValue($"number {number}", out var answer))
            await answer();
        script.Tell($"{this.GetPrimaryKeyString()} {number}");
    }

    private Task Tell(string what)
    {
        script.Tell(what);
        return Task.CompletedTask;
    }
}

public interface IListenerGrain : IGrainWithStringKey
{
    Task Touch();
}

public interface ILateListenerGrain : IGrainWithStringKey
{
    Task<int> Publish(int from, int to);
}

[ImplicitStreamSubscription("late")]
public sealed class LateListenerGrain(Script script) : Grain, ILateListenerGrain, IStreamSubscriptionObserver, IAsyncObserver<int>
{
    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory)
    {
        script.Tell($"subscribed {handleFactory.StreamId}");
        return handleFactory.Create<int>().ResumeAsync(this);
    }

    public Task OnNextAsync(int item, StreamSequenceToken? token = null)
    {
        script.Tell($"late {item}");
        return Task.CompletedTask;
    }

    public Task OnCompletedAsync() => Task.CompletedTask;

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;

    public async Task<int> Publish(int from, int to)
    {
        var stream = this.GetStreamProvider("s").GetStream<int>("numbers", this.GetPrimaryKeyString());
        for (var i = from; i < to; i++)
            await stream.OnNextAsync(i);
        return to - from;
    }
}

/// <summary>Counts, and allocates nothing itself.</summary>
[ImplicitStreamSubscription("quiet")]
public sealed class QuietListenerGrain : Grain, IQuietListenerGrain, IAsyncObserver<int>
{
    private int _count;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var stream = this.GetStreamProvider("s").GetStream<int>(StreamId.Create("quiet", this.GetPrimaryKeyString()));
        foreach (var subscription in await stream.GetAllSubscriptionHandles())
            await subscription.ResumeAsync(this);
    }

    public Task<int> Count() => Task.FromResult(_count);

    public Task OnNextAsync(int item, StreamSequenceToken? token = null)
    {
        _count++;
        return Task.CompletedTask;
    }

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
}

public interface IQuietListenerGrain : IGrainWithStringKey
{
    Task<int> Count();
}
