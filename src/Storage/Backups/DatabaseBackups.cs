using Grid.Contracts.Storage;

namespace Grid.Storage.Backups;

/// <summary>Where a database holds everything, its own tools back it up.</summary>
internal sealed class DatabaseBackups : IBackups
{
    public BackupStatus Start(string to) =>
        throw new BackupRefusedException("The data is in PostgreSQL: back it up with its own tools, such as pg_dump or pg_basebackup.", isBusy: false);

    public BackupStatus? Find(string id) => null;
}
