using System.Security.Cryptography;
using System.Text;
using Grid.Contracts.Storage;
using Grid.Storage.ReadingLog;

namespace Grid.Storage.Keys;

/// <summary>
/// The key that wraps the subscribers' keys: 32 random bytes in <c>master</c>, a file that only its owner reads. Two keys are derived from it, so that
/// neither use tells anything to the other: one wraps, one makes pseudonyms of subscribers.
/// </summary>
internal sealed class MasterKey
{
    public const string FileName = "master";

    private const int KeyBytes = 32;
    private const string Prefix = "grid-master-key 1 ";

    private readonly byte[] _pseudonyms;

    private MasterKey(byte[] secret)
    {
        Wrapping = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, KeyBytes, info: "grid: wrapping of subscriber keys"u8.ToArray());
        _pseudonyms = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, KeyBytes, info: "grid: pseudonyms of subscribers"u8.ToArray());
        Id = Convert.ToHexStringLower(HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 8, info: "grid: id of the master key"u8.ToArray()));
        CryptographicOperations.ZeroMemory(secret);
    }

    /// <summary>Says which key it is and nothing about it.</summary>
    public string Id { get; }

    /// <summary>Wraps subscribers' keys.</summary>
    public byte[] Wrapping { get; }

    /// <summary>The master key of a directory, null when it has none.</summary>
    /// <exception cref="DataDirectoryException">The file holds no master key.</exception>
    public static MasterKey? Load(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        var text = File.ReadAllText(path).Trim();
        var secret = new byte[KeyBytes];
        return text.StartsWith(Prefix, StringComparison.Ordinal) && Convert.TryFromBase64String(text[Prefix.Length..], secret, out var length) && length == KeyBytes
            ? new MasterKey(secret)
            : throw new DataDirectoryException(directory, $"cannot be used: its file {FileName} holds no master key of this version.");
    }

    /// <summary>Makes the master key of a directory; durable when it returns.</summary>
    public static MasterKey Create(string directory, ISecretRandom random)
    {
        var secret = new byte[KeyBytes];
        random.Fill(secret);
        KeyFiles.WriteWhole(Path.Combine(directory, FileName), Encoding.ASCII.GetBytes($"{Prefix}{Convert.ToBase64String(secret)}\n"));
        return new MasterKey(secret);
    }

    /// <summary>A master key that nothing stores.</summary>
    public static MasterKey Fleeting(ISecretRandom random)
    {
        var secret = new byte[KeyBytes];
        random.Fill(secret);
        return new MasterKey(secret);
    }

    /// <summary>Stands for a subscriber where the id must not stand: nobody without the master key can tell whose it is, or try ids out.</summary>
    public UInt128 PseudonymOf(string subscriber)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_pseudonyms, Encoding.UTF8.GetBytes(subscriber), hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
