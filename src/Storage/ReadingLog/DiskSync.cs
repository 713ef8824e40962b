using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Grid.Storage.ReadingLog;

/// <summary>
/// Makes bytes durable. On Linux by fdatasync(2), which writes the data and what is needed to find it again (the file's length, not its
/// times) and waits for the device to have flushed its cache; .NET's own flush is fsync(2) there, which adds a journal commit for the times.
/// A new, renamed or deleted name is durable only once its directory is synced, for which .NET has nothing. Elsewhere .NET's flush is used
/// (FlushFileBuffers, F_FULLFSYNC), and names are left to the file system's journal.
/// </summary>
internal static class DiskSync
{
    private const int ReadOnlyDirectory = 0x10000; // O_RDONLY | O_DIRECTORY on x86-64
    private const int ReadOnlyDirectoryArm = 0x4000;
    private const int Interrupted = 4; // EINTR

    /// <exception cref="IOException">Final: after a failed sync the system may have dropped the bytes and will not say so again.</exception>
    public static void Data(SafeFileHandle handle)
    {
        if (OperatingSystem.IsLinux())
        {
            Check("fdatasync", static handle => fdatasync(handle), handle);
        }
        else
        {
            RandomAccess.FlushToDisk(handle);
        }
    }

    /// <summary>Makes the names in a directory durable.</summary>
    public static void Directory(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var flags = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? ReadOnlyDirectoryArm : ReadOnlyDirectory;
        using var handle = new SafeFileHandle(open(path, flags), ownsHandle: true);
        if (handle.IsInvalid)
        {
            throw Failed("open of the directory", Marshal.GetLastPInvokeError());
        }

        Check("fsync of the directory", static handle => fsync(handle), handle);
    }

    private static void Check(string what, Func<SafeFileHandle, int> call, SafeFileHandle handle)
    {
        while (call(handle) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                throw Failed(what, error);
            }
        }
    }

    private static IOException Failed(string what, int error) => new($"{what} failed: {new Win32Exception(error).Message} (errno {error})");

#pragma warning disable SYSLIB1054, IDE1006, CA2101 // names of the C library; a generated marshaller would need unsafe code for three calls
    [DllImport("libc", SetLastError = true)]
    private static extern int fdatasync(SafeFileHandle descriptor);

    [DllImport("libc", SetLastError = true)]
    private static extern int fsync(SafeFileHandle descriptor);

    [DllImport("libc", SetLastError = true, CharSet = CharSet.Ansi)]
    private static extern int open(string path, int flags);
#pragma warning restore SYSLIB1054, IDE1006, CA2101
}
