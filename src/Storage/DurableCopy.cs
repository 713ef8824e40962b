using System.Security.Cryptography;
using Grid.Storage.ReadingLog;

namespace Grid.Storage;

/// <summary>Copies a file, readable by its owner only and durable when it returns.</summary>
internal static class DurableCopy
{
    private const int BytesAtOnce = 1 << 20;

    /// <summary>Copies a file up to a length; gives the SHA-256 of what was copied.</summary>
    /// <param name="from">The file.</param>
    /// <param name="to">The copy, which must not exist.</param>
    /// <param name="length">At most this many bytes from its beginning.</param>
    /// <param name="copied">Told the bytes of each step.</param>
    public static byte[] Run(string from, string to, long length, Action<long>? copied)
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        return Run(source, to, length, copied);
    }

    /// <inheritdoc cref="Run(string, string, long, Action{long}?)"/>
    public static byte[] Run(Stream source, string to, long length, Action<long>? copied)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var target = new FileStream(to, options);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BytesAtOnce];
        for (int read; length > 0 && (read = source.Read(buffer, 0, (int)Math.Min(buffer.Length, length))) > 0; length -= read)
        {
            target.Write(buffer, 0, read);
            hash.AppendData(buffer, 0, read);
            copied?.Invoke(read);
        }

        DiskSync.Data(target.SafeFileHandle);
        return hash.GetHashAndReset();
    }
}
