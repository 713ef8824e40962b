using Orleans.Runtime;
using Orleans.Streams;

namespace Orleans.Streams
{
    /// <summary>Gives access to streams by their id.</summary>
    public interface IStreamProvider
    {
        string Name { get; }

        /// <summary>False: events that were delivered are gone.</summary>
        bool IsRewindable { get; }

        IAsyncStream<T> GetStream<T>(StreamId streamId);
    }

    /// <summary>A stream, whatever is in it.</summary>
    public interface IAsyncStream
    {
        bool IsRewindable { get; }

        string ProviderName { get; }

        StreamId StreamId { get; }
    }

    /// <summary>Receives events, one at a time and in order.</summary>
    public interface IAsyncObserver<in T>
    {
        Task OnNextAsync(T item, StreamSequenceToken? token = null);

        Task OnCompletedAsync() => Task.CompletedTask;

        Task OnErrorAsync(Exception ex);
    }

    /// <summary>Something that can be observed.</summary>
    public interface IAsyncObservable<T>
    {
        Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer);
    }

    /// <summary>Takes several events at once.</summary>
    public interface IAsyncBatchProducer<T> : IAsyncObserver<T>
    {
        Task OnNextBatchAsync(IEnumerable<T> batch, StreamSequenceToken? token = null);
    }

    /// <summary>A stream of <typeparamref name="T"/>.</summary>
    public interface IAsyncStream<T> : IAsyncStream, IEquatable<IAsyncStream<T>>, IComparable<IAsyncStream<T>>, IAsyncObservable<T>, IAsyncBatchProducer<T>
    {
        /// <summary>The subscriptions of the calling grain: one when its class subscribes to the stream's namespace, else none.</summary>
        Task<IList<StreamSubscriptionHandle<T>>> GetAllSubscriptionHandles();
    }

    /// <summary>Where an event stands in its stream: later events have greater tokens.</summary>
    public abstract class StreamSequenceToken : IEquatable<StreamSequenceToken?>, IComparable<StreamSequenceToken?>
    {
        public abstract long SequenceNumber { get; protected set; }

        public abstract int EventIndex { get; protected set; }

        public abstract bool Equals(StreamSequenceToken? other);

        public abstract int CompareTo(StreamSequenceToken? other);
    }

    /// <summary>A grain's subscription to a stream.</summary>
    public abstract class StreamSubscriptionHandle<T> : IEquatable<StreamSubscriptionHandle<T>?>
    {
        public abstract StreamId StreamId { get; }

        public abstract string ProviderName { get; }

        public abstract Guid HandleId { get; }

        /// <summary>Detaches the observer. Events of an implicit subscription go on coming.</summary>
        public abstract Task UnsubscribeAsync();

        /// <summary>Attaches an observer to this activation.</summary>
        public abstract Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token = null);

        public abstract bool Equals(StreamSubscriptionHandle<T>? other);
    }

    /// <summary>Streams by the parts of their id.</summary>
    public static class StreamProviderExtensions
    {
        public static IAsyncStream<T> GetStream<T>(this IStreamProvider streamProvider, string id) => Of<T>(streamProvider, null, id);

        public static IAsyncStream<T> GetStream<T>(this IStreamProvider streamProvider, string ns, string id) => Of<T>(streamProvider, ns, id);

        private static IAsyncStream<T> Of<T>(IStreamProvider provider, string? ns, string id)
        {
            ArgumentNullException.ThrowIfNull(provider);
            return provider.GetStream<T>(StreamId.Create(ns, id));
        }
    }
}

namespace Orleans.Streams.Core
{
    /// <summary>Makes the handle of a subscription for the type of its events.</summary>
    public interface IStreamSubscriptionHandleFactory
    {
        StreamId StreamId { get; }

        string ProviderName { get; }

        StreamSubscriptionHandle<T> Create<T>();
    }

    /// <summary>A grain that is told of its subscriptions, and attaches its observers then, rather than when it activates.</summary>
    public interface IStreamSubscriptionObserver
    {
        /// <summary>Called before the first event of a stream for which no observer is attached.</summary>
        Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory);
    }
}

namespace Orleans
{
    /// <summary>Grains of this class receive the events of the streams of that namespace whose key is theirs.</summary>
    [AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
    public class ImplicitStreamSubscriptionAttribute : Attribute
    {
        public ImplicitStreamSubscriptionAttribute(string streamNamespace, string? streamIdMapper = null)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(streamNamespace);
            Namespace = streamNamespace;
            StreamIdMapper = streamIdMapper;
        }

        /// <summary>Must be null here: the grain's key is the stream's.</summary>
        public string? StreamIdMapper { get; init; }

        internal string Namespace { get; }
    }

    /// <summary>How a grain gets at streams.</summary>
    public static class GrainStreamingExtensions
    {
        public static IStreamProvider GetStreamProvider(this Grain grain, string name)
        {
            ArgumentNullException.ThrowIfNull(grain);
            return Grid.Runtime.Streams.StreamRouter.Provider(grain.GrainContext.ActivationServices, name);
        }

        public static IStreamProvider GetStreamProvider(this IGrainBase grain, string name)
        {
            ArgumentNullException.ThrowIfNull(grain);
            return Grid.Runtime.Streams.StreamRouter.Provider(grain.GrainContext.ActivationServices, name);
        }
    }

    /// <summary>How a client gets at streams.</summary>
    public static class ClientStreamingExtensions
    {
        public static IStreamProvider GetStreamProvider(this IClusterClient client, string name)
        {
            ArgumentNullException.ThrowIfNull(client);
            return Grid.Runtime.Streams.StreamRouter.Provider(client.ServiceProvider, name);
        }
    }
}
