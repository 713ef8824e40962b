using System.Security.Cryptography;

namespace Grid.Tests.Operations;

/// <summary>A directory of its own that goes with the test.</summary>
public sealed class Scratch : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("grid-operations-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>Copies a directory as it is on the disk now, but for the lock of who uses it.</summary>
    public static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(file => System.IO.Path.GetFileName(file) != "lock"))
        {
            var target = System.IO.Path.Combine(to, System.IO.Path.GetRelativePath(from, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>Every file with the hash of its content, sorted.</summary>
    public static IReadOnlyList<string> Sums(string directory) =>
    [
        .. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Select(file => $"{System.IO.Path.GetRelativePath(directory, file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}")
            .Order(StringComparer.Ordinal),
    ];
}
