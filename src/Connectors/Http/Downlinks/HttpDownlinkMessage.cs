using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Grid.Connectors.Webhooks;
using Grid.Contracts.Commands;

namespace Grid.Connectors.Http.Downlinks;

/// <summary>What a device is told over HTTP: its desired state, absolute and versioned.</summary>
/// <param name="Device">The device.</param>
/// <param name="Command">The command that asks.</param>
/// <param name="Name">Name of the command.</param>
/// <param name="Args">Its arguments.</param>
/// <param name="Version">Version of the desired state; a device ignores one that is not above the one it has.</param>
/// <param name="ExpiresAt">Not to be obeyed after this instant.</param>
/// <param name="Program">To load a program: the program, whose version is another number than that of the desired state.</param>
internal sealed record HttpDownlinkBody(
    string Device, string Command, string Name, IReadOnlyDictionary<string, double> Args, long Version, DateTimeOffset ExpiresAt, HttpProgram? Program);

/// <summary>What a device may answer in its body; everything in it can be left out.</summary>
/// <param name="Status"><c>acknowledged</c> when the device has it, and not only its gateway.</param>
/// <param name="Reason">Why it refuses.</param>
internal sealed record HttpDownlinkAnswer(string? Status, string? Reason);

/// <inheritdoc/>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HttpDownlinkBody))]
[JsonSerializable(typeof(HttpDownlinkAnswer))]
internal sealed partial class HttpDownlinkJson : JsonSerializerContext;

/// <summary>The signed request.</summary>
internal static class HttpDownlinkMessage
{
    public static HttpRequestMessage Of(Downlink downlink, Uri address, string secret, DateTimeOffset now)
    {
        var id = IdOf(downlink);
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new HttpDownlinkBody(downlink.Device, id, downlink.Name, downlink.Arguments, downlink.Version, downlink.ExpiresAt, HttpProgram.Of(downlink.Program)),
            HttpDownlinkJson.Default.HttpDownlinkBody);
        return WebhookSignature.Signed(address, id, secret, body, now);
    }

    /// <summary>The command; where many devices are told the same, one for each of them and version, the same in every try.</summary>
    private static string IdOf(Downlink downlink) => downlink.Owner == DownlinkOwner.Command
        ? downlink.Command
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{downlink.Owner} {downlink.Device} {downlink.Name} {downlink.Version}"))))[..32];
}
