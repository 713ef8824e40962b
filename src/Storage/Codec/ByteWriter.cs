using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Grid.Storage.Codec;

/// <summary>A growing buffer of the shared pool. Little endian; integers as varints. Dispose gives the buffer back.</summary>
internal sealed class ByteWriter(int capacity) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public Span<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>What was written, for as long as nothing more is.</summary>
    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, Length);

    /// <summary>Forgets what was written; the buffer stays.</summary>
    public void Clear() => Length = 0;

    /// <summary>Forgets what was written after a length.</summary>
    public void CutTo(int length) => Length = length;

    /// <summary>Room of a fixed size, to be filled now or later through <see cref="Written"/>.</summary>
    public Span<byte> Reserve(int count)
    {
        if (_buffer.Length - Length < count)
        {
            Grow(count);
        }

        var room = _buffer.AsSpan(Length, count);
        Length += count;
        return room;
    }

    public void Byte(byte value) => Reserve(1)[0] = value;

    public void Fixed32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Reserve(sizeof(uint)), value);

    public void Fixed64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Reserve(sizeof(ulong)), value);

    /// <summary>Seven bits a byte, least first: 1 byte up to 127.</summary>
    public void Varint(ulong value)
    {
        const int Longest = 10;
        if (_buffer.Length - Length < Longest)
        {
            Grow(Longest);
        }

        while (value >= 0x80)
        {
            _buffer[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _buffer[Length++] = (byte)value;
    }

    /// <summary>A signed integer, small when near zero on either side.</summary>
    public void Signed(long value) => Varint((ulong)((value << 1) ^ (value >> 63)));

    public void Text(string value)
    {
        var count = Encoding.UTF8.GetByteCount(value);
        Varint((ulong)count);
        Encoding.UTF8.GetBytes(value, Reserve(count));
    }

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        Length = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Grow(int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Length + count), _buffer.Length * 2));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
