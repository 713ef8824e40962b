using Grid.Runtime.CodeGeneration;
using Grid.Runtime.Execution;
using Orleans.Runtime;
using Orleans.Streams;

namespace Grid.Runtime.Streams;

/// <summary>Who a stream is, with its provider.</summary>
internal readonly record struct StreamKey(string Provider, StreamId Id)
{
    public override string ToString() => $"{Provider}/{Id}";
}

/// <summary>Where an event stands among those of its partition.</summary>
internal sealed class StreamPosition(long number) : StreamSequenceToken
{
    public override long SequenceNumber { get; protected set; } = number;

    public override int EventIndex { get; protected set; }

    public override bool Equals(StreamSequenceToken? other) => other is not null && CompareTo(other) == 0;

    public override bool Equals(object? obj) => Equals(obj as StreamSequenceToken);

    public override int GetHashCode() => SequenceNumber.GetHashCode();

    public override int CompareTo(StreamSequenceToken? other) => other is null ? 1
        : SequenceNumber != other.SequenceNumber ? SequenceNumber.CompareTo(other.SequenceNumber)
        : EventIndex.CompareTo(other.EventIndex);

    public override string ToString() => $"[{SequenceNumber}:{EventIndex}]";
}

internal sealed class EmbeddedStreamProvider(EmbeddedGrainRuntime runtime, string name) : IStreamProvider
{
    public string Name => name;

    public bool IsRewindable => false;

    public IAsyncStream<T> GetStream<T>(StreamId streamId) => new EmbeddedStream<T>(runtime, new StreamKey(name, streamId));
}

/// <summary>A stream within the process. An event is accepted when it stands in the queue of every subscriber.</summary>
internal sealed class EmbeddedStream<T>(EmbeddedGrainRuntime runtime, StreamKey key) : IAsyncStream<T>
{
    private StreamChannel[]? _channels;

    public bool IsRewindable => false;

    public string ProviderName => key.Provider;

    public StreamId StreamId => key.Id;

    public Task OnNextAsync(T item, StreamSequenceToken? token = null) => Publish(StreamEventKind.Next, item, null);

    public Task OnCompletedAsync() => Publish(StreamEventKind.Completed, default, null);

    public Task OnErrorAsync(Exception ex)
    {
        ArgumentNullException.ThrowIfNull(ex);
        return Publish(StreamEventKind.Error, default, ex);
    }

    public async Task OnNextBatchAsync(IEnumerable<T> batch, StreamSequenceToken? token = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach (var item in batch)
            await OnNextAsync(item, token);
    }

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer) => Subscription().ResumeAsync(observer);

    public Task<IList<StreamSubscriptionHandle<T>>> GetAllSubscriptionHandles()
    {
        var activation = Partition.CurrentActivation;
        return Task.FromResult<IList<StreamSubscriptionHandle<T>>>(
            activation is not null && StreamRouter.IsSubscribed(activation, key.Id) ? [Subscription()] : []);
    }

    public bool Equals(IAsyncStream<T>? other) => other is not null && other.StreamId == StreamId && other.ProviderName == ProviderName;

    public override bool Equals(object? obj) => Equals(obj as IAsyncStream<T>);

    public override int GetHashCode() => key.Id.GetHashCode();

    public int CompareTo(IAsyncStream<T>? other) => other is null ? 1 : StreamId.CompareTo(other.StreamId);

    private Task Publish(StreamEventKind kind, T? item, Exception? error)
    {
        var channels = _channels ??= runtime.Streams.ChannelsOf(key);
        for (var i = 0; i < channels.Length; i++)
        {
            var verdict = channels[i].TryReserve();
            if (verdict == Reservation.Closed)
            {
                // The channel was put away meanwhile. Those before this one have their place already.
                channels[i] = runtime.Streams.Reopen(channels[i]);
                i--;
                continue;
            }

            if (verdict == Reservation.Full)
            {
                for (var taken = 0; taken < i; taken++)
                    channels[taken].GiveBack();
                return Task.FromException(channels[i].Refuse());
            }
        }

        foreach (var channel in channels)
            channel.Post(new StreamEvent<T>(channel, kind, Message.Copy(item!), error) { Context = RequestContext.Capture() });
        return Task.CompletedTask;
    }

    private Subscription<T> Subscription()
    {
        var activation = Partition.CurrentActivation
            ?? throw new InvalidOperationException($"Only a grain can subscribe to stream {key}, in one of its turns.");
        if (!StreamRouter.IsSubscribed(activation, key.Id))
        {
            throw new InvalidOperationException(
                $"{activation.Class.Type!.Name} has no [ImplicitStreamSubscription(\"{key.Id.GetNamespace()}\")], or stream {key} has another key than {activation}.");
        }

        return new Subscription<T>(key);
    }
}

/// <summary>The implicit subscription of a grain.</summary>
internal sealed class Subscription<T>(StreamKey key) : StreamSubscriptionHandle<T>
{
    public override StreamId StreamId => key.Id;

    public override string ProviderName => key.Provider;

    public override Guid HandleId { get; } = new(key.Id.GetHashCode(), 0, 0, BitConverter.GetBytes((long)StableTextHash.Of(key.Provider)));

    public override Task UnsubscribeAsync()
    {
        Current().Extras.StreamObservers?.Remove(key);
        return Task.CompletedTask;
    }

    public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token = null)
    {
        ArgumentNullException.ThrowIfNull(observer);
        if (token is not null)
            throw new ArgumentNullException(nameof(token), $"Stream {key} cannot be rewound: the token must be null.");
        (Current().Extras.StreamObservers ??= [])[key] = observer;
        return Task.FromResult<StreamSubscriptionHandle<T>>(this);
    }

    public override bool Equals(StreamSubscriptionHandle<T>? other) =>
        other is not null && other.StreamId == StreamId && other.ProviderName == ProviderName;

    public override bool Equals(object? obj) => Equals(obj as StreamSubscriptionHandle<T>);

    public override int GetHashCode() => key.Id.GetHashCode();

    private Activation Current() => Partition.CurrentActivation
        ?? throw new InvalidOperationException($"The subscription to {key} belongs to a grain: use it in a turn of that grain.");
}
