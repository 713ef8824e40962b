using Grid.Storage.ReadingLog;

namespace Grid.Storage.Repairing;

/// <summary>Moves what is damaged out of the way; nothing is ever deleted by a repair.</summary>
internal static class Aside
{
    /// <summary>Moves a file or directory, when it is there, into a folder.</summary>
    public static void Move(string path, string folder)
    {
        var target = Path.Combine(folder, Path.GetFileName(path));
        if (File.Exists(path))
        {
            DataDirectory.Create(folder);
            File.Move(path, target);
        }
        else if (Directory.Exists(path))
        {
            DataDirectory.Create(folder);
            Directory.Move(path, target);
        }
        else
        {
            return;
        }

        DiskSync.Directory(folder);
        DiskSync.Directory(Path.GetDirectoryName(path)!);
    }
}
