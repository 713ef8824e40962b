using System.Text;
using Grid.Grains.Sectors;

namespace Grid.Tests.City;

/// <summary>A sector's snapshot is read by <see cref="BinaryReader"/>: what is written must be what <see cref="BinaryWriter"/> writes.</summary>
public sealed class BlockWriterTests
{
    [Fact]
    public void It_writes_what_a_binary_writer_writes()
    {
        var expected = new MemoryStream();
        var there = new BinaryWriter(expected, Encoding.UTF8);
        var here = new BlockWriter(0);
        foreach (var number in (long[])[0, 1, 127, 128, 16_384, int.MaxValue, long.MaxValue, -1, long.MinValue])
        {
            there.Write7BitEncodedInt64(number);
            here.Number(number);
            there.Write7BitEncodedInt((int)number);
            here.Number((int)number);
            there.Write((double)number);
            here.Double(number);
        }

        foreach (var text in (string[])["", "PL-29019-00012", "Crozon – l'été 🌅", new string('é', 200), new string('x', 300)])
        {
            there.Write(text);
            here.Text(text);
        }

        there.Write((byte)200);
        here.Byte(200);
        there.Write(true);
        here.Boolean(true);
        there.Write([1, 2, 3]);
        here.Bytes([1, 2, 3]);

        there.Flush();
        Assert.Equal(expected.ToArray(), here.ToArray());
    }
}
