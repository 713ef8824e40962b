using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Grid.Storage.Backups;

/// <summary>A file of a backup.</summary>
/// <param name="Path">Relative to the data directory, with <c>/</c>.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">SHA-256 of its content, hexadecimal.</param>
internal sealed record BackupFile(string Path, long Bytes, string Sha256);

/// <summary>What a backup consists of. Stands in it as <see cref="FileName"/>, beside its own SHA-256; the files are in <see cref="DataFolder"/>.</summary>
/// <param name="Version">Version of the form of backups.</param>
/// <param name="Format">Format of the data directory.</param>
/// <param name="MadeAt">The instant that it shows.</param>
/// <param name="Files">Its files.</param>
internal sealed record BackupManifest(int Version, int Format, DateTimeOffset MadeAt, IReadOnlyList<BackupFile> Files)
{
    public const int CurrentVersion = 1;
    public const string FileName = "manifest.json";
    public const string SumName = "manifest.json.sha256";
    public const string DataFolder = "data";

    public long Bytes => Files.Sum(file => file.Bytes);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ManifestJson.Default.BackupManifest);

    public static string SumOf(ReadOnlySpan<byte> json) => Convert.ToHexStringLower(SHA256.HashData(json));

    /// <exception cref="BackupDamagedException">It is not what was written, or of an unknown version.</exception>
    public static BackupManifest Read(ReadOnlySpan<byte> json, string sum)
    {
        if (SumOf(json) != sum.Trim())
        {
            throw new BackupDamagedException(FileName, $"its SHA-256 is not the one in {SumName}");
        }

        try
        {
            var manifest = JsonSerializer.Deserialize(json, ManifestJson.Default.BackupManifest)!;
            return manifest.Version == CurrentVersion
                ? manifest
                : throw new BackupDamagedException(FileName, $"it has the unknown version {manifest.Version}; this program reads {CurrentVersion}");
        }
        catch (JsonException error)
        {
            throw new BackupDamagedException(FileName, error.Message);
        }
    }
}

/// <summary>A file of a backup is not what was written, or is missing.</summary>
/// <param name="file">The file, as the manifest names it.</param>
/// <param name="reason">What is wrong with it.</param>
public sealed class BackupDamagedException(string file, string reason) : IOException($"The backup is damaged in {file}: {reason}. Nothing was restored from it.")
{
    /// <summary>The file.</summary>
    public string File { get; } = file;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
