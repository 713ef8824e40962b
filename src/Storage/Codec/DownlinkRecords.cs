using System.Collections.Immutable;
using Grid.Contracts.Commands;

namespace Grid.Storage.Codec;

/// <summary>Downlinks as they stand in rows of the outbox.</summary>
internal static class DownlinkRecords
{
    public static ReadOnlySpan<byte> Write(ByteWriter writer, Downlink downlink)
    {
        Records.Begin(writer).Text(downlink.Command);
        writer.Text(downlink.Device);
        writer.Text(downlink.Connector);
        writer.Text(downlink.Name);
        writer.Varint((ulong)downlink.Version);
        writer.Signed(downlink.ExpiresAt.UtcTicks);
        writer.Varint((ulong)downlink.Arguments.Count);
        foreach (var (name, value) in downlink.Arguments)
        {
            writer.Text(name);
            writer.Fixed64(BitConverter.DoubleToUInt64Bits(value));
        }

        writer.Text(downlink.Gateway);
        writer.Varint((ulong)downlink.Owner);
        return Records.End(writer);
    }

    public static Downlink Read(ReadOnlySpan<byte> record, string store, string key)
    {
        var reader = Records.Open(record, store, $"the downlink of command {key}");
        var (command, device, connector, name) = (reader.Text(), reader.Text(), reader.Text(), reader.Text());
        var version = (long)reader.Varint();
        var expiresAt = new DateTimeOffset(reader.Signed(), TimeSpan.Zero);
        var arguments = ImmutableSortedDictionary.CreateBuilder<string, double>();
        for (var count = reader.Count(); count > 0; count--)
        {
            arguments[reader.Text()] = BitConverter.UInt64BitsToDouble(reader.Fixed64());
        }

        // Rows that were written before gateways were known end here, and those before other owners were after the gateway.
        var gateway = reader.Remaining > 0 ? reader.Text() : string.Empty;
        var owner = reader.Remaining > 0 ? (DownlinkOwner)reader.Varint() : DownlinkOwner.Command;
        return new Downlink(command, device, connector, name, arguments.ToImmutable(), version, expiresAt, gateway, owner);
    }
}
