using System.Text.Json;
using System.Text.Json.Serialization;
using Grid.Contracts.Notifications;

namespace Grid.Client.Notifications;

/// <summary>An endpoint as PUT takes it.</summary>
public sealed record EndpointInput
{
    /// <summary>How it is reached.</summary>
    public required EndpointKind Kind { get; init; }

    /// <summary>Of a webhook: where it is posted to.</summary>
    public string? Url { get; init; }

    /// <summary>Of mail: the address.</summary>
    public string? Address { get; init; }

    /// <summary>Of a webhook: what signs. Left out, it stays as it is, or one is made; null makes a new one.</summary>
    public JsonElement Secret { get; init; }

    /// <summary>Whose it is, such as <c>commune:29019</c>.</summary>
    public required string Scope { get; init; }

    /// <summary>The language of its messages; French when left out.</summary>
    public NotificationLanguage? Language { get; init; }

    /// <summary>False and nothing is sent to it; true when left out.</summary>
    public bool? Enabled { get; init; }
}

/// <summary>An endpoint as GET shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">How it is reached.</param>
/// <param name="Url">Of a webhook: where it is posted to.</param>
/// <param name="Address">Of mail: the address.</param>
/// <param name="Scope">Whose it is.</param>
/// <param name="Language">The language of its messages.</param>
/// <param name="Enabled">False and nothing is sent to it.</param>
/// <param name="DisabledReason">Why it was disabled by itself; null when it was not.</param>
/// <param name="ChangedAt">When it was changed last.</param>
/// <param name="Secret">What signs, in the answer to the change that has made it and never again.</param>
public sealed record EndpointModel(
    string Id,
    EndpointKind Kind,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Url,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Address,
    string Scope,
    NotificationLanguage Language,
    bool Enabled,
    string? DisabledReason,
    DateTimeOffset ChangedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Secret)
{
    /// <summary>What may be shown of an endpoint.</summary>
    public static EndpointModel Of(NotificationEndpoint endpoint, string? madeSecret = null) => new(
        endpoint.Id,
        endpoint.Kind,
        endpoint.Kind == EndpointKind.Webhook ? endpoint.Address : null,
        endpoint.Kind == EndpointKind.Email ? endpoint.Address : null,
        endpoint.Scope,
        endpoint.Language,
        endpoint.IsEnabled,
        endpoint.DisabledReason,
        endpoint.ChangedAt,
        madeSecret);
}

/// <summary>A page of endpoints.</summary>
/// <param name="Items">The endpoints, by id.</param>
/// <param name="NextCursor">Where the list goes on; null at its end.</param>
public sealed record EndpointPage(IReadOnlyList<EndpointModel> Items, string? NextCursor);
