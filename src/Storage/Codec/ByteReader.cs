using System.Buffers.Binary;
using System.Text;

namespace Grid.Storage.Codec;

/// <summary>Reads what <see cref="ByteWriter"/> wrote; anything else is a <see cref="CodecException"/> with its position.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes that are left.</summary>
    public readonly int Remaining => _bytes.Length - Position;

    public byte Byte() => Bytes(1)[0];

    public uint Fixed32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(sizeof(uint)));

    public ulong Fixed64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(sizeof(ulong)));

    public ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Byte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw Wrong("an integer has more than 64 bits");
    }

    public long Signed()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A count of things of which each takes at least a byte: bounded by what is left, so that damage cannot ask for memory.</summary>
    public int Count()
    {
        var value = Varint();
        return value <= (ulong)Remaining ? (int)value : throw Wrong($"a count of {value} is more than what is left");
    }

    public ReadOnlySpan<byte> TextBytes() => Bytes(Count());

    public string Text() => Encoding.UTF8.GetString(TextBytes());

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (count < 0 || count > Remaining)
        {
            throw Wrong($"{count} bytes are wanted and {Remaining} are left");
        }

        var read = _bytes.Slice(Position, count);
        Position += count;
        return read;
    }

    /// <summary>The error to throw for what was read last.</summary>
    public readonly CodecException Wrong(string reason) => new(Position, reason);
}

/// <summary>Bytes that this version of the program did not write, or that changed since.</summary>
internal sealed class CodecException(int position, string reason) : Exception($"{reason} (byte {position})")
{
    /// <summary>Where in the record.</summary>
    public int Position { get; } = position;
}
