using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Grid.Connectors.Webhooks;

/// <summary>Signs requests as the Standard Webhooks specification 1.0 says: headers <c>webhook-id</c>, <c>webhook-timestamp</c>, <c>webhook-signature</c>.</summary>
internal static class WebhookSignature
{
    private const string SecretPrefix = "whsec_";

    /// <summary>A signed POST of JSON.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="id">The same in every try of the same message.</param>
    /// <param name="secret">What the receiver has too.</param>
    /// <param name="body">The JSON.</param>
    /// <param name="now">When it is sent.</param>
    public static HttpRequestMessage Signed(Uri address, string id, string secret, byte[] body, DateTimeOffset now)
    {
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp);
        request.Headers.Add("webhook-signature", "v1," + Sign(KeyOf(secret), id, timestamp, body));
        return request;
    }

    /// <summary>HMAC-SHA256 over <c>id.timestamp.body</c>, in base64.</summary>
    private static string Sign(byte[] key, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hmac.AppendData(body);
        return Convert.ToBase64String(hmac.GetHashAndReset());
    }

    /// <summary>The bytes behind <c>whsec_</c> in base64, as the specification writes secrets; any other text stands for its UTF-8 bytes.</summary>
    private static byte[] KeyOf(string secret)
    {
        if (secret.StartsWith(SecretPrefix, StringComparison.Ordinal))
        {
            var bytes = new byte[secret.Length];
            if (Convert.TryFromBase64String(secret[SecretPrefix.Length..], bytes, out var count))
            {
                return bytes[..count];
            }
        }

        return Encoding.UTF8.GetBytes(secret);
    }
}
