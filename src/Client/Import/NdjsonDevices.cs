using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Grid.Client.Json;

namespace Grid.Client.Import;

/// <summary>Devices of NDJSON, one object a line: what PUT takes, with <c>id</c>. Empty lines are passed over.</summary>
internal static class NdjsonDevices
{
    public static async IAsyncEnumerable<ImportedDevice> ReadAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(body, Encoding.UTF8, leaveOpen: true);
        for (var line = 1; await reader.ReadLineAsync(cancellationToken) is { } text; line++)
        {
            if (!string.IsNullOrWhiteSpace(text))
            {
                yield return Read(line, text);
            }
        }
    }

    private static ImportedDevice Read(int line, string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, GridJson.Default.ImportInput) is { } input
                ? new(line, input, [])
                : ImportedDevice.Unreadable(line, new("body", "is null"));
        }
        catch (JsonException fault)
        {
            return ImportedDevice.Unreadable(line, JsonBody.ErrorOf(fault));
        }
    }
}
