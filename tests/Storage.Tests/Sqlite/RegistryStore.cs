using Grid.Storage;
using Grid.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.Tests.Storage.Sqlite;

/// <summary>Opens <c>registry.db</c> files.</summary>
internal static class RegistryStore
{
    public static async Task<SqliteStore> OpenAsync(TempDirectory directory, SqliteOptions? options = null, StorageMetrics? metrics = null)
    {
        var store = new SqliteStore(RegistrySchema.Schema, options ?? new SqliteOptions(), new ManualTime(), metrics ?? new StorageMetrics(), NullLogger.Instance);
        await store.OpenAsync(Path.Combine(directory.Path, "registry.db"));
        return store;
    }
}
