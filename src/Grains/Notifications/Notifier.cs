using System.Collections.Immutable;
using Grid.Contracts.Notifications;
using Grid.Contracts.Storage;
using Orleans;

namespace Grid.Grains.Notifications;

/// <summary>What became of a notification that was asked for.</summary>
public enum NotifyOutcome
{
    /// <summary>It is kept, and delivered or expired in time.</summary>
    Kept,

    /// <summary>It was kept before.</summary>
    KeptBefore,

    /// <summary>There is no such endpoint.</summary>
    NoSuchEndpoint,

    /// <summary>The endpoint is disabled.</summary>
    Disabled,
}

/// <summary>What is to be told, in each language.</summary>
/// <param name="Id">See <see cref="Notification.Id"/>: the same for the same.</param>
/// <param name="Type">See <see cref="Notification.Type"/>.</param>
/// <param name="Subject">One line.</param>
/// <param name="Body">The message.</param>
/// <param name="Fields">The same for programs; null for nothing.</param>
public sealed record NotificationText(string Id, string Type, BilingualText Subject, BilingualText Body, ImmutableSortedDictionary<string, string>? Fields = null);

/// <summary>The way from a grain or the gateway to an endpoint: what it answers as kept is durable, and asked for twice it is once.</summary>
/// <param name="outbox">Where notifications are kept.</param>
/// <param name="options">For how long and how many.</param>
/// <param name="instruments">What is counted.</param>
/// <param name="clock">The clock.</param>
public sealed class Notifier(INotificationOutbox outbox, NotifierOptions options, NotificationInstruments instruments, TimeProvider clock)
{
    /// <summary>Asks for a notification in the language of the endpoint. What is longer than it may be is cut.</summary>
    /// <exception cref="ArgumentException">The id is none.</exception>
    public async Task<NotifyOutcome> NotifyAsync(IGrainFactory grains, string endpoint, NotificationText text)
    {
        if (!NotificationIds.IsId(text.Id))
        {
            throw new ArgumentException($"'{text.Id}' is no id of a notification.", nameof(text));
        }

        var found = await grains.GetGrain<INotificationEndpointsGrain>(INotificationEndpointsGrain.Key).Find(endpoint);
        var (outcome, displaced) = found switch
        {
            null => (NotifyOutcome.NoSuchEndpoint, 0),
            { IsEnabled: false } => (NotifyOutcome.Disabled, 0),
            _ => await KeepAsync(found, text),
        };
        instruments.Asked(outcome, displaced);
        return outcome;
    }

    /// <summary>A failed or expired one is tried again, for as long as a new one is; false when it is neither, or not there.</summary>
    public Task<bool> RetryAsync(string notification)
    {
        var now = Now();
        return outbox.RetryAsync(notification, now, now + options.Expiry, CancellationToken.None);
    }

    private async Task<(NotifyOutcome Outcome, int Displaced)> KeepAsync(NotificationEndpoint endpoint, NotificationText text)
    {
        var now = Now();
        var added = await outbox.AddAsync(
            new Notification
            {
                Id = text.Id,
                Endpoint = endpoint.Id,
                Type = text.Type,
                Subject = Line(text.Subject.In(endpoint.Language)),
                Body = Cut(text.Body.In(endpoint.Language), Notification.MaximumBodyLength),
                Fields = text.Fields ?? ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal),
                CreatedAt = now,
                ExpiresAt = now + options.Expiry,
            },
            options.MostPending,
            CancellationToken.None);
        return (added.IsNew ? NotifyOutcome.Kept : NotifyOutcome.KeptBefore, added.Displaced);
    }

    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>A subject is one line, whatever an alarm's message holds: it becomes a header of a mail.</summary>
    private static string Line(string text) => Cut(string.Concat(text.Select(static character => char.IsControl(character) ? ' ' : character)), Notification.MaximumSubjectLength);

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1)] + "…";
}
