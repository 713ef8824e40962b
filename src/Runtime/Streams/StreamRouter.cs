using System.Collections.Concurrent;
using Grid.Runtime.Catalog;
using Grid.Runtime.Execution;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Streams;

namespace Grid.Runtime.Streams;

/// <summary>Knows which grains subscribe to which streams, and keeps the queue of each.</summary>
internal sealed class StreamRouter
{
    private readonly EmbeddedGrainRuntime _runtime;
    private readonly Dictionary<string, GrainClass[]> _subscribers;
    private readonly ConcurrentDictionary<(StreamKey Stream, GrainClass Class), StreamChannel> _channels = new();

    public StreamRouter(EmbeddedGrainRuntime runtime)
    {
        _runtime = runtime;
        foreach (var grainClass in runtime.Catalog.Classes)
        {
            if (grainClass.Subscriptions.Any(subscription => subscription.StreamIdMapper is not null))
                throw new InvalidOperationException($"{grainClass.Type!.FullName}: the embedded runtime has no stream id mappers.");
        }

        _subscribers = runtime.Catalog.Classes
            .SelectMany(grainClass => grainClass.Subscriptions.Select(subscription => (subscription.Namespace, Class: grainClass)))
            .Distinct()
            .GroupBy(pair => pair.Namespace, pair => pair.Class, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
    }

    public static IStreamProvider Provider(IServiceProvider services, string name) =>
        services.GetKeyedService<IStreamProvider>(name) ?? throw new KeyNotFoundException($"No stream provider named '{name}' was registered.");

    public static bool IsSubscribed(Activation activation, StreamId stream) =>
        activation.Key == stream.GetKeyAsString() && activation.Class.Subscriptions.Any(subscription => subscription.Namespace == stream.GetNamespace());

    public StreamChannel[] ChannelsOf(StreamKey stream) =>
        stream.Id.GetNamespace() is { } ns && _subscribers.TryGetValue(ns, out var classes)
            ? [.. classes.Select(grainClass => Open(stream, grainClass))]
            : [];

    public StreamChannel Reopen(StreamChannel closed) => Open(closed.Stream, closed.Class);

    /// <summary>Puts away channels that were not used since the last time.</summary>
    public void CollectIdle()
    {
        foreach (var (key, channel) in _channels)
        {
            if (channel.TryClose())
                _channels.TryRemove(KeyValuePair.Create(key, channel));
        }
    }

    private StreamChannel Open(StreamKey stream, GrainClass grainClass)
    {
        while (true)
        {
            var channel = _channels.GetOrAdd((stream, grainClass), static (key, runtime) => new StreamChannel(runtime, key.Stream, key.Class), _runtime);
            if (!channel.IsClosed)
                return channel;
            _channels.TryRemove(KeyValuePair.Create((stream, grainClass), channel));
        }
    }
}
