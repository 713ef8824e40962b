using System.Runtime.CompilerServices;
using Grid.Client.Authentication;
using Grid.Client.Limits;
using Grid.Client.Metrics;
using Grid.Client.Rights;
using Grid.Contracts.Rights;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Grid.Client.Live;

/// <summary>The live face of Grid: <c>/hubs/live</c>, JSON protocol.</summary>
internal sealed partial class LiveHub(
    LiveFeeds feeds, TerritoryRights rights, GatewayMeter meter, IOptions<GatewayLimits> limits, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<LiveHub> log) : Hub
{
    private const string CountedKey = "grid.counted";
    private const string StreamsKey = "grid.streams";

    // Who is a member of a body changes by the day: a stream that goes on is looked at again.
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public override async Task OnConnectedAsync()
    {
        Context.Items[CountedKey] = true;
        Context.Items[StreamsKey] = new StreamCount();
        if (meter.ClientCame() > limits.Value.LiveConnections)
        {
            meter.RequestRefused("liveConnections");
            LogTooMany(limits.Value.LiveConnections);
            Context.Abort();
        }

        await base.OnConnectedAsync();
    }

    /// <inheritdoc/>
    public override Task OnDisconnectedAsync(Exception? exception)
    {
        if (Context.Items.Remove(CountedKey))
        {
            meter.ClientLeft();
        }

        return base.OnDisconnectedAsync(exception);
    }

    /// <summary>Streams what a scope shows: a snapshot first, or the changes since a cursor; then changes as they come.</summary>
    /// <param name="scope"><c>device:ID</c>, <c>commune:29019</c>, <c>syndicate:SIREN</c>, <c>department:29</c> or <c>all</c>.</param>
    /// <param name="options">See <see cref="WatchOptions"/>; null for figures only.</param>
    /// <param name="cancellationToken">Set by the connection.</param>
    [RequiresRight(Right.Read)]
    public IAsyncEnumerable<EncodedFrame> Watch(string scope, WatchOptions? options, CancellationToken cancellationToken)
    {
        if (!LiveScope.TryParse(scope, out var parsed))
        {
            throw Refused(new("scope", "is none of device:ID, commune:INSEE, syndicate:SIREN, department:CODE and all"));
        }

        try
        {
            options ??= new();
            var actor = Context.GetHttpContext()?.Features.Get<Actor>() ?? throw new WatchRefusedException("connection", "has not signed in");
            var (filter, interval) = WatchFilter.Of(options, actor.SeesPersonalData);
            var streams = (StreamCount)Context.Items[StreamsKey]!;
            return streams.TryAdd(limits.Value.StreamsPerConnection)
                ? StreamAsync(new(parsed, filter, interval), actor, options.Cursor, streams, cancellationToken)
                : throw new WatchRefusedException("connection", "has too many streams");
        }
        catch (WatchRefusedException fault)
        {
            throw Refused(fault);
        }
    }

    private async IAsyncEnumerable<EncodedFrame> StreamAsync(
        FeedKey key, Actor actor, string? cursor, StreamCount streams, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        meter.StreamOpened();
        try
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
            await RequireAsync(actor, key.Scope, end.Token);
            var lookedAt = time.GetTimestamp();
            await using var subscription = new Subscription(key, cursor, feeds, meter, time);
            while (await NextAsync(subscription, end.Token) is { } frames)
            {
                if (time.GetElapsedTime(lookedAt) >= LookAgainAfter)
                {
                    await RequireAsync(actor, key.Scope, end.Token);
                    lookedAt = time.GetTimestamp();
                }

                foreach (var frame in frames)
                {
                    if (frame.AsOf is { } asOf && frame.Type == "delta")
                    {
                        meter.UpdateAge(time.GetUtcNow() - asOf);
                    }

                    meter.FrameSent(frame.Type, frame.Utf8.Length);
                    yield return frame;
                }
            }
        }
        finally
        {
            streams.Remove();
            meter.StreamClosed();
        }
    }

    private async Task RequireAsync(Actor actor, LiveScope scope, CancellationToken cancellationToken)
    {
        if (actor.Territory is not null && !await rights.CoversAsync(await rights.OfAsync(actor, cancellationToken), scope.ToString(), cancellationToken))
        {
            throw Refused(new("scope", "is outside of where your rights hold"));
        }
    }

    private async Task<IReadOnlyList<EncodedFrame>?> NextAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        try
        {
            return await subscription.NextAsync(cancellationToken);
        }
        catch (WatchRefusedException fault)
        {
            throw Refused(fault);
        }
    }

    private HubException Refused(WatchRefusedException fault)
    {
        meter.RequestRefused("watch");
        return new(fault.Message);
    }

    [LoggerMessage(EventId = 3120, Level = LogLevel.Warning, Message = "A live connection was refused: there are {Limit} already")]
    private partial void LogTooMany(int limit);

    private sealed class StreamCount
    {
        private int _count;

        public bool TryAdd(int limit)
        {
            if (Interlocked.Increment(ref _count) <= limit)
            {
                return true;
            }

            Interlocked.Decrement(ref _count);
            return false;
        }

        public void Remove() => Interlocked.Decrement(ref _count);
    }
}
