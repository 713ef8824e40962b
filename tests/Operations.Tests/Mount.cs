using System.Diagnostics;

namespace Grid.Tests.Operations;

/// <summary>A small file system of its own (tmpfs), which a test may fill or make read-only. Needs the right to mount.</summary>
internal sealed class Mount : IDisposable
{
    private Mount(string path) => Path = path;

    public string Path { get; }

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    /// <summary>Mounts one of a size, or skips the test with the reason.</summary>
    public static Mount Make(int mebibytes)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("mounting a small file system needs Linux");
        }

        var path = Directory.CreateTempSubdirectory("grid-mount-").FullName;
        if (Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m,mode=700", "grid-test", path) is { } reason)
        {
            Directory.Delete(path);
            Assert.Skip($"mounting is not allowed here: {reason}");
        }

        return new Mount(path);
    }

    /// <summary>Leaves no room at all.</summary>
    public void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in (int[])[1 << 20, 4096, 1])
        {
            var bytes = new byte[size];
            try
            {
                while (true)
                {
                    file.Write(bytes);
                }
            }
            catch (IOException)
            {
                // No room for that much: try less.
            }
        }
    }

    public void MakeRoom() => File.Delete(Ballast);

    public void MakeReadOnly() => Assert.Null(Run("mount", "-o", "remount,ro", Path));

    public void Dispose()
    {
        Run("umount", "-l", Path);
        Directory.Delete(Path);
    }

    private static string? Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : error.Trim();
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return missing.Message;
        }
    }
}
