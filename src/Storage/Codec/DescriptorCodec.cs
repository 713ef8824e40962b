using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;

namespace Grid.Storage.Codec;

/// <summary>Device descriptors as bytes, in the log and in the registry. A change of form takes a new <see cref="Version"/>; old ones stay readable.</summary>
internal static class DescriptorCodec
{
    /// <summary>The form that is written.</summary>
    public const byte Version = 1;

    [Flags]
    private enum Parts : byte
    {
        Position = 1,
        Connector = 2,
    }

    [Flags]
    private enum ValueParts : byte
    {
        Text = 1,
        Number = 2,
        Flag = 4,
        FlagIsTrue = 8,
    }

    public static void Write(ByteWriter writer, DeviceDescriptor device)
    {
        writer.Byte(Version);
        writer.Byte((byte)((device.Position is null ? 0 : Parts.Position) | (device.Connector is null ? 0 : Parts.Connector)));
        writer.Byte((byte)device.Kind);
        writer.Text(device.Id);
        writer.Text(device.Commune);
        writer.Text(device.Name);
        if (device.Position is { } position)
        {
            WriteNumber(writer, position.Longitude);
            WriteNumber(writer, position.Latitude);
        }

        writer.Varint((ulong)device.Attributes.Count);
        foreach (var (name, value) in device.Attributes)
        {
            writer.Text(name);
            WriteValue(writer, value);
        }

        if (device.Connector is { } connector)
        {
            WriteConnector(writer, connector);
        }
    }

    public static DeviceDescriptor Read(ref ByteReader reader)
    {
        var (parts, kind) = ReadHead(ref reader);
        var id = reader.Text();
        var commune = reader.Text();
        var name = reader.Text();
        GeoPoint? position = parts.HasFlag(Parts.Position) ? new GeoPoint(ReadNumber(ref reader), ReadNumber(ref reader)) : null;
        var attributes = ReadAttributes(ref reader);
        return new DeviceDescriptor
        {
            Id = id,
            Kind = kind,
            Commune = commune,
            Name = name,
            Position = position,
            Attributes = attributes,
            Connector = parts.HasFlag(Parts.Connector) ? ReadConnector(ref reader) : null,
        };
    }

    /// <summary>Of a device what the directory holds. Only a person's is read whole.</summary>
    public static DirectoryEntry ReadEntry(ref ByteReader reader, string sector, SharedTexts texts)
    {
        var whole = reader;
        var (parts, kind) = ReadHead(ref reader);
        var id = reader.Text();
        reader.TextBytes();
        reader.TextBytes();
        if (parts.HasFlag(Parts.Position))
        {
            ReadNumber(ref reader);
            ReadNumber(ref reader);
        }

        double? indexMaximum = null;
        for (var left = reader.Count(); left > 0; left--)
        {
            var name = reader.TextBytes();
            if (name.SequenceEqual("subscriber"u8) || name.SequenceEqual("dwelling"u8) || name.SequenceEqual("sealed"u8))
            {
                return DirectoryEntry.Of(new DeviceRecord { Descriptor = Read(ref whole), Sector = sector, Revision = 0 });
            }

            var value = (ValueParts)reader.Byte();
            if (value.HasFlag(ValueParts.Text))
            {
                reader.TextBytes();
            }

            if (value.HasFlag(ValueParts.Number))
            {
                var number = ReadNumber(ref reader);
                indexMaximum = name.SequenceEqual("indexMaximum"u8) ? number : indexMaximum;
            }
        }

        string? connector = null;
        if (parts.HasFlag(Parts.Connector))
        {
            reader.Byte();
            connector = texts.Of(reader.TextBytes());
        }

        return new DirectoryEntry(id, kind, sector, connector, indexMaximum, null);
    }

    private static (Parts Parts, DeviceKind Kind) ReadHead(ref ByteReader reader)
    {
        var version = reader.Byte();
        if (version != Version)
        {
            throw reader.Wrong($"a device is stored in the unknown form {version}");
        }

        var parts = (Parts)reader.Byte();
        var kind = (DeviceKind)reader.Byte();
        return kind <= DeviceKind.Environment ? (parts, kind) : throw reader.Wrong($"a device has the unknown kind {(byte)kind}");
    }

    private static ImmutableSortedDictionary<string, AttributeValue> ReadAttributes(ref ByteReader reader)
    {
        var count = reader.Count();
        if (count == 0)
        {
            return ImmutableSortedDictionary<string, AttributeValue>.Empty;
        }

        var attributes = ImmutableSortedDictionary.CreateBuilder<string, AttributeValue>();
        for (var index = 0; index < count; index++)
        {
            attributes[reader.Text()] = ReadValue(ref reader);
        }

        return attributes.ToImmutable();
    }

    internal static void WriteValue(ByteWriter writer, AttributeValue value)
    {
        writer.Byte((byte)((value.Text is null ? 0 : ValueParts.Text)
            | (value.Number is null ? 0 : ValueParts.Number)
            | (value.Flag is null ? 0 : ValueParts.Flag)
            | (value.Flag == true ? ValueParts.FlagIsTrue : 0)));
        if (value.Text is { } text)
        {
            writer.Text(text);
        }

        if (value.Number is { } number)
        {
            WriteNumber(writer, number);
        }
    }

    internal static AttributeValue ReadValue(ref ByteReader reader)
    {
        var parts = (ValueParts)reader.Byte();
        return new AttributeValue
        {
            Text = parts.HasFlag(ValueParts.Text) ? reader.Text() : null,
            Number = parts.HasFlag(ValueParts.Number) ? ReadNumber(ref reader) : null,
            Flag = parts.HasFlag(ValueParts.Flag) ? parts.HasFlag(ValueParts.FlagIsTrue) : null,
        };
    }

    private static void WriteConnector(ByteWriter writer, ConnectorSpec connector)
    {
        ReadOnlySpan<string?> texts =
        [
            connector.Url, connector.Secret, connector.DeviceId, connector.DevEui, connector.Topic, connector.Gateway, connector.Codec,
        ];
        var present = 0;
        for (var index = 0; index < texts.Length; index++)
        {
            present |= texts[index] is null ? 0 : 1 << index;
        }

        writer.Byte((byte)present);
        writer.Text(connector.Type);
        foreach (var text in texts)
        {
            if (text is not null)
            {
                writer.Text(text);
            }
        }

        writer.Varint((ulong)connector.Mapping.Count);
        foreach (var (from, to) in connector.Mapping)
        {
            writer.Text(from);
            writer.Text(to);
        }
    }

    private static ConnectorSpec ReadConnector(ref ByteReader reader)
    {
        var present = reader.Byte();
        var type = reader.Text();
        var connector = new ConnectorSpec
        {
            Type = type,
            Url = Optional(ref reader, present, 0),
            Secret = Optional(ref reader, present, 1),
            DeviceId = Optional(ref reader, present, 2),
            DevEui = Optional(ref reader, present, 3),
            Topic = Optional(ref reader, present, 4),
            Gateway = Optional(ref reader, present, 5),
            Codec = Optional(ref reader, present, 6),
        };
        var count = reader.Count();
        if (count == 0)
        {
            return connector;
        }

        var mapping = ImmutableSortedDictionary.CreateBuilder<string, string>();
        for (var index = 0; index < count; index++)
        {
            mapping[reader.Text()] = reader.Text();
        }

        return connector with { Mapping = mapping.ToImmutable() };
    }

    private static string? Optional(ref ByteReader reader, byte present, int bit) => (present & (1 << bit)) == 0 ? null : reader.Text();

    private static void WriteNumber(ByteWriter writer, double value)
    {
        var (form, integer) = NumberCodec.Shorten(value);
        writer.Byte(form);
        NumberCodec.Write(writer, form, integer);
    }

    private static double ReadNumber(ref ByteReader reader)
    {
        var form = reader.Byte();
        return NumberCodec.Read(ref reader, form);
    }
}
