using System.Collections.Immutable;
using System.Net.Mail;
using Grid.Contracts.Notifications;

namespace Grid.Grains.Notifications;

/// <summary>What an endpoint must satisfy. Pure.</summary>
public static class EndpointChecks
{
    /// <summary>What a secret of a webhook begins with, as in the Standard Webhooks specification.</summary>
    public const string SecretPrefix = "whsec_";

    private const int FewestSecretBytes = 24;
    private const int MostSecretBytes = 64;
    private const int MostUrlLength = 2_000;
    private const int MostAddressLength = 254;
    private const int MostIdLength = 64;

    /// <summary>True for what can be the id of an endpoint.</summary>
    public static bool IsId(string? text) =>
        text is { Length: > 0 and <= MostIdLength } && text.All(static character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-');

    /// <summary>Everything that is wrong; empty when the endpoint can be taken. Whether its scope exists is not asked here.</summary>
    public static ImmutableArray<NotificationFault> Check(NotificationEndpoint endpoint)
    {
        var faults = ImmutableArray.CreateBuilder<NotificationFault>();
        if (!IsId(endpoint.Id))
        {
            faults.Add(new("id", $"must have 1 to {MostIdLength} of A-Z a-z 0-9 . _ -"));
        }

        if (endpoint.Kind == EndpointKind.Webhook)
        {
            if (UrlFault(endpoint.Address) is { } fault)
            {
                faults.Add(new("url", fault));
            }

            if (endpoint.Secret is { } secret && !IsSecret(secret))
            {
                faults.Add(new("secret", $"must be {SecretPrefix} and the base64 of {FewestSecretBytes} to {MostSecretBytes} bytes"));
            }
        }
        else
        {
            if (!IsMailAddress(endpoint.Address))
            {
                faults.Add(new("address", "is no mail address such as astreinte@exemple.fr"));
            }

            if (endpoint.Secret is not null)
            {
                faults.Add(new("secret", "is for webhooks alone"));
            }
        }

        return faults.DrainToImmutable();
    }

    private static string? UrlFault(string text) =>
        text.Length > MostUrlLength ? $"has more than {MostUrlLength} characters"
        : !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0 ? "is no absolute http or https address"
        : url.UserInfo.Length > 0 ? "holds a user name: what proves the sender is the signature"
        : url.Fragment.Length > 0 ? "has a fragment, which is never sent"
        : null;

    private static bool IsSecret(string secret)
    {
        if (!secret.StartsWith(SecretPrefix, StringComparison.Ordinal))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[MostSecretBytes];
        return Convert.TryFromBase64String(secret[SecretPrefix.Length..], bytes, out var count) && count >= FewestSecretBytes;
    }

    private static bool IsMailAddress(string text) =>
        text.Length is > 2 and <= MostAddressLength
        && text.All(static character => character is > ' ' and < (char)127 and not (',' or ';' or '<' or '>' or '"' or '(' or ')'))
        && MailAddress.TryCreate(text, out var address) && address.Address == text;
}
