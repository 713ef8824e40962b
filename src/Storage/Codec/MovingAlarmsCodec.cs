using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;

namespace Grid.Storage.Codec;

/// <summary>What moves with a device of its alarms, as bytes of the log. Instants in Unix milliseconds; those of a history as differences to the event before.</summary>
internal static class MovingAlarmsCodec
{
    [Flags]
    private enum Parts : ushort
    {
        Text = 1,
        Active = 2,
        Acknowledged = 4,
        Parent = 8,
        Suppressed = 16,
        OutOfService = 32,
        Interrupted = 64,
        Page = 128,
    }

    public static void Write(ByteWriter writer, MovingAlarms moving)
    {
        writer.Signed(moving.Revision);
        writer.Signed(moving.LeftAt);
        writer.Signed(moving.Holding);
        writer.Varint((ulong)moving.Alarms.Length);
        foreach (var alarm in moving.Alarms)
        {
            Write(writer, alarm);
        }
    }

    /// <summary>Alarms of one device: its key is the source of each.</summary>
    public static MovingAlarms Read(ref ByteReader reader, string device)
    {
        var (revision, left, holding) = (reader.Signed(), reader.Signed(), reader.Signed());
        var alarms = new Alarm[reader.Count()];
        for (var index = 0; index < alarms.Length; index++)
        {
            alarms[index] = ReadAlarm(ref reader, device);
        }

        return new MovingAlarms { Device = device, Revision = revision, LeftAt = left, Holding = unchecked((int)holding), Alarms = [.. alarms] };
    }

    public static void Write(ByteWriter writer, ImmutableArray<ToldAlarm> told)
    {
        writer.Varint((ulong)told.Length);
        foreach (var (alarm, page) in told)
        {
            writer.Text(alarm);
            Write(writer, page);
        }
    }

    public static ImmutableArray<ToldAlarm> ReadTold(ref ByteReader reader)
    {
        var told = new ToldAlarm[reader.Count()];
        for (var index = 0; index < told.Length; index++)
        {
            told[index] = new ToldAlarm(reader.Text(), ReadPage(ref reader));
        }

        return [.. told];
    }

    private static void Write(ByteWriter writer, Alarm alarm)
    {
        writer.Varint((ulong)((alarm.Text is null ? 0 : Parts.Text) | (alarm.IsActive ? Parts.Active : 0) | (alarm.IsAcknowledged ? Parts.Acknowledged : 0) | (alarm.Parent is null ? 0 : Parts.Parent)
            | (alarm.IsSuppressed ? Parts.Suppressed : 0) | (alarm.IsOutOfService ? Parts.OutOfService : 0) | (alarm.IsInterrupted ? Parts.Interrupted : 0) | (alarm.Page is null ? 0 : Parts.Page)));
        writer.Text(alarm.Condition);
        writer.Byte((byte)alarm.Kind);
        writer.Byte((byte)alarm.Priority);
        writer.Byte((byte)alarm.Class);
        foreach (var number in (long[])[alarm.RaisedAt, alarm.LastAt, alarm.ClearedAt, alarm.Count, alarm.ShelvedUntil, alarm.RaiseDue, alarm.ReturnDue])
        {
            writer.Signed(number);
        }

        if (alarm.Text is { } text)
        {
            writer.Text(text);
        }

        if (alarm.Parent is { } parent)
        {
            writer.Text(parent);
        }

        if (alarm.Page is { } page)
        {
            Write(writer, page);
        }

        Write(writer, alarm.Orders);
        Write(writer, alarm.Communes);
        Write(writer, alarm.History);
    }

    private static Alarm ReadAlarm(ref ByteReader reader, string source)
    {
        var parts = (Parts)reader.Varint();
        var (condition, kind, priority, sort) = (reader.Text(), (DeviceKind)reader.Byte(), (AlarmPriority)reader.Byte(), (AlarmClass)reader.Byte());
        var (raised, last, cleared, count) = (reader.Signed(), reader.Signed(), reader.Signed(), reader.Signed());
        var (shelved, raiseDue, returnDue) = (reader.Signed(), reader.Signed(), reader.Signed());
        var text = parts.HasFlag(Parts.Text) ? reader.Text() : null;
        var parent = parts.HasFlag(Parts.Parent) ? reader.Text() : null;
        var page = parts.HasFlag(Parts.Page) ? ReadPage(ref reader) : null;
        var (orders, communes) = (ReadTexts(ref reader), ReadTexts(ref reader));
        return new Alarm
        {
            Source = source,
            Condition = condition,
            Kind = kind,
            Priority = priority,
            Class = sort,
            Text = text,
            IsActive = parts.HasFlag(Parts.Active),
            IsAcknowledged = parts.HasFlag(Parts.Acknowledged),
            RaisedAt = raised,
            LastAt = last,
            ClearedAt = cleared,
            Count = unchecked((int)count),
            Parent = parent,
            ShelvedUntil = shelved,
            IsSuppressed = parts.HasFlag(Parts.Suppressed),
            IsOutOfService = parts.HasFlag(Parts.OutOfService),
            RaiseDue = raiseDue,
            ReturnDue = returnDue,
            Page = page,
            IsInterrupted = parts.HasFlag(Parts.Interrupted),
            Orders = orders,
            Communes = communes,
            History = ReadHistory(ref reader),
        };
    }

    private static void Write(ByteWriter writer, ImmutableArray<string> texts)
    {
        writer.Varint((ulong)texts.Length);
        foreach (var text in texts)
        {
            writer.Text(text);
        }
    }

    private static ImmutableArray<string> ReadTexts(ref ByteReader reader)
    {
        var texts = new string[reader.Count()];
        for (var index = 0; index < texts.Length; index++)
        {
            texts[index] = reader.Text();
        }

        return [.. texts];
    }

    private static void Write(ByteWriter writer, ImmutableArray<AlarmEvent> history)
    {
        writer.Varint((ulong)history.Length);
        var clock = 0L;
        foreach (var (action, at, by, note) in history)
        {
            // One byte for the action and whether there is a note.
            writer.Byte((byte)(((byte)action << 1) | (note is null ? 0 : 1)));
            writer.Signed(at.ToUnixTimeMilliseconds() - clock);
            clock = at.ToUnixTimeMilliseconds();
            writer.Text(by);
            if (note is not null)
            {
                writer.Text(note);
            }
        }
    }

    private static ImmutableArray<AlarmEvent> ReadHistory(ref ByteReader reader)
    {
        var history = new AlarmEvent[reader.Count()];
        var clock = 0L;
        for (var index = 0; index < history.Length; index++)
        {
            var head = reader.Byte();
            clock += reader.Signed();
            var at = EntryCodec.Instant(ref reader, clock);
            history[index] = new AlarmEvent((AlarmAction)(head >> 1), at, reader.Text(), (head & 1) != 0 ? reader.Text() : null);
        }

        return [.. history];
    }

    private static void Write(ByteWriter writer, OpenPage page)
    {
        writer.Signed(page.RaisedAt.ToUnixTimeMilliseconds());

        // Due is not always whole milliseconds, and need not come back to the tick.
        writer.Byte(page.DueAt is null ? (byte)0 : (byte)1);
        if (page.DueAt is { } due)
        {
            writer.Signed(due.ToUnixTimeMilliseconds());
        }

        writer.Signed(page.Level);
        writer.Signed(page.Attempt);
    }

    private static OpenPage ReadPage(ref ByteReader reader)
    {
        var raised = EntryCodec.Instant(ref reader, reader.Signed());
        var due = reader.Byte() == 0 ? (DateTimeOffset?)null : EntryCodec.Instant(ref reader, reader.Signed());
        return new OpenPage(raised, due, unchecked((int)reader.Signed()), unchecked((int)reader.Signed()));
    }
}
