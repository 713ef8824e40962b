using Grid.Storage.Keys;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.Storage.Backups;

/// <summary>Which keys belong to restored data, and what has been erased since the backup.</summary>
/// <param name="From">Backup of the keys; null when none is restored.</param>
/// <param name="To">Directory of the keys; null for <c>keys</c> in the data directory.</param>
/// <param name="Erasures">A register of erasures that is newer than the backups; null for none.</param>
public sealed record RestoredKeys(string? From, string? To, string? Erasures)
{
    /// <summary>
    /// Brings them to restored data, and destroys every key of which one of the registers says that it was destroyed: an older backup brings back nothing that was erased.
    /// </summary>
    /// <param name="data">The restored data, which have not got their name yet.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Keys that the backup had brought back and that were destroyed again.</returns>
    /// <exception cref="DataDirectoryException">The keys are not those that the data were sealed with.</exception>
    /// <exception cref="StoreDamagedException">A register or a key is damaged, or the register belongs to other data.</exception>
    internal int Apply(string data, TimeProvider time, CancellationToken cancellationToken)
    {
        var register = Path.Combine(data, ErasureRegister.FileName);
        if (Erasures is not null && !File.Exists(Erasures))
        {
            throw new DataDirectoryException(Erasures, "does not exist: there is no register of erasures.");
        }

        if (From is null)
        {
            if (Erasures is not null)
            {
                var merged = ErasureRegister.Load(register);
                merged.Merge(Erasures);
                merged.Write(merged.Master!);
            }

            return 0;
        }

        var keys = To is null ? Path.Combine(data, "keys") : Path.GetFullPath(To);
        KeysBackup.Restore(From, keys, cancellationToken);
        try
        {
            using var opened = new SubscriberKeys(new MachineRandom(), time, NullLogger<SubscriberKeys>.Instance);
            opened.Open(data, keys, Erasures);
            return opened.Counts.ErasedAgain;
        }
        catch
        {
            Directory.Delete(keys, recursive: true);
            throw;
        }
    }
}
