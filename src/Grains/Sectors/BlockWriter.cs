using System.Buffers.Binary;
using System.Text;

namespace Grid.Grains.Sectors;

/// <summary>
/// Writes a block of bytes as <see cref="BinaryWriter"/> does, so that <see cref="BinaryReader"/> reads it: a checkpoint writes thousands of small values, each of which
/// would go through a stream.
/// </summary>
/// <param name="capacity">Bytes for which there is room at first.</param>
internal sealed class BlockWriter(int capacity)
{
    // Of a number of 64 bits, seven a byte.
    private const int LongestNumber = 10;
    private const int LongestOfCharacter = 3;

    private byte[] _bytes = new byte[Math.Max(LongestNumber, capacity)];
    private int _length;

    public void Byte(byte value) => Room(1)[0] = value;

    public void Boolean(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Double(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(Room(sizeof(double)), value);
    }

    /// <summary>Seven bits a byte, least first.</summary>
    public void Number(long value)
    {
        Reserve(LongestNumber);
        var rest = (ulong)value;
        for (; rest >= 0x80; rest >>= 7)
        {
            _bytes[_length++] = (byte)(rest | 0x80);
        }

        _bytes[_length++] = (byte)rest;
    }

    /// <summary>Like <see cref="Number(long)"/>: a negative one takes five bytes.</summary>
    public void Number(int value) => Number((long)(uint)value);

    /// <summary>The number of its UTF-8 bytes, then these.</summary>
    public void Text(string value)
    {
        if (Ascii.IsValid(value))
        {
            Number(value.Length);
            Ascii.FromUtf16(value, Room(value.Length), out _);
            return;
        }

        Number(Encoding.UTF8.GetByteCount(value));
        Reserve(value.Length * LongestOfCharacter);
        _length += Encoding.UTF8.GetBytes(value, _bytes.AsSpan(_length));
    }

    public void Bytes(ReadOnlySpan<byte> value) => value.CopyTo(Room(value.Length));

    /// <summary>What was written.</summary>
    public byte[] ToArray() => _bytes.AsSpan(0, _length).ToArray();

    private Span<byte> Room(int count)
    {
        Reserve(count);
        _length += count;
        return _bytes.AsSpan(_length - count, count);
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - _length < count)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
        }
    }
}
