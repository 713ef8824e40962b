using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;

namespace Grid.Storage.Codec;

/// <summary>What is done to alarms, and what is signalled of them, as bytes of the log.</summary>
internal static class AlarmCodec
{
    [Flags]
    private enum OrderParts : byte
    {
        Note = 1,
        Until = 2,
        Id = 4,
    }

    [Flags]
    private enum SignalParts : byte
    {
        Active = 1,
        Text = 2,
        Priority = 4,
        Class = 8,
        Kind = 16,
    }

    public static void Write(ByteWriter writer, AlarmOrderEntry entry, long received)
    {
        var order = entry.Order;
        writer.Text(entry.Condition);
        writer.Byte((byte)order.Action);
        writer.Text(order.By);
        writer.Byte((byte)((order.Note is null ? 0 : OrderParts.Note) | (order.Until is null ? 0 : OrderParts.Until) | (order.Id is null ? 0 : OrderParts.Id)));
        if (order.Note is { } note)
        {
            writer.Text(note);
        }

        if (order.Until is { } until)
        {
            writer.Signed(until.ToUnixTimeMilliseconds() - received);
        }

        if (order.Id is { } id)
        {
            writer.Text(id);
        }
    }

    public static AlarmOrderEntry ReadOrder(ref ByteReader reader, string device, DateTimeOffset received, long clock)
    {
        var condition = reader.Text();
        var action = (AlarmAction)reader.Byte();
        var by = reader.Text();
        var parts = (OrderParts)reader.Byte();
        var note = parts.HasFlag(OrderParts.Note) ? reader.Text() : null;
        var until = parts.HasFlag(OrderParts.Until) ? EntryCodec.Instant(ref reader, clock + reader.Signed()) : (DateTimeOffset?)null;
        var id = parts.HasFlag(OrderParts.Id) ? reader.Text() : null;
        return new AlarmOrderEntry
        {
            Device = device,
            ReceivedAt = received,
            Condition = condition,
            Order = new AlarmOrder { Action = action, By = by, Note = note, Until = until, Id = id },
        };
    }

    public static void Write(ByteWriter writer, AlarmSignal signal)
    {
        writer.Text(signal.Condition);
        writer.Byte((byte)((signal.IsActive ? SignalParts.Active : 0) | (signal.Text is null ? 0 : SignalParts.Text)
            | (signal.Priority is null ? 0 : SignalParts.Priority) | (signal.Class is null ? 0 : SignalParts.Class) | (signal.Kind is null ? 0 : SignalParts.Kind)));
        if (signal.Text is { } text)
        {
            writer.Text(text);
        }

        if (signal.Priority is { } priority)
        {
            writer.Byte((byte)priority);
        }

        if (signal.Class is { } kind)
        {
            writer.Byte((byte)kind);
        }

        if (signal.Kind is { } trade)
        {
            writer.Byte((byte)trade);
        }

        writer.Varint((ulong)signal.Explains.Length);
        foreach (var device in signal.Explains)
        {
            writer.Text(device);
        }
    }

    public static AlarmSignal ReadSignal(ref ByteReader reader, string source)
    {
        var condition = reader.Text();
        var parts = (SignalParts)reader.Byte();
        var text = parts.HasFlag(SignalParts.Text) ? reader.Text() : null;
        var priority = parts.HasFlag(SignalParts.Priority) ? (AlarmPriority)reader.Byte() : (AlarmPriority?)null;
        var kind = parts.HasFlag(SignalParts.Class) ? (AlarmClass)reader.Byte() : (AlarmClass?)null;
        var trade = parts.HasFlag(SignalParts.Kind) ? (DeviceKind)reader.Byte() : (DeviceKind?)null;
        var explains = new string[reader.Count()];
        for (var index = 0; index < explains.Length; index++)
        {
            explains[index] = reader.Text();
        }

        return new AlarmSignal { Source = source, Condition = condition, IsActive = parts.HasFlag(SignalParts.Active), Text = text, Priority = priority, Class = kind, Explains = [.. explains], Kind = trade };
    }
}
