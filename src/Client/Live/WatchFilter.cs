using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Grid.Client.Json;
using Grid.Client.Paging;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;

namespace Grid.Client.Live;

/// <summary>Options of Watch as a client sends them.</summary>
public sealed record WatchOptions
{
    /// <summary>Only devices of these kinds: an array of words, or one word.</summary>
    public JsonElement Kinds { get; init; }

    /// <summary>Only devices in the box: <c>[west, south, east, north]</c>, or the same as text.</summary>
    public JsonElement Bbox { get; init; }

    /// <summary>True to get devices and not only figures.</summary>
    public bool? Devices { get; init; }

    /// <summary>The last cursor, to go on from it.</summary>
    public string? Cursor { get; init; }

    /// <summary>Updates a second at most: 0.1 to 5, default 5.</summary>
    public double? MaxPerSecond { get; init; }
}

/// <summary>Which devices a subscription gets.</summary>
/// <param name="Kinds">Their kinds.</param>
/// <param name="Box">Where; null for everywhere.</param>
/// <param name="Devices">False for figures only.</param>
/// <param name="Personal">True for a caller who may see where persons' devices stand and what they report.</param>
public sealed record WatchFilter(DeviceKinds Kinds, BoundingBox? Box, bool Devices, bool Personal = false)
{
    private const double LeastRate = 0.1;
    private const double GreatestRate = 5;

    /// <summary>Figures only.</summary>
    public static WatchFilter Default { get; } = new(DeviceKinds.All, null, Devices: false);

    /// <summary>Reads the options.</summary>
    /// <param name="options">As the client sent them.</param>
    /// <param name="personal">True when the caller has the right to personal data.</param>
    /// <exception cref="WatchRefusedException">An option is not as it must be.</exception>
    public static (WatchFilter Filter, TimeSpan Interval) Of(WatchOptions options, bool personal)
    {
        var rate = options.MaxPerSecond ?? GreatestRate;
        return rate is >= LeastRate and <= GreatestRate
            ? (new(KindsOf(options.Kinds), BoxOf(options.Bbox), options.Devices == true, personal), TimeSpan.FromMilliseconds(Math.Ceiling(1000 / rate)))
            : throw new WatchRefusedException("maxPerSecond", "is no number from 0.1 to 5");
    }

    /// <summary>Binds a cursor to scope, filter and right.</summary>
    public ulong HashFor(string scope)
    {
        // Figures are the same whatever the right: a summary's cursor goes on in anybody's Watch.
        var showsPersonal = Personal && (Devices || scope.StartsWith("device:", StringComparison.Ordinal));
        var text = string.Create(CultureInfo.InvariantCulture, $"{scope}|{Kinds:D}|{Box}|{Devices}|{showsPersonal}");
        return BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static DeviceKinds KindsOf(JsonElement element)
    {
        var words = element.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => [],
            JsonValueKind.String => element.GetString()!.Split(',', StringSplitOptions.RemoveEmptyEntries),
            JsonValueKind.Array => element.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : "?").ToArray(),
            _ => ["?"],
        };
        var kinds = DeviceKinds.None;
        foreach (var word in words)
        {
            kinds |= Words<DeviceKind>.TryParse(word, out var kind)
                ? (DeviceKinds)(1 << (int)kind)
                : throw new WatchRefusedException("kinds", $"has a value that is none of {Words<DeviceKind>.All}");
        }

        return kinds == DeviceKinds.None ? DeviceKinds.All : kinds;
    }

    private static BoundingBox? BoxOf(JsonElement element)
    {
        BoundingBox box;
        switch (element.ValueKind)
        {
            case JsonValueKind.Undefined or JsonValueKind.Null:
                return null;
            case JsonValueKind.String when BoxText.TryParse(element.GetString()!, out box):
                return box;
            case JsonValueKind.Array when element.GetArrayLength() == 4
                && element.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number)
                && BoxText.TryMake([.. element.EnumerateArray().Select(item => item.GetDouble())], out box):
                return box;
            default:
                throw new WatchRefusedException("bbox", BoxText.Rule);
        }
    }
}
