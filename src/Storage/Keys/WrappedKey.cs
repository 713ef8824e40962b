using System.Buffers.Binary;
using System.Security.Cryptography;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;

namespace Grid.Storage.Keys;

/// <summary>
/// A subscriber's key as its file holds it, in 96 bytes: pseudonym of the subscriber (16), key id (8), when it was made in Unix seconds (4), the first place of the keys that
/// were made with it (4), nonce (12), wrapped key (32), tag (16), CRC-32C (4). The wrapping authenticates pseudonym and id, so that a row cannot be moved to another subscriber.
/// </summary>
internal sealed class WrappedKey
{
    public const int Size = 96;
    public const int KeyBytes = 32;

    private const int NonceAt = 32;
    private const int NonceBytes = 12;
    private const int CipherAt = NonceAt + NonceBytes;
    private const int TagAt = CipherAt + KeyBytes;
    private const int TagBytes = 16;
    private const int ChecksumAt = TagAt + TagBytes;

    private readonly Lock _gate = new();
    private readonly byte[] _row;
    private byte[]? _plain;
    private bool _isDestroyed;

    private WrappedKey(byte[] row, int slot) => (_row, Slot) = (row, slot);

    public UInt128 Pseudonym => BinaryPrimitives.ReadUInt128BigEndian(_row);

    public ulong Id => BinaryPrimitives.ReadUInt64BigEndian(_row.AsSpan(16));

    /// <summary>First place of the keys that were made with it, in one write.</summary>
    public int FirstSlot => BinaryPrimitives.ReadInt32BigEndian(_row.AsSpan(28));

    /// <summary>Its place in the file, from 0.</summary>
    public int Slot { get; }

    public ReadOnlySpan<byte> Row => _row;

    public static WrappedKey Create(UInt128 pseudonym, ulong id, DateTimeOffset now, int firstSlot, int slot, MasterKey master, ISecretRandom random)
    {
        var row = new byte[Size];
        BinaryPrimitives.WriteUInt128BigEndian(row, pseudonym);
        BinaryPrimitives.WriteUInt64BigEndian(row.AsSpan(16), id);
        BinaryPrimitives.WriteUInt32BigEndian(row.AsSpan(24), (uint)now.ToUnixTimeSeconds());
        BinaryPrimitives.WriteInt32BigEndian(row.AsSpan(28), firstSlot);
        random.Fill(row.AsSpan(NonceAt, NonceBytes));
        Span<byte> plain = stackalloc byte[KeyBytes];
        random.Fill(plain);
        using (var aes = new AesGcm(master.Wrapping, TagBytes))
        {
            aes.Encrypt(row.AsSpan(NonceAt, NonceBytes), plain, row.AsSpan(CipherAt, KeyBytes), row.AsSpan(TagAt, TagBytes), row.AsSpan(0, NonceAt));
        }

        CryptographicOperations.ZeroMemory(plain);
        BinaryPrimitives.WriteUInt32BigEndian(row.AsSpan(ChecksumAt), Checksum.Of(row.AsSpan(0, ChecksumAt)));
        return new WrappedKey(row, slot);
    }

    /// <summary>The key of a row; null for a row whose checksum does not match.</summary>
    public static WrappedKey? Read(ReadOnlySpan<byte> row, int slot) =>
        Checksum.Of(row[..ChecksumAt]) == BinaryPrimitives.ReadUInt32BigEndian(row[ChecksumAt..]) ? new WrappedKey(row.ToArray(), slot) : null;

    /// <summary>Encrypts with the key; false once it is destroyed.</summary>
    public bool TryEncrypt(MasterKey master, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plain, Span<byte> cipher, Span<byte> tag, ReadOnlySpan<byte> associated)
    {
        // The key must not be wiped while it is used: nobody may encrypt with what is left then.
        lock (_gate)
        {
            if (_isDestroyed)
            {
                return false;
            }

            using var aes = new AesGcm(_plain ??= Unwrap(master), TagBytes);
            aes.Encrypt(nonce, plain, cipher, tag, associated);
            return true;
        }
    }

    /// <summary>Decrypts with the key; false once it is destroyed.</summary>
    /// <exception cref="AuthenticationTagMismatchException">The bytes are not what was encrypted.</exception>
    public bool TryDecrypt(MasterKey master, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> cipher, ReadOnlySpan<byte> tag, Span<byte> plain, ReadOnlySpan<byte> associated)
    {
        lock (_gate)
        {
            if (_isDestroyed)
            {
                return false;
            }

            using var aes = new AesGcm(_plain ??= Unwrap(master), TagBytes);
            aes.Decrypt(nonce, cipher, tag, plain, associated);
            return true;
        }
    }

    /// <summary>Wipes it from memory; the file is the caller's.</summary>
    public void Destroy()
    {
        lock (_gate)
        {
            _isDestroyed = true;
            CryptographicOperations.ZeroMemory(_plain);
            CryptographicOperations.ZeroMemory(_row.AsSpan(CipherAt));
            _plain = null;
        }
    }

    /// <exception cref="AuthenticationTagMismatchException">It was wrapped by another master key.</exception>
    private byte[] Unwrap(MasterKey master)
    {
        var plain = new byte[KeyBytes];
        using var aes = new AesGcm(master.Wrapping, TagBytes);
        aes.Decrypt(_row.AsSpan(NonceAt, NonceBytes), _row.AsSpan(CipherAt, KeyBytes), _row.AsSpan(TagAt, TagBytes), plain, _row.AsSpan(0, NonceAt));
        return plain;
    }
}
