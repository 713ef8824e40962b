using System.Buffers;
using System.Text.Json;
using Grid.Client.Alarms;
using Grid.Client.Commands;
using Grid.Client.Json;
using Grid.Client.Territories;
using Grid.Contracts.Alarms;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;

namespace Grid.Client.Live;

/// <summary>An update before it is written.</summary>
/// <param name="Type"><c>snapshot</c> or <c>delta</c>.</param>
/// <param name="Cursor">Where a client is once it has applied all of it.</param>
/// <param name="Summary">The figures, null for a device.</param>
/// <param name="Devices">Devices in a snapshot or changed, null when the client asked for figures only.</param>
/// <param name="Removed">Devices that are gone.</param>
/// <param name="AsOf">Reception of the newest reading in it.</param>
internal sealed record LiveUpdate(
    string Type, string Cursor, SummaryModel? Summary, IReadOnlyCollection<DeviceChange>? Devices, IReadOnlyCollection<string> Removed, DateTimeOffset? AsOf)
{
    /// <summary>Alarms in a snapshot or changed.</summary>
    public IReadOnlyCollection<AlarmView> Alarms { get; init; } = [];
}

/// <summary>Writes frames. One that would be too large becomes parts; the last part carries the cursor and the summary.</summary>
internal static class FrameEncoder
{
    /// <summary>Bytes of a frame at most, below the 256 KiB that are promised: the transport adds its own.</summary>
    public const int MaximumFrameBytes = 240 * 1024;

    private const int Reserve = 2 * 1024;

    public static IReadOnlyList<EncodedFrame> Encode(LiveUpdate update)
    {
        var tail = Tail(update);
        var chunks = Chunks(update, MaximumFrameBytes - Reserve - tail.Length);
        var frames = new List<EncodedFrame>(chunks.Count);
        for (var i = 0; i < chunks.Count; i++)
        {
            var isLast = i == chunks.Count - 1;
            frames.Add(new(update.Type, Compose(update.Type, i + 1, chunks.Count, chunks[i], isLast ? tail : []), isLast ? update.AsOf : null));
        }

        return frames;
    }

    /// <summary>Something was missed: a snapshot follows.</summary>
    public static EncodedFrame Gap() => new("gap", """{"type":"gap","cursor":null}"""u8.ToArray());

    /// <summary>Changes of commands and alarms, at once; the cursor stays where it is.</summary>
    public static EncodedFrame Changes(string cursor, IReadOnlyList<CommandView> commands, IReadOnlyList<AlarmView> alarms)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "delta"u8);
            writer.WriteString("cursor"u8, cursor);
            if (commands.Count > 0)
            {
                writer.WriteStartArray("commands"u8);
                foreach (var command in commands)
                {
                    JsonSerializer.Serialize(writer, CommandModel.Of(command), GridJson.Default.CommandModel);
                }

                writer.WriteEndArray();
            }

            if (alarms.Count > 0)
            {
                writer.WriteStartArray("alarms"u8);
                foreach (var alarm in alarms)
                {
                    JsonSerializer.Serialize(writer, AlarmPresenting.Present(alarm), GridJson.Default.AlarmModel);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return new("delta", buffer.WrittenMemory);
    }

    private static byte[] Compose(string type, int part, int parts, Chunk chunk, ReadOnlySpan<byte> tail)
    {
        var buffer = new ArrayBufferWriter<byte>(chunk.Devices.Length + chunk.Removed.Length + chunk.Alarms.Length + tail.Length + 128);
        buffer.Write("{\"type\":\""u8);
        buffer.Write(System.Text.Encoding.ASCII.GetBytes(type));
        buffer.Write("\""u8);
        if (parts > 1)
        {
            buffer.Write(System.Text.Encoding.ASCII.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $",\"part\":{part},\"parts\":{parts}")));
        }

        if (chunk.HasDevices)
        {
            buffer.Write(",\"devices\":["u8);
            buffer.Write(chunk.Devices);
            buffer.Write("]"u8);
        }

        if (chunk.Alarms.Length > 0)
        {
            buffer.Write(",\"alarms\":["u8);
            buffer.Write(chunk.Alarms);
            buffer.Write("]"u8);
        }

        if (chunk.Removed.Length > 0)
        {
            buffer.Write(",\"removed\":["u8);
            buffer.Write(chunk.Removed);
            buffer.Write("]"u8);
        }

        buffer.Write(tail);
        buffer.Write("}"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] Tail(LiveUpdate update)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(",\"cursor\":\""u8);
        buffer.Write(System.Text.Encoding.ASCII.GetBytes(update.Cursor));
        buffer.Write("\""u8);
        if (update.Summary is not null)
        {
            buffer.Write(",\"summary\":"u8);
            using var writer = new Utf8JsonWriter(buffer);
            JsonSerializer.Serialize(writer, update.Summary, GridJson.Default.SummaryModel);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static List<Chunk> Chunks(LiveUpdate update, int maximumBytes)
    {
        var chunks = new List<Chunk>();
        var devices = new ArrayBufferWriter<byte>(4096);
        var removed = new ArrayBufferWriter<byte>(256);
        var alarms = new ArrayBufferWriter<byte>(256);
        var item = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(item);

        int Written() => devices.WrittenCount + removed.WrittenCount + alarms.WrittenCount;

        void Append(ArrayBufferWriter<byte> list)
        {
            if (Written() + item.WrittenCount > maximumBytes && Written() > 0)
            {
                Cut();
            }

            if (list.WrittenCount > 0)
            {
                list.Write(","u8);
            }

            list.Write(item.WrittenSpan);
            item.ResetWrittenCount();
            writer.Reset();
        }

        void Cut()
        {
            chunks.Add(new(devices.WrittenSpan.ToArray(), removed.WrittenSpan.ToArray(), alarms.WrittenSpan.ToArray(), update.Devices is not null));
            devices.ResetWrittenCount();
            removed.ResetWrittenCount();
            alarms.ResetWrittenCount();
        }

        foreach (var device in update.Devices ?? [])
        {
            Write(writer, device);
            writer.Flush();
            Append(devices);
        }

        foreach (var id in update.Removed)
        {
            writer.WriteStringValue(id);
            writer.Flush();
            Append(removed);
        }

        foreach (var alarm in update.Alarms)
        {
            JsonSerializer.Serialize(writer, AlarmPresenting.Present(alarm), GridJson.Default.AlarmModel);
            writer.Flush();
            Append(alarms);
        }

        if (Written() > 0 || chunks.Count == 0)
        {
            Cut();
        }

        return chunks;
    }

    private static void Write(Utf8JsonWriter writer, DeviceChange device)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, device.Id);
        writer.WriteString("kind"u8, Words<DeviceKind>.Of(device.Kind));
        if (device.Position is { } position)
        {
            writer.WritePropertyName("lon"u8);
            ShortNumber.Write(writer, position.Longitude);
            writer.WritePropertyName("lat"u8);
            ShortNumber.Write(writer, position.Latitude);
        }
        else
        {
            writer.WriteNull("lon"u8);
            writer.WriteNull("lat"u8);
        }

        writer.WriteString("status"u8, Words<DeviceStatus>.Of(device.Status));
        writer.WriteStartObject("metrics"u8);
        foreach (var metric in device.Metrics)
        {
            writer.WritePropertyName(metric.Name);
            ShortNumber.Write(writer, metric.Value);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private readonly record struct Chunk(byte[] Devices, byte[] Removed, byte[] Alarms, bool HasDevices);
}
