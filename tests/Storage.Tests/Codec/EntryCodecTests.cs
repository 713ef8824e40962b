using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Contracts.Rules;
using Grid.Storage.Codec;

namespace Grid.Tests.Storage.Codec;

public sealed class EntryCodecTests
{
    private static readonly Gen<string> Texts = Gen.Elements("", "L1", "29:lampe-é", "Salle des fêtes — Brest", "日本", "a\nb\0c", new string('x', 300));
    private static readonly Gen<double> Numbers = Gen.OneOf(
        Gen.Elements(0d, -0d, 1, -1, 0.1, 21.7, 40.125, 1e15, -1e15, 1e300, double.Epsilon, double.MaxValue, double.NaN, double.PositiveInfinity, 9007199254740993, 0.0005),
        Gen.Choose(-1_000_000, 1_000_000).Select(value => (double)value),
        Gen.Choose(-1_000_000, 1_000_000).Select(value => value / 1000d),
        Gen.Choose(int.MinValue, int.MaxValue).Two().Select(pair => BitConverter.Int64BitsToDouble(((long)pair.Item1 << 32) ^ (uint)pair.Item2)));

    private static readonly Gen<DateTimeOffset> Instants = Gen.OneOf(
        Gen.Choose(-2_000_000_000, 2_000_000_000).Select(offset => Samples.Morning.AddMilliseconds(offset)),
        Gen.Elements(DateTimeOffset.UnixEpoch, DateTimeOffset.MinValue, new DateTimeOffset(9999, 12, 31, 23, 59, 59, 999, TimeSpan.Zero)));

    private static readonly Gen<MetricValue> Metrics =
        from name in Gen.Elements(MetricCatalog.All.Select(metric => metric.Name).Append("vendorSpecificThing").Append("é"))
        from value in Numbers
        select new MetricValue(name, value);

    private static readonly Gen<AttributeValue> Attributes = Gen.OneOf(
        Texts.Select(AttributeValue.Of), Numbers.Select(AttributeValue.Of), Gen.Elements(true, false).Select(AttributeValue.Of), Gen.Constant(default(AttributeValue)));

    private static readonly Gen<ConnectorSpec> Connectors =
        from type in Gen.Elements("http", "simulator")
        from optional in Texts.OrNull().ArrayOf(7)
        from mapping in Texts.ArrayOf(3)
        select new ConnectorSpec
        {
            Type = type,
            Url = optional[0],
            Secret = optional[1],
            DeviceId = optional[2],
            DevEui = optional[3],
            Topic = optional[4],
            Gateway = optional[5],
            Codec = optional[6],
            Mapping = mapping.Distinct().ToImmutableSortedDictionary(key => key, key => key + "!"),
        };

    private static readonly Gen<DeviceDescriptor> Devices =
        from id in Texts
        from kind in Gen.Elements(Enum.GetValues<DeviceKind>())
        from name in Texts
        from longitude in Numbers
        from hasPosition in Gen.Elements(true, false)
        from keys in Texts.ArrayOf(4)
        from values in Attributes.ArrayOf(4)
        from connector in Connectors.OrNull()
        select new DeviceDescriptor
        {
            Id = id,
            Kind = kind,
            Commune = "2A004",
            Name = name,
            Position = hasPosition ? new GeoPoint(longitude, 48.39) : null,
            Attributes = keys.Zip(values).DistinctBy(pair => pair.First).ToImmutableSortedDictionary(pair => pair.First, pair => pair.Second),
            Connector = connector,
        };

    private static readonly Gen<LogEntry> Entries =
        from device in Texts
        from received in Instants
        from other in Instants
        from text in Texts.OrNull()
        from number in Gen.Choose(int.MinValue, int.MaxValue)
        from metrics in Metrics.ListOf()
        from descriptor in Devices
        from kind in Gen.Choose(0, 14)
        select kind switch
        {
            0 => new ReadingEntry
            {
                Device = device,
                ReceivedAt = received,
                ObservedAt = other,
                Session = text,
                Sequence = number % 3 == 0 ? null : (long)number << (number & 31),
                Metrics = [.. metrics],
            },
            1 => new RegisteredEntry { Device = device, ReceivedAt = received, Descriptor = descriptor, Revision = number },
            8 => new RulesEntry { Device = string.Empty, ReceivedAt = received, Rules = Rules(device, number, text) },
            10 => new RuleTurnEntry { Device = string.Empty, ReceivedAt = received, At = other, Turns = [.. metrics.Select(metric => Turn(metric, number))], Seen = number % 2 == 0 ? received : null },
            9 => new RulesLookEntry { Device = string.Empty, ReceivedAt = received },
            4 => new ParametersEntry { Device = string.Empty, ReceivedAt = received, Defaults = Parameters([.. metrics]) },
            5 => new AlarmOrderEntry
            {
                Device = device,
                ReceivedAt = received,
                Condition = text ?? "fire",
                Order = new AlarmOrder { Action = (AlarmAction)(number & 7), By = device, Note = text, Until = number % 2 == 0 ? other : null, Id = number % 7 == 0 ? device : null },
            },
            6 => new AlarmSignalEntry
            {
                Device = device,
                ReceivedAt = received,
                Signal = new AlarmSignal
                {
                    Source = device,
                    Condition = text ?? "supplyOutage",
                    IsActive = number % 2 == 0,
                    Text = text,
                    Priority = number % 3 == 0 ? (AlarmPriority)(number & 3) : null,
                    Class = number % 5 == 0 ? AlarmClass.System : null,
                    Explains = [.. metrics.Select(metric => metric.Name)],
                    Kind = number % 11 == 0 ? DeviceKind.Bin : null,
                },
            },
            13 => new RegisteredEntry { Device = device, ReceivedAt = received, Descriptor = descriptor, Revision = number, Alarms = Moving(device, number, text, other, [.. metrics]) },
            14 => new RemovedEntry
            {
                Device = device,
                ReceivedAt = received,
                Kind = DeviceKind.Bin,
                Moved = true,
                Revision = number,
                Told = [.. metrics.Select((metric, place) => new ToldAlarm(metric.Name, new OpenPage(other, place % 2 == 0 ? received : null, place, number & 7)))],
            },
            11 => new AlarmCauseEntry { Device = device, ReceivedAt = received, Home = number % 2 == 0 ? "29019.3" : null },
            12 => new AlarmSettingsEntry
            {
                Device = string.Empty,
                ReceivedAt = received,
                Settings =
                [
                    .. metrics.Select((metric, place) => new AlarmSetting
                    {
                        Condition = metric.Name,
                        Kind = place % 2 == 0 ? DeviceKind.Meter : null,
                        Priority = number % 3 == 0 ? (AlarmPriority)(number & 3) : null,
                        Class = number % 5 == 0 ? AlarmClass.System : null,
                        TimeToRespond = number % 2 == 0 ? TimeSpan.FromDays(366) : null,
                        OnDelay = number % 7 == 0 ? TimeSpan.Zero : null,
                        OffDelay = place % 3 == 0 ? TimeSpan.FromSeconds(number & 0xffff) : null,
                        IsEnabled = place % 3 == 0 ? null : number % 2 == 0,
                    }),
                ],
            },
            7 => new AlarmClockEntry { Device = string.Empty, ReceivedAt = received },
            2 => new RemovedEntry { Device = device, ReceivedAt = received, Kind = DeviceKind.Meter, Moved = number % 2 == 0, Revision = number },
            _ => (LogEntry)new SilencedEntry { Device = device, ReceivedAt = received, LastHeardAt = other },
        };

    [Fact]
    public void Entries_come_back_as_they_were_to_the_bit() => Check.One(
        Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(300).WithReplay(17, 4711),
        Prop.ForAll(Entries.ListOf().ToArbitrary(), entries =>
        {
            var bytes = Encode([.. entries]);
            var reader = new ByteReader(bytes);
            var read = EntryCodec.Read(ref reader, entries.Count);
            return reader.Remaining == 0 && entries.Select(Shown).SequenceEqual(read.Select(Shown));
        }));

    [Fact]
    public void Bytes_that_were_cut_or_changed_give_an_error_with_a_position_or_other_entries_and_never_anything_else() => Check.One(
        Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(300).WithReplay(17, 4711),
        Prop.ForAll(Entries.NonEmptyListOf().ToArbitrary(), Gen.Choose(0, int.MaxValue - 1).Two().ToArbitrary(), (entries, noise) =>
        {
            var bytes = Encode([.. entries]);
            bytes[noise.Item1 % bytes.Length] ^= (byte)(1 << (noise.Item2 % 8));
            return Readable(bytes, entries.Count) && Readable(bytes[..(noise.Item2 % bytes.Length)], entries.Count);
        }));

    [Fact]
    public void Every_canonical_metric_has_a_number() =>
        Assert.All(MetricCatalog.All, metric => Assert.Equal(metric.Name, MetricNumbers.Name((ulong)MetricNumbers.Of(metric.Name))));

    [Fact]
    public void The_form_of_a_stored_entry_does_not_change()
    {
        var bytes = Encode([Samples.Reading(1), new RemovedEntry { Device = "B9", ReceivedAt = Samples.Morning, Kind = DeviceKind.Bin, Moved = true, Revision = 300 }]);

        Assert.Equal("01024C3182CCDBFF946702B717020225FAF20440020302423901D8040401", Convert.ToHexString(bytes));
    }

    [Fact]
    public void A_reading_of_two_metrics_takes_less_than_30_bytes() => Assert.InRange(Encode(Samples.Readings(1, 1000)).Length / 1000d, 1, 30);

    [Theory]
    [InlineData(99, "unknown type 99")]
    [InlineData(0, "unknown type 0")]
    public void An_unknown_type_of_entry_is_refused_with_its_position(byte type, string reason)
    {
        var bytes = Encode([Samples.Reading(1)]);
        bytes[0] = type;

        var error = Assert.Throws<CodecException>(() => Decode(bytes, 1));

        Assert.Contains(reason, error.Message);
        Assert.InRange(error.Position, 1, bytes.Length);
    }

    private static byte[] Encode(ImmutableArray<LogEntry> entries)
    {
        using var writer = new ByteWriter(16);
        EntryCodec.Write(writer, entries);
        return writer.Written.ToArray();
    }

    private static void Decode(byte[] bytes, int count)
    {
        var reader = new ByteReader(bytes);
        EntryCodec.Read(ref reader, count);
    }

    private static bool Readable(byte[] bytes, int count)
    {
        try
        {
            Decode(bytes, count);
            return true;
        }
        catch (CodecException)
        {
            return true;
        }
    }

    private static RuleSet Rules(string id, int number, string? text) => new()
    {
        Hash = number,
        Rules = [new PublishedRule { Id = id, Version = (long)number << 20, Name = text ?? "", Scope = "all", Kinds = (DeviceKinds)(number & 63), Json = """{"when":"é"}""" }],
    };

    private static MovingAlarms Moving(string device, int number, string? text, DateTimeOffset at, MetricValue[] metrics) => new()
    {
        Device = device,
        Revision = (long)number << 20,
        LeftAt = at.ToUnixTimeMilliseconds(),
        Holding = number,
        Alarms =
        [
            .. metrics.Select((metric, place) => new Alarm
            {
                Source = device,
                Condition = metric.Name,
                Kind = (DeviceKind)(place % 6),
                Priority = (AlarmPriority)(number & 3),
                Class = AlarmClass.Security,
                Text = text,
                IsActive = place % 2 == 0,
                IsAcknowledged = place % 3 == 0,
                RaisedAt = number,
                LastAt = at.ToUnixTimeMilliseconds(),
                ClearedAt = place,
                Count = number & 0xffff,
                Parent = place % 2 == 0 ? text : null,
                ShelvedUntil = (long)number << 9,
                IsSuppressed = place % 5 == 0,
                IsOutOfService = place % 7 == 0,
                RaiseDue = place % 2 == 0 ? 0 : number,
                ReturnDue = place % 3 == 0 ? 0 : number,
                IsInterrupted = number % 2 == 0,
                Page = place % 2 == 0 ? new OpenPage(at, number % 3 == 0 ? null : at, place, number & 7) : null,
                Communes = place % 3 == 0 ? ["29019", "2A004"] : [],
                Orders = [.. metrics.Take(8).Select(other => other.Name)],
                History = [.. metrics.Take(3).Select(other => new AlarmEvent((AlarmAction)(number & 7), at, other.Name, place % 2 == 0 ? text : null))],
            }),
        ],
    };

    private static RuleTurn Turn(MetricValue metric, int number) => new()
    {
        Device = metric.Name,
        Rule = Bits(metric.Value),
        Since = (long)number << 9,
        FiredAt = number,
        Bands = (ushort)number,
        Marks = (RuleTurnMarks)(number & 31),
    };

    private static ImmutableArray<ParameterSet> Parameters(MetricValue[] metrics) =>
        [.. metrics.GroupBy(metric => (DeviceKind)(metric.Name.Length % 6)).Select(group => new ParameterSet { Kind = group.Key, Values = [.. group.Select(Parameter)] })];

    private static ParameterValue Parameter(MetricValue metric) =>
        new(metric.Name, metric.Value > 0 ? AttributeValue.Of(metric.Value) : AttributeValue.Of(metric.Value < 0));

    /// <summary>Everything in an entry, as text: records with collections compare these by reference.</summary>
    private static string Shown(LogEntry entry) => entry switch
    {
        AlarmOrderEntry ordered => $"{ordered.Device}|{ordered.ReceivedAt:O}|{ordered.Condition}|{ordered.Order}",
        AlarmSignalEntry signalled => $"{signalled.Device}|{signalled.ReceivedAt:O}|{signalled.Signal with { Explains = [] }}|{string.Join(';', signalled.Signal.Explains)}",
        ReadingEntry reading => $"{reading.Device}|{reading.ReceivedAt:O}|{reading.ObservedAt:O}|{reading.Session ?? "-none-"}|{reading.Sequence}|"
            + string.Join(';', reading.Metrics.Select(metric => $"{metric.Name}={Bits(metric.Value)}")),
        RegisteredEntry registered => $"{registered.Device}|{registered.ReceivedAt:O}|{registered.Revision}|" + Shown(registered.Descriptor) + Shown(registered.Alarms),
        RemovedEntry removed => $"{removed with { Told = [] }}|{string.Join('|', removed.Told)}",
        RuleTurnEntry turn => $"{turn.Device}|{turn.ReceivedAt:O}|{turn.At:O}|{turn.Seen:O}|{string.Join('|', turn.Turns)}",
        RulesEntry rules => $"{rules.Device}|{rules.ReceivedAt:O}|{rules.Rules.Hash}|{string.Join('|', rules.Rules.Rules)}",
        AlarmSettingsEntry given => $"{given.Device}|{given.ReceivedAt:O}|{string.Join('|', given.Settings)}",
        ParametersEntry given => $"{given.Device}|{given.ReceivedAt:O}|"
            + string.Join('|', given.Defaults.Select(set => $"{set.Kind}:" + string.Join(';', set.Values.Select(value => $"{value.Name}={Bits(value.Value.Number ?? 0)},{value.Value.Number is null},{value.Value.Flag}")))),
        _ => entry.ToString(),
    };

    private static string Shown(MovingAlarms? moving) => moving is null ? "" : $"|{moving with { Alarms = [] }}|"
        + string.Join('|', moving.Alarms.Select(alarm => $"{alarm with { Orders = [], History = [], Communes = [] }}{string.Join(';', alarm.Orders)}{string.Join(';', alarm.Communes)}{string.Join(';', alarm.History)}"));

    private static string Shown(DeviceDescriptor device) =>
        $"{device.Id}|{device.Kind}|{device.Commune}|{device.Name}|{device.Position is null}|{Bits(device.Position?.Longitude ?? 0)}|{Bits(device.Position?.Latitude ?? 0)}|"
        + string.Join(';', device.Attributes.Select(pair => $"{pair.Key}={pair.Value.Text ?? "-none-"},{Bits(pair.Value.Number ?? 0)},{pair.Value.Number is null},{pair.Value.Flag}"))
        + (device.Connector is { } connector
            ? string.Join('|', (string?[])[connector.Type, connector.Url ?? "-none-", connector.Secret ?? "-none-", connector.DeviceId ?? "-none-", connector.DevEui ?? "-none-", connector.Topic ?? "-none-", connector.Gateway ?? "-none-", connector.Codec ?? "-none-"])
                + string.Join(';', connector.Mapping)
            : "no connector");

    private static long Bits(double value) => BitConverter.DoubleToInt64Bits(value);
}
