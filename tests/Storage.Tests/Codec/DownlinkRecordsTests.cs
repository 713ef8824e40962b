using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Storage.Codec;

namespace Grid.Tests.Storage.Codec;

public sealed class DownlinkRecordsTests
{
    [Fact]
    public void A_row_that_was_written_before_gateways_were_known_has_none()
    {
        using var writer = new ByteWriter(256);
        Records.Begin(writer).Text("c1");
        writer.Text("L1");
        writer.Text("simulator");
        writer.Text("setDimming");
        writer.Varint(7);
        writer.Signed(DateTimeOffset.UnixEpoch.UtcTicks);
        writer.Varint(1);
        writer.Text("percent");
        writer.Fixed64(BitConverter.DoubleToUInt64Bits(35.5));

        var read = DownlinkRecords.Read(Records.End(writer), "registry.db", "c1");

        var arguments = ImmutableSortedDictionary<string, double>.Empty.Add("percent", 35.5);
        Assert.Equal(arguments.AsEnumerable(), read.Arguments.AsEnumerable());
        Assert.Equal(new Downlink("c1", "L1", "simulator", "setDimming", arguments, 7, DateTimeOffset.UnixEpoch), read with { Arguments = arguments });
    }
}
