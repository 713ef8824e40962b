using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Grid.Contracts.Notifications;

/// <summary>Where a delivery is. The numbers are stored: never renumber.</summary>
public enum NotificationState : byte
{
    /// <summary>It waits for its next try.</summary>
    Pending = 0,

    /// <summary>The receiver took it.</summary>
    Delivered = 1,

    /// <summary>The receiver refused it for good, or its endpoint is gone.</summary>
    Failed = 2,

    /// <summary>Its time was over, or newer ones needed its place, before the receiver took it.</summary>
    Expired = 3,
}

/// <summary>What one endpoint is to be told.</summary>
public sealed record Notification
{
    /// <summary>Most characters of <see cref="Id"/>.</summary>
    public const int MaximumIdLength = 64;

    /// <summary>Most characters of <see cref="Subject"/>.</summary>
    public const int MaximumSubjectLength = 200;

    /// <summary>Most characters of <see cref="Body"/>.</summary>
    public const int MaximumBodyLength = 8_000;

    /// <summary>Most entries of <see cref="Fields"/>, each of at most 64 characters of name and 1,000 of value.</summary>
    public const int MaximumFields = 32;

    /// <summary>Whoever asks again for the same asks under the same id: at most 64 of <c>A-Z a-z 0-9 _ -</c>. See <see cref="NotificationIds"/>.</summary>
    public required string Id { get; init; }

    /// <summary>Id of the endpoint.</summary>
    public required string Endpoint { get; init; }

    /// <summary>What it is, such as <c>alarm.page</c>; the <c>type</c> of a webhook.</summary>
    public required string Type { get; init; }

    /// <summary>One line for people.</summary>
    public required string Subject { get; init; }

    /// <summary>The message for people.</summary>
    public required string Body { get; init; }

    /// <summary>The same for programs, by name.</summary>
    public ImmutableSortedDictionary<string, string> Fields { get; init; } = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>When it was asked for (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Not to be sent after this instant (UTC).</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>Ids of notifications that stand for what they are about, so that asking twice is asking once.</summary>
public static class NotificationIds
{
    private const int Digits = 32;

    /// <summary>An id of 36 characters for these parts, the same for the same parts: <c>msg_</c> and half a SHA-256 over them in hex.</summary>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{part.Length}:{part}");
        }

        return "msg_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..Digits];
    }

    /// <summary>True for what can be the id of a notification.</summary>
    public static bool IsId(string? text) =>
        text is { Length: > 0 and <= Notification.MaximumIdLength } && text.All(static character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-');
}

/// <summary>A notification and how its delivery goes.</summary>
/// <param name="Notification">What is told.</param>
/// <param name="State">Where it is.</param>
/// <param name="Attempts">Times that it was tried. A try that was interrupted counts.</param>
/// <param name="DueAt">When it is tried next, while it is pending.</param>
/// <param name="FinishedAt">When it was delivered, failed or expired; null while it is pending.</param>
/// <param name="LastError">What the last try came to, for people; null when nothing went wrong.</param>
public sealed record NotificationDelivery(
    Notification Notification, NotificationState State, int Attempts, DateTimeOffset DueAt, DateTimeOffset? FinishedAt, string? LastError);
