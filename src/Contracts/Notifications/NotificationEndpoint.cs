using System.Collections.Immutable;
using Grid.Contracts.Rights;
using Orleans;
using Orleans.Concurrency;

namespace Grid.Contracts.Notifications;

/// <summary>How an endpoint is reached. The numbers are stored: never renumber.</summary>
public enum EndpointKind : byte
{
    /// <summary>A signed POST of JSON.</summary>
    Webhook = 0,

    /// <summary>A message by SMTP.</summary>
    Email = 1,
}

/// <summary>Languages in which people are told. The numbers are stored: never renumber.</summary>
public enum NotificationLanguage : byte
{
    /// <summary>French.</summary>
    Fr = 0,

    /// <summary>English.</summary>
    En = 1,
}

/// <summary>Somebody, or some program, that can be told. It holds a secret: it never leaves the processes of the grid.</summary>
[GenerateSerializer, Immutable, Alias("grid.NotificationEndpoint")]
public sealed record NotificationEndpoint
{
    /// <summary>Its id: at most 64 of <c>A-Z a-z 0-9 . _ -</c>.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>How it is reached.</summary>
    [Id(1)] public required EndpointKind Kind { get; init; }

    /// <summary>Address: an http or https URL of a webhook, a mail address.</summary>
    [Id(2)] public required string Address { get; init; }

    /// <summary>Secret that signs what a webhook is sent; null for a mail address.</summary>
    [Id(3)] public string? Secret { get; init; }

    /// <summary>Whose it is, such as <c>commune:29019</c>.</summary>
    [Id(4)] public required string Scope { get; init; }

    /// <summary>The language of its messages.</summary>
    [Id(5)] public NotificationLanguage Language { get; init; }

    /// <summary>False and nothing new is sent to it; what waits fails.</summary>
    [Id(6)] public bool IsEnabled { get; init; } = true;

    /// <summary>Why it was disabled by itself, for people; null when it was not.</summary>
    [Id(7)] public string? DisabledReason { get; init; }

    /// <summary>When it was changed last.</summary>
    [Id(8)] public DateTimeOffset ChangedAt { get; init; }
}

/// <summary>The endpoints of the grid: who can be told. One grain, keyed <see cref="Key"/>. What it answers is persisted.</summary>
[Alias("grid.INotificationEndpointsGrain"), RequiresRight(Right.Internal)]
public interface INotificationEndpointsGrain : IGrainWithStringKey
{
    /// <summary>Its key.</summary>
    const string Key = "notification-endpoints";

    /// <summary>Endpoints at most.</summary>
    const int MaximumEndpoints = 2_000;

    /// <summary>Creates or replaces an endpoint; the same again changes nothing.</summary>
    /// <param name="endpoint">The endpoint; a webhook without a secret keeps the one it had, and gets a new one when it had none.</param>
    /// <param name="renewsSecret">True to make a new secret also where there was one.</param>
    [Alias("Put")]
    Task<EndpointAnswer> Put(NotificationEndpoint endpoint, bool renewsSecret);

    /// <summary>Removes an endpoint; false when there is none.</summary>
    [Alias("Remove")]
    Task<bool> Remove(string id);

    /// <summary>Its receiver says that it is gone for good: nothing more is sent to it until a person enables it again. False when there is nothing to disable.</summary>
    /// <param name="id">The endpoint.</param>
    /// <param name="address">The address that said so: one that was replaced meanwhile disables nothing.</param>
    /// <param name="reason">Why, for people.</param>
    [Alias("Disable")]
    Task<bool> Disable(string id, string address, string reason);

    /// <summary>Sends a test message to an enabled endpoint: the id of its notification, which is kept; null when there is no such endpoint, or it is disabled.</summary>
    /// <param name="id">The endpoint.</param>
    /// <param name="by">Who asks, for people.</param>
    [Alias("Test")]
    Task<string?> Test(string id, string by);

    /// <summary>A failed or expired notification is tried again, for as long as a new one is; false when it is neither, or not there.</summary>
    [Alias("Retry"), AlwaysInterleave]
    Task<bool> Retry(string notification);

    /// <summary>The endpoint; null when there is none.</summary>
    [Alias("Find"), AlwaysInterleave]
    ValueTask<NotificationEndpoint?> Find(string id);

    /// <summary>All of them, by id.</summary>
    [Alias("List"), AlwaysInterleave]
    ValueTask<ImmutableArray<NotificationEndpoint>> List();
}

/// <summary>Something that is wrong with what was sent, and why.</summary>
/// <param name="Field">Which field, such as <c>url</c> or <c>levels[0].afterMinutes</c>.</param>
/// <param name="Reason">Why, for people.</param>
[GenerateSerializer, Immutable, Alias("grid.NotificationFault")]
public readonly record struct NotificationFault([property: Id(0)] string Field, [property: Id(1)] string Reason);

/// <summary>Answer to a change of an endpoint.</summary>
[GenerateSerializer, Immutable, Alias("grid.EndpointAnswer")]
public sealed record EndpointAnswer
{
    /// <summary>What is wrong; empty when nothing is.</summary>
    [Id(0)] public ImmutableArray<NotificationFault> Faults { get; init; } = [];

    /// <summary>True when there was none of that id.</summary>
    [Id(1)] public bool IsNew { get; init; }

    /// <summary>What is there now; null when nothing was changed because of a fault.</summary>
    [Id(2)] public NotificationEndpoint? Endpoint { get; init; }

    /// <summary>The secret when this change has made one: it is told this once.</summary>
    [Id(3)] public string? MadeSecret { get; init; }
}
