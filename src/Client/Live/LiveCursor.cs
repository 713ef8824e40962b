using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Grid.Contracts.Sectors;

namespace Grid.Client.Live;

/// <summary>
/// How far a live client is, as opaque text: for each sector of its scope (epoch, offset), bound to scope and filter by a hash. Sector names
/// are not in it, only a hash of them: both sides know the scope. About 4 bytes a sector.
/// </summary>
/// <remarks>Bytes: version, filter hash (8), names hash (4), count, then for each sector the difference of its epoch to the one before and its
/// offset as variable-length integers, then a checksum (4).</remarks>
public static class LiveCursor
{
    private const byte Version = 1;
    private const int HeaderLength = 13;
    private const int ChecksumLength = 4;
    private const int MaximumTextLength = 200_000;

    /// <summary>The cursor of versions, which are ordered by sector name.</summary>
    public static string Encode(ulong filterHash, ReadOnlySpan<SectorVersion> versions)
    {
        var bytes = new ArrayBufferWriter<byte>(HeaderLength + ChecksumLength + 5 + (versions.Length * 6));
        var header = bytes.GetSpan(HeaderLength);
        header[0] = Version;
        BinaryPrimitives.WriteUInt64LittleEndian(header[1..], filterHash);
        BinaryPrimitives.WriteUInt32LittleEndian(header[9..], NamesHash(versions));
        bytes.Advance(HeaderLength);
        WriteNumber(bytes, (ulong)versions.Length);
        var epoch = 0L;
        foreach (ref readonly var version in versions)
        {
            var difference = version.Epoch - epoch;
            WriteNumber(bytes, (ulong)((difference << 1) ^ (difference >> 63)));
            WriteNumber(bytes, (ulong)version.Offset);
            epoch = version.Epoch;
        }

        Checksum(bytes.WrittenSpan, bytes.GetSpan(ChecksumLength)[..ChecksumLength]);
        bytes.Advance(ChecksumLength);
        return Base64Url.EncodeToString(bytes.WrittenSpan);
    }

    /// <inheritdoc cref="Encode(ulong, ReadOnlySpan{SectorVersion})"/>
    public static string Encode(ulong filterHash, ImmutableArray<SectorVersion> versions) => Encode(filterHash, versions.AsSpan());

    /// <summary>The versions; false for a text that is no cursor of this scope, filter and these sectors.</summary>
    /// <param name="filterHash">Scope and filter.</param>
    /// <param name="sectors">The sectors of the scope, ordered by name.</param>
    /// <param name="text">The cursor.</param>
    /// <param name="versions">One for each sector.</param>
    public static bool TryDecode(ulong filterHash, IReadOnlyList<string> sectors, string text, out SectorVersion[] versions)
    {
        versions = [];
        if (!TryOpen(filterHash, text, out var bytes))
        {
            return false;
        }

        var rest = bytes.AsSpan(HeaderLength, bytes.Length - HeaderLength - ChecksumLength);
        if (!TryReadNumber(ref rest, out var count) || count != (ulong)sectors.Count)
        {
            return false;
        }

        var found = new SectorVersion[sectors.Count];
        var epoch = 0L;
        for (var i = 0; i < found.Length; i++)
        {
            if (!TryReadNumber(ref rest, out var difference) || !TryReadNumber(ref rest, out var offset))
            {
                return false;
            }

            epoch += (long)(difference >> 1) ^ -(long)(difference & 1);
            found[i] = new(sectors[i], epoch, (long)offset);
        }

        if (!rest.IsEmpty || NamesHash(found) != BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(9)))
        {
            return false;
        }

        versions = found;
        return true;
    }

    private static bool TryOpen(ulong filterHash, string text, out byte[] bytes)
    {
        bytes = [];
        if (text.Length is 0 or > MaximumTextLength || !Base64Url.IsValid(text))
        {
            return false;
        }

        bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length < HeaderLength + ChecksumLength || bytes[0] != Version || BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(1)) != filterHash)
        {
            return false;
        }

        Span<byte> checksum = stackalloc byte[ChecksumLength];
        Checksum(bytes.AsSpan(0, bytes.Length - ChecksumLength), checksum);
        return checksum.SequenceEqual(bytes.AsSpan(bytes.Length - ChecksumLength));
    }

    private static uint NamesHash(ReadOnlySpan<SectorVersion> versions)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ref readonly var version in versions)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(version.Sector));
            hash.AppendData("\n"u8);
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(hash.GetHashAndReset());
    }

    private static void Checksum(ReadOnlySpan<byte> bytes, Span<byte> checksum)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        hash[..ChecksumLength].CopyTo(checksum);
    }

    private static void WriteNumber(ArrayBufferWriter<byte> bytes, ulong value)
    {
        var span = bytes.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[length++] = (byte)(value | 0x80);
        }

        span[length++] = (byte)value;
        bytes.Advance(length);
    }

    private static bool TryReadNumber(ref Span<byte> bytes, out ulong value)
    {
        value = 0;
        for (var i = 0; i < bytes.Length && i < 10; i++)
        {
            value |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
