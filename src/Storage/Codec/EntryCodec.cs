using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Grid.Contracts.Devices;

namespace Grid.Storage.Codec;

/// <summary>
/// Log entries as bytes. Reception times are stored as differences to the entry before, observation times as differences to reception, all in
/// milliseconds; metrics by their number. A change of form takes a new <see cref="Version"/>; old ones stay readable.
/// </summary>
internal static class EntryCodec
{
    /// <summary>The form that is written.</summary>
    public const byte Version = 1;

    private enum EntryType : byte
    {
        Reading = 1,
        Registered = 2,
        Removed = 3,
        Silenced = 4,
        Sealed = 5,
        Parameters = 6,
        AlarmOrder = 7,
        AlarmSignal = 8,
        AlarmClock = 9,
        AlarmSettings = 10,
        AlarmCause = 11,
        RegisteredWithAlarms = 12,
        RemovedWithTold = 13,
        Rules = 20,
        RulesLook = 21,
        RuleTurn = 22,
        RuleTurnSeen = 23,
    }

    [Flags]
    private enum ReadingParts : byte
    {
        Session = 1,
        Sequence = 2,
    }

    /// <exception cref="ArgumentException">An instant is not whole milliseconds: replay would differ from what was delivered.</exception>
    public static void Write(ByteWriter writer, ImmutableArray<LogEntry> entries)
    {
        var clock = 0L;
        foreach (var entry in entries)
        {
            var received = Milliseconds(entry.ReceivedAt, nameof(LogEntry.ReceivedAt));
            writer.Byte((byte)TypeOf(entry));
            writer.Text(entry.Device);
            writer.Signed(received - clock);
            clock = received;
            switch (entry)
            {
                case ReadingEntry reading:
                    WriteReading(writer, reading, received);
                    break;
                case RegisteredEntry registered:
                    writer.Signed(registered.Revision);
                    DescriptorCodec.Write(writer, registered.Descriptor);
                    if (registered.Alarms is { } alarms)
                    {
                        MovingAlarmsCodec.Write(writer, alarms);
                    }

                    break;
                case RemovedEntry removed:
                    writer.Signed(removed.Revision);
                    writer.Byte((byte)removed.Kind);
                    writer.Byte(removed.Moved ? (byte)1 : (byte)0);
                    if (!removed.Told.IsDefaultOrEmpty)
                    {
                        MovingAlarmsCodec.Write(writer, removed.Told);
                    }

                    break;
                case SilencedEntry silenced:
                    writer.Signed(Milliseconds(silenced.LastHeardAt, nameof(SilencedEntry.LastHeardAt)) - received);
                    break;
                case ParametersEntry given:
                    ParameterCodec.Write(writer, given.Defaults);
                    break;
                case RulesEntry given:
                    RuleCodec.Write(writer, given.Rules);
                    break;
                case RuleTurnEntry turn:
                    writer.Signed(Milliseconds(turn.At, nameof(RuleTurnEntry.At)) - received);
                    if (turn.Seen is { } seen)
                    {
                        writer.Signed(Milliseconds(seen, nameof(RuleTurnEntry.Seen)) - received);
                    }

                    RuleCodec.Write(writer, turn.Turns);
                    break;
                case AlarmOrderEntry ordered:
                    AlarmCodec.Write(writer, ordered, received);
                    break;
                case AlarmSignalEntry signalled:
                    AlarmCodec.Write(writer, signalled.Signal);
                    break;
                case AlarmCauseEntry told:
                    writer.Text(told.Home ?? "");
                    break;
                case AlarmSettingsEntry given:
                    AlarmCodec.Write(writer, given.Settings);
                    break;
                case SealedEntry stored:
                    writer.Varint((ulong)stored.Bytes.Length);
                    writer.Bytes(stored.Bytes.AsSpan());
                    break;
            }
        }
    }

    /// <exception cref="CodecException">The bytes are of another version, or damaged.</exception>
    public static ImmutableArray<LogEntry> Read(ref ByteReader reader, int count)
    {
        var entries = new LogEntry[count];
        var clock = 0L;
        for (var index = 0; index < count; index++)
        {
            var type = (EntryType)reader.Byte();
            var device = reader.Text();
            clock += reader.Signed();
            var received = Instant(ref reader, clock);
            entries[index] = type switch
            {
                EntryType.Reading => ReadReading(ref reader, device, received, clock),
                EntryType.Registered => ReadRegistered(ref reader, device, received),
                EntryType.RegisteredWithAlarms => ReadRegistered(ref reader, device, received) with { Alarms = MovingAlarmsCodec.Read(ref reader, device) },
                EntryType.Removed => ReadRemoved(ref reader, device, received),
                EntryType.RemovedWithTold => ReadRemoved(ref reader, device, received) with { Told = MovingAlarmsCodec.ReadTold(ref reader) },
                EntryType.Silenced => new SilencedEntry { Device = device, ReceivedAt = received, LastHeardAt = Instant(ref reader, clock + reader.Signed()) },
                EntryType.Sealed => new SealedEntry { Device = device, ReceivedAt = received, Bytes = [.. reader.Bytes(reader.Count())] },
                EntryType.Parameters => new ParametersEntry { Device = device, ReceivedAt = received, Defaults = ParameterCodec.Read(ref reader) },
                EntryType.Rules => new RulesEntry { Device = device, ReceivedAt = received, Rules = RuleCodec.Read(ref reader) },
                EntryType.RulesLook => new RulesLookEntry { Device = device, ReceivedAt = received },
                EntryType.RuleTurn => new RuleTurnEntry { Device = device, ReceivedAt = received, At = Instant(ref reader, clock + reader.Signed()), Turns = RuleCodec.ReadTurns(ref reader) },
                EntryType.RuleTurnSeen => new RuleTurnEntry
                {
                    Device = device,
                    ReceivedAt = received,
                    At = Instant(ref reader, clock + reader.Signed()),
                    Seen = Instant(ref reader, clock + reader.Signed()),
                    Turns = RuleCodec.ReadTurns(ref reader),
                },
                EntryType.AlarmOrder => AlarmCodec.ReadOrder(ref reader, device, received, clock),
                EntryType.AlarmSignal => new AlarmSignalEntry { Device = device, ReceivedAt = received, Signal = AlarmCodec.ReadSignal(ref reader, device) },
                EntryType.AlarmClock => new AlarmClockEntry { Device = device, ReceivedAt = received },
                EntryType.AlarmCause => new AlarmCauseEntry { Device = device, ReceivedAt = received, Home = reader.Text() is { Length: > 0 } home ? home : null },
                EntryType.AlarmSettings => new AlarmSettingsEntry { Device = device, ReceivedAt = received, Settings = AlarmCodec.ReadSettings(ref reader) },
                _ => throw reader.Wrong($"entry {index} is of the unknown type {(byte)type}"),
            };
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(entries);
    }

    private static EntryType TypeOf(LogEntry entry) => entry switch
    {
        ReadingEntry => EntryType.Reading,
        RegisteredEntry { Alarms: not null } => EntryType.RegisteredWithAlarms,
        RegisteredEntry => EntryType.Registered,
        RemovedEntry { Told.IsDefaultOrEmpty: false } => EntryType.RemovedWithTold,
        RemovedEntry => EntryType.Removed,
        SilencedEntry => EntryType.Silenced,
        SealedEntry => EntryType.Sealed,
        ParametersEntry => EntryType.Parameters,
        RulesEntry => EntryType.Rules,
        RulesLookEntry => EntryType.RulesLook,
        RuleTurnEntry { Seen: not null } => EntryType.RuleTurnSeen,
        RuleTurnEntry => EntryType.RuleTurn,
        AlarmOrderEntry => EntryType.AlarmOrder,
        AlarmSignalEntry => EntryType.AlarmSignal,
        AlarmClockEntry => EntryType.AlarmClock,
        AlarmSettingsEntry => EntryType.AlarmSettings,
        AlarmCauseEntry => EntryType.AlarmCause,
        _ => throw new ArgumentException($"The log has no form for {entry.GetType().Name}."),
    };

    private static void WriteReading(ByteWriter writer, ReadingEntry reading, long received)
    {
        writer.Byte((byte)((reading.Session is null ? 0 : ReadingParts.Session) | (reading.Sequence is null ? 0 : ReadingParts.Sequence)));
        writer.Signed(Milliseconds(reading.ObservedAt, nameof(ReadingEntry.ObservedAt)) - received);
        if (reading.Session is { } session)
        {
            writer.Text(session);
        }

        if (reading.Sequence is { } sequence)
        {
            writer.Signed(sequence);
        }

        writer.Varint((ulong)reading.Metrics.Length);
        foreach (var metric in reading.Metrics)
        {
            var number = MetricNumbers.Of(metric.Name);
            var (form, value) = NumberCodec.Shorten(metric.Value);
            writer.Varint(((ulong)number << NumberCodec.FormBits) | form);
            if (number == MetricNumbers.Named)
            {
                writer.Text(metric.Name);
            }

            NumberCodec.Write(writer, form, value);
        }
    }

    private static ReadingEntry ReadReading(ref ByteReader reader, string device, DateTimeOffset received, long clock)
    {
        var parts = (ReadingParts)reader.Byte();
        var observed = Instant(ref reader, clock + reader.Signed());
        var session = parts.HasFlag(ReadingParts.Session) ? reader.Text() : null;
        long? sequence = parts.HasFlag(ReadingParts.Sequence) ? reader.Signed() : null;
        var metrics = new MetricValue[reader.Count()];
        for (var index = 0; index < metrics.Length; index++)
        {
            var head = reader.Varint();
            var number = head >> NumberCodec.FormBits;
            var name = number == MetricNumbers.Named
                ? reader.Text()
                : MetricNumbers.Name(number) ?? throw reader.Wrong($"a metric has the unknown number {number}");
            metrics[index] = new MetricValue(name, NumberCodec.Read(ref reader, (byte)(head & 3)));
        }

        return new ReadingEntry
        {
            Device = device,
            ReceivedAt = received,
            ObservedAt = observed,
            Session = session,
            Sequence = sequence,
            Metrics = ImmutableCollectionsMarshal.AsImmutableArray(metrics),
        };
    }

    private static RegisteredEntry ReadRegistered(ref ByteReader reader, string device, DateTimeOffset received)
    {
        var revision = reader.Signed();
        return new RegisteredEntry { Device = device, ReceivedAt = received, Revision = revision, Descriptor = DescriptorCodec.Read(ref reader) };
    }

    private static RemovedEntry ReadRemoved(ref ByteReader reader, string device, DateTimeOffset received)
    {
        var revision = reader.Signed();
        var kind = (DeviceKind)reader.Byte();
        return new RemovedEntry { Device = device, ReceivedAt = received, Revision = revision, Kind = kind, Moved = reader.Byte() != 0 };
    }

    private static long Milliseconds(DateTimeOffset instant, string field) => instant.UtcTicks % TimeSpan.TicksPerMillisecond == 0
        ? instant.ToUnixTimeMilliseconds()
        : throw new ArgumentException($"{field} {instant:O} is not whole milliseconds: what the log gives back would differ from what was delivered.");

    internal static DateTimeOffset Instant(ref ByteReader reader, long milliseconds)
    {
        if (milliseconds < DateTimeOffset.MinValue.ToUnixTimeMilliseconds() || milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            throw reader.Wrong($"{milliseconds} ms since 1970 is no instant");
        }

        return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }
}
