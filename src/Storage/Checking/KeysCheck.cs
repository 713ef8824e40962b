using Grid.Storage.Keys;

namespace Grid.Storage.Checking;

/// <summary>Checks the keys of subscribers that lie in the data directory, and both registers of erasures. Keys that lie elsewhere are seen at the start.</summary>
internal static class KeysCheck
{
    private const string Folder = "keys";

    public static void Run(CheckedFiles check)
    {
        var keys = Path.Combine(check.Directory, Folder);
        check.Begin(ErasureRegister.FileName);
        if (!Directory.Exists(keys))
        {
            ReadRegister(check);
            return;
        }

        foreach (var file in Directory.EnumerateFiles(keys).Order(StringComparer.Ordinal))
        {
            check.Begin($"{Folder}/{Path.GetFileName(file)}");
        }

        try
        {
            SubscriberKeys.Inspect(check.Directory, keys);
        }
        catch (Exception error) when (error is StoreDamagedException or DataDirectoryException)
        {
            check.Damage(Folder, null, error.Message, "What was sealed with these keys cannot be read. The program refuses to start.", "Restore a backup of the keys.");
        }
    }

    private static void ReadRegister(CheckedFiles check)
    {
        try
        {
            ErasureRegister.Load(Path.Combine(check.Directory, ErasureRegister.FileName));
        }
        catch (StoreDamagedException error)
        {
            check.Damage(ErasureRegister.FileName, null, error.Message, "It says which keys must stay destroyed. The program refuses to start.", "Bring back the copy that lies with the keys, or that of a backup.");
        }
    }
}
