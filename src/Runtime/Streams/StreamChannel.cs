using Grid.Runtime.Catalog;
using Grid.Runtime.CodeGeneration;
using Grid.Runtime.Diagnostics;
using Grid.Runtime.Execution;
using Orleans.Runtime;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace Grid.Runtime.Streams;

internal enum Reservation
{
    Taken,
    Full,
    Closed,
}

/// <summary>
/// The events of one stream that wait for one subscriber. The next is delivered when the one before was handled; one that fails is tried again,
/// to a fresh activation if need be. The queue belongs to the subscriber's partition; only the count is shared.
/// </summary>
internal sealed class StreamChannel
{
    private const int FirstRetryMilliseconds = 100;
    private const int LongestRetryMilliseconds = 10_000;
    private const int Closed = -1;

    private readonly EmbeddedGrainRuntime _runtime;
    private readonly UntypedReference _subscriber;
    private readonly Partition _partition;
    private readonly Delivery _delivery;
    private WorkQueue _waiting;
    private int _count;
    private bool _isBusy;
    private volatile bool _wasUsed;
    private int _attempts;
    private long _firstAttempt;
    private ITimer? _retry;

    public StreamChannel(EmbeddedGrainRuntime runtime, StreamKey stream, GrainClass grainClass)
    {
        _runtime = runtime;
        Stream = stream;
        Class = grainClass;
        _subscriber = runtime.Factory.Untyped(grainClass, stream.Id.KeySpan);
        _partition = _subscriber.Partition;
        _delivery = new Delivery(this);
    }

    public StreamKey Stream { get; }

    public GrainClass Class { get; }

    public bool IsClosed => Volatile.Read(ref _count) == Closed;

    /// <summary>A place in the queue, from any thread.</summary>
    public Reservation TryReserve()
    {
        var count = Volatile.Read(ref _count);
        while (true)
        {
            if (count == Closed)
                return Reservation.Closed;
            if (count >= _runtime.Options.StreamQueueLimit)
                return Reservation.Full;
            var seen = Interlocked.CompareExchange(ref _count, count + 1, count);
            if (seen == count)
            {
                _wasUsed = true;
                return Reservation.Taken;
            }

            count = seen;
        }
    }

    public void GiveBack() => Interlocked.Decrement(ref _count);

    public LimitExceededException Refuse()
    {
        _partition.Counters.CountRejected();
        return new LimitExceededException(nameof(EmbeddedRuntimeOptions.StreamQueueLimit), _count, _runtime.Options.StreamQueueLimit, Stream.ToString());
    }

    public bool TryClose()
    {
        if (_wasUsed)
        {
            _wasUsed = false;
            return false;
        }

        return Interlocked.CompareExchange(ref _count, Closed, 0) == 0;
    }

    public void Post(StreamEvent item) => _partition.Post(item);

    /// <summary>On the partition's thread.</summary>
    public void Enqueue(StreamEvent item)
    {
        item.Token = new StreamPosition(++_partition.StreamPosition);
        _waiting.Enqueue(item);
        _partition.Counters.StreamDepth++;
        if (!_isBusy)
            DeliverNext();
    }

    private void DeliverNext()
    {
        _isBusy = true;
        if (_attempts++ == 0)
            _firstAttempt = _runtime.Clock.GetTimestamp();
        _delivery.Prepare(_subscriber, CallOptions.OneWay, default);

        // Not that of the handler that has just ended here.
        _delivery.Context = ((StreamEvent)_waiting.Peek()!).Context;
        _partition.Accept(_delivery);
    }

    private void OnDelivered(Exception? error)
    {
        if (error is not null && _runtime.Clock.GetElapsedTime(_firstAttempt) < _runtime.Options.StreamDeliveryTime && !_runtime.IsStopping)
        {
            Log.DeliveryRetried(_runtime.Logger, error, _subscriber.GrainId, Stream, _attempts);
            _retry ??= _runtime.Clock.CreateTimer(
                static state => ((StreamChannel)state!)._partition.Post(new PartitionWork(_ => ((StreamChannel)state).DeliverNext())),
                this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            var wait = Math.Min(LongestRetryMilliseconds, FirstRetryMilliseconds << Math.Min(_attempts - 1, 16));
            _retry.Change(TimeSpan.FromMilliseconds(wait), Timeout.InfiniteTimeSpan);
            return;
        }

        if (error is not null)
        {
            _partition.Counters.StreamEventsDropped++;
            Log.DeliveryGivenUp(_runtime.Logger, error, _subscriber.GrainId, Stream);
        }
        else
        {
            _partition.Counters.StreamEvents++;
        }

        _waiting.Dequeue();
        _partition.Counters.StreamDepth--;
        Interlocked.Decrement(ref _count);
        _attempts = 0;
        if (_waiting.IsEmpty)
        {
            _isBusy = false;
            _retry?.Dispose();
            _retry = null;
        }
        else if (error is null)
        {
            DeliverNext();
        }
        else
        {
            // Not at once: a subscriber that refuses everything would have us go deeper with each event.
            _partition.Post(new PartitionWork(_ => DeliverNext()));
        }
    }

    private Task Deliver(Activation activation)
    {
        var item = (StreamEvent)_waiting.Peek()!;
        return Observer(activation) is { } observer ? item.Deliver(observer) : DeliverFirst(item, activation);
    }

    /// <summary>To one that has not attached an observer, or does so when it is told of its subscription.</summary>
    private async Task DeliverFirst(StreamEvent item, Activation activation)
    {
        if (activation.GrainInstance is IStreamSubscriptionObserver subscriber)
            await subscriber.OnSubscribed(new HandleFactory(Stream));
        if (Observer(activation) is not { } observer)
        {
            _partition.Counters.StreamEventsDropped++;
            Log.NoObserver(_runtime.Logger, activation, Stream);
            return;
        }

        await item.Deliver(observer);
    }

    private object? Observer(Activation activation) => activation.Extras.StreamObservers?.GetValueOrDefault(Stream);

    /// <summary>One object for all deliveries of a channel: there is one at a time.</summary>
    private sealed class Delivery(StreamChannel channel) : TaskRequest
    {
        public override string MethodName => "Stream/Deliver";

        internal override bool ReportsFailure => true;

        protected override Task Invoke(object target) => channel.Deliver(Runner!);

        protected override void Recycle()
        {
        }

        private protected override void OnFinished(Exception? error) => channel.OnDelivered(error);
    }

    private sealed class HandleFactory(StreamKey stream) : IStreamSubscriptionHandleFactory
    {
        public StreamId StreamId => stream.Id;

        public string ProviderName => stream.Provider;

        public StreamSubscriptionHandle<T> Create<T>() => new Subscription<T>(stream);
    }
}

internal enum StreamEventKind : byte
{
    Next,
    Completed,
    Error,
}

/// <summary>An event on its way to one subscriber.</summary>
internal abstract class StreamEvent(StreamChannel channel) : WorkItem
{
    public StreamSequenceToken Token = null!;

    /// <summary>The request context of the publisher.</summary>
    public Dictionary<string, object>? Context;

    public abstract Task Deliver(object observer);

    internal sealed override void Arrive(Partition partition) => channel.Enqueue(this);
}

internal sealed class StreamEvent<T>(StreamChannel channel, StreamEventKind kind, T? item, Exception? error) : StreamEvent(channel)
{
    public override Task Deliver(object observer)
    {
        var typed = observer as IAsyncObserver<T>
            ?? throw new InvalidCastException($"The stream carries {typeof(T)}, but its observer is a {observer.GetType()}.");
        return kind switch
        {
            StreamEventKind.Next => typed.OnNextAsync(item!, Token),
            StreamEventKind.Completed => typed.OnCompletedAsync(),
            StreamEventKind.Error => typed.OnErrorAsync(error!),
            _ => throw new InvalidOperationException($"There is no stream event of kind {kind}."),
        };
    }
}
