using Grid.Simulation.Faults;
using Orleans.Runtime;
using Orleans.Streams;

namespace Grid.Simulation.Stores;

/// <summary>
/// Streams whose events may come late, twice, overtaken and not at all. Roll-up events are hints, versioned by what they sum: that is what the grid must bear
/// on any stream provider.
/// </summary>
internal sealed class FaultyStreams(IStreamProvider inner, World world, TimeProvider clock) : IStreamProvider
{
    private static readonly TimeSpan LatestFrom = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LatestTo = TimeSpan.FromSeconds(4);

    private readonly Chance _chance = world.ChanceOf("streams");

    public string Name => inner.Name;

    public bool IsRewindable => inner.IsRewindable;

    public IAsyncStream<T> GetStream<T>(StreamId streamId) => new Stream<T>(this, inner.GetStream<T>(streamId));

    private Task PublishAsync<T>(IAsyncStream<T> stream, T item)
    {
        if (_chance.Happens(world.Rates[Fault.StreamDuplicate]))
        {
            Later(stream, item);
        }

        if (_chance.Happens(world.Rates[Fault.StreamLoss]))
        {
            world.Trace.Add("event lost", stream.StreamId.ToString());
            return Task.CompletedTask;
        }

        if (_chance.Happens(world.Rates[Fault.StreamDelay]))
        {
            Later(stream, item);
            return Task.CompletedTask;
        }

        return stream.OnNextAsync(item);
    }

    private void Later<T>(IAsyncStream<T> stream, T item)
    {
        world.Trace.Add("event delayed", stream.StreamId.ToString());
        clock.CreateTimer(_ => stream.OnNextAsync(item), null, _chance.Between(LatestFrom, LatestTo), Timeout.InfiniteTimeSpan);
    }

    private sealed class Stream<T>(FaultyStreams streams, IAsyncStream<T> inner) : IAsyncStream<T>
    {
        public bool IsRewindable => inner.IsRewindable;

        public string ProviderName => inner.ProviderName;

        public StreamId StreamId => inner.StreamId;

        public Task OnNextAsync(T item, StreamSequenceToken? token = null) => streams.PublishAsync(inner, item);

        public Task OnNextBatchAsync(IEnumerable<T> batch, StreamSequenceToken? token = null) => inner.OnNextBatchAsync(batch, token);

        public Task OnCompletedAsync() => inner.OnCompletedAsync();

        public Task OnErrorAsync(Exception ex) => inner.OnErrorAsync(ex);

        public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer) => inner.SubscribeAsync(observer);

        public Task<IList<StreamSubscriptionHandle<T>>> GetAllSubscriptionHandles() => inner.GetAllSubscriptionHandles();

        public bool Equals(IAsyncStream<T>? other) => other is Stream<T> stream ? inner.Equals(stream.Inner) : inner.Equals(other);

        public override bool Equals(object? obj) => Equals(obj as IAsyncStream<T>);

        public override int GetHashCode() => inner.GetHashCode();

        public int CompareTo(IAsyncStream<T>? other) => inner.CompareTo(other is Stream<T> stream ? stream.Inner : other);

        private IAsyncStream<T> Inner => inner;
    }
}
