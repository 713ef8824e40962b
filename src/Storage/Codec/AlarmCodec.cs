using System.Collections.Immutable;
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

    [Flags]
    private enum SettingParts : byte
    {
        Kind = 1,
        Priority = 2,
        Class = 4,
        TimeToRespond = 8,
        OnDelay = 16,
        OffDelay = 32,
        Enabling = 64,
        Enabled = 128,
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

    public static void Write(ByteWriter writer, ImmutableArray<AlarmSetting> settings)
    {
        writer.Varint((ulong)settings.Length);
        foreach (var setting in settings)
        {
            writer.Text(setting.Condition);
            writer.Byte((byte)((setting.Kind is null ? 0 : SettingParts.Kind) | (setting.Priority is null ? 0 : SettingParts.Priority) | (setting.Class is null ? 0 : SettingParts.Class)
                | (setting.TimeToRespond is null ? 0 : SettingParts.TimeToRespond) | (setting.OnDelay is null ? 0 : SettingParts.OnDelay) | (setting.OffDelay is null ? 0 : SettingParts.OffDelay)
                | (setting.IsEnabled is null ? 0 : SettingParts.Enabling) | (setting.IsEnabled == true ? SettingParts.Enabled : 0)));
            Write(setting.Kind is { } kind ? (byte)kind : null);
            Write(setting.Priority is { } priority ? (byte)priority : null);
            Write(setting.Class is { } sort ? (byte)sort : null);
            foreach (var duration in (TimeSpan?[])[setting.TimeToRespond, setting.OnDelay, setting.OffDelay])
            {
                if (duration is { } time)
                {
                    writer.Varint((ulong)(time.Ticks / TimeSpan.TicksPerSecond));
                }
            }
        }

        void Write(byte? number)
        {
            if (number is { } some)
            {
                writer.Byte(some);
            }
        }
    }

    public static ImmutableArray<AlarmSetting> ReadSettings(ref ByteReader reader)
    {
        var settings = new AlarmSetting[reader.Count()];
        for (var index = 0; index < settings.Length; index++)
        {
            var condition = reader.Text();
            var parts = (SettingParts)reader.Byte();
            settings[index] = new AlarmSetting
            {
                Condition = condition,
                Kind = parts.HasFlag(SettingParts.Kind) ? (DeviceKind)reader.Byte() : null,
                Priority = parts.HasFlag(SettingParts.Priority) ? (AlarmPriority)reader.Byte() : null,
                Class = parts.HasFlag(SettingParts.Class) ? (AlarmClass)reader.Byte() : null,
                TimeToRespond = parts.HasFlag(SettingParts.TimeToRespond) ? Seconds(ref reader) : null,
                OnDelay = parts.HasFlag(SettingParts.OnDelay) ? Seconds(ref reader) : null,
                OffDelay = parts.HasFlag(SettingParts.OffDelay) ? Seconds(ref reader) : null,
                IsEnabled = parts.HasFlag(SettingParts.Enabling) ? parts.HasFlag(SettingParts.Enabled) : null,
            };
        }

        return [.. settings];
    }

    private static TimeSpan Seconds(ref ByteReader reader)
    {
        var seconds = reader.Varint();
        return seconds <= (ulong)AlarmSetting.LongestResponse.TotalSeconds ? TimeSpan.FromSeconds((long)seconds) : throw reader.Wrong($"{seconds} s is longer than any delay of an alarm");
    }
}
