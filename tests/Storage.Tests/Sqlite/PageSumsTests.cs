using Grid.Contracts.Storage;
using Grid.Storage;
using Grid.Storage.Sqlite;

namespace Grid.Tests.Storage.Sqlite;

/// <summary>A store is what was written, or it is not opened.</summary>
public sealed class PageSumsTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private string Store => Path.Combine(_directory.Path, "registry.db");

    private string Log => Store + "-wal";

    private string Sums => Store + ".sums";

    [Fact]
    public async Task A_byte_that_changed_in_any_page_of_a_closed_store_is_seen_with_its_page_when_it_is_opened()
    {
        await FillAsync(await RegistryStore.OpenAsync(_directory), 1, 200);
        var whole = await File.ReadAllBytesAsync(Store);
        for (var page = 0; page < whole.Length / 4096; page++)
        {
            var changed = (byte[])whole.Clone();
            changed[(page * 4096) + (page * 37 % 4096)] ^= 4;
            await File.WriteAllBytesAsync(Store, changed);

            var error = await Assert.ThrowsAsync<StoreDamagedException>(() => RegistryStore.OpenAsync(_directory));
            Assert.Contains($"page {page + 1} (byte {page * 4096})", error.Message);
        }

        await File.WriteAllBytesAsync(Store, whole);
        await using var mended = await RegistryStore.OpenAsync(_directory);
        Assert.Equal(200, await new SqliteDeviceRegistry(mended).CountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Two_pages_that_changed_places_are_seen()
    {
        await FillAsync(await RegistryStore.OpenAsync(_directory), 1, 200);
        var bytes = await File.ReadAllBytesAsync(Store);
        var second = bytes.AsSpan(4096, 4096).ToArray();
        bytes.AsSpan(8192, 4096).CopyTo(bytes.AsSpan(4096));
        second.CopyTo(bytes.AsSpan(8192));
        await File.WriteAllBytesAsync(Store, bytes);

        await Assert.ThrowsAsync<StoreDamagedException>(() => RegistryStore.OpenAsync(_directory));
    }

    [Fact]
    public async Task A_byte_that_changed_in_the_write_ahead_log_makes_the_store_fall_behind_its_mark()
    {
        using var stopped = await StopWithoutClosingAsync(30);
        foreach (var position in (int[])[3, 40, (int)(new FileInfo(Path.Combine(stopped.Path, "registry.db-wal")).Length / 2)])
        {
            Restore(stopped);
            var bytes = await File.ReadAllBytesAsync(Log);
            bytes[position] ^= 1;
            await File.WriteAllBytesAsync(Log, bytes);

            var error = await Assert.ThrowsAsync<StoreDamagedException>(() => RegistryStore.OpenAsync(_directory));
            Assert.Contains("behind its mark", error.Message);
            Assert.Contains("30 commits were made", error.Message);
        }
    }

    [Fact]
    public async Task A_process_that_was_killed_leaves_a_store_that_opens_with_every_commit()
    {
        using var stopped = await StopWithoutClosingAsync(30);
        Restore(stopped);

        await using var store = await RegistryStore.OpenAsync(_directory);
        Assert.Equal(30, await new SqliteDeviceRegistry(store).CountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_store_that_took_its_log_over_many_times_stays_whole_and_can_be_killed_at_any_time()
    {
        var store = await RegistryStore.OpenAsync(_directory);
        var registry = new SqliteDeviceRegistry(store);
        for (var round = 0; round < 12; round++)
        {
            await registry.PutAsync([.. Enumerable.Range(0, 1_500).Select(number => (Samples.Device($"L{(number * 7) + round}"), "29019.0"))], CancellationToken.None);
            using var copy = Copy();
            using var expected = new TempDirectory();
            foreach (var file in Directory.EnumerateFiles(copy.Path))
            {
                File.Copy(file, Path.Combine(expected.Path, Path.GetFileName(file)));
            }

            await using var killed = await RegistryStore.OpenAsync(expected);
            Assert.Equal(await registry.CountAsync(CancellationToken.None), await new SqliteDeviceRegistry(killed).CountAsync(CancellationToken.None));
        }

        await store.DisposeAsync();
        await using var again = await RegistryStore.OpenAsync(_directory);
    }

    [Fact]
    public async Task A_byte_that_changed_in_the_sums_is_seen_or_counts_for_nothing()
    {
        await FillAsync(await RegistryStore.OpenAsync(_directory), 1, 50);
        var whole = await File.ReadAllBytesAsync(Sums);
        foreach (var (position, isSeen) in ((int, bool)[])[(1, true), (9, true), (513, false), (1030, false), (4096 + 5, true), (2000, false)])
        {
            var changed = (byte[])whole.Clone();
            changed[position] ^= 128;
            File.WriteAllBytes(Sums, changed);
            if (isSeen)
            {
                await Assert.ThrowsAsync<StoreDamagedException>(() => RegistryStore.OpenAsync(_directory));
            }
            else
            {
                await using var store = await RegistryStore.OpenAsync(_directory);
                Assert.Equal(50, await new SqliteDeviceRegistry(store).CountAsync(CancellationToken.None));
                await store.DisposeAsync();
                whole = await File.ReadAllBytesAsync(Sums);
            }
        }
    }

    [Theory]
    [InlineData("registry.db", "it is missing")]
    [InlineData("registry.db.sums", "page sums (registry.db.sums) are missing")]
    public async Task A_store_or_sums_that_are_missing_are_not_made_anew(string file, string says)
    {
        await FillAsync(await RegistryStore.OpenAsync(_directory), 1, 5);
        File.Delete(Path.Combine(_directory.Path, file));

        Assert.Contains(says, (await Assert.ThrowsAsync<StoreDamagedException>(() => RegistryStore.OpenAsync(_directory))).Message);
    }

    private static async Task FillAsync(SqliteStore store, int first, int count)
    {
        var registry = new SqliteDeviceRegistry(store);
        await registry.PutAsync([.. Enumerable.Range(first, count).Select(number => (Samples.Device($"L{number}"), "29019.0"))], CancellationToken.None);
        await store.DisposeAsync();
    }

    /// <summary>What a killed process leaves after as many commits: a copy of its files while it runs.</summary>
    private async Task<TempDirectory> StopWithoutClosingAsync(int commits)
    {
        await using var store = await RegistryStore.OpenAsync(_directory);
        IDeviceRegistry registry = new SqliteDeviceRegistry(store);
        for (var number = 1; number <= commits; number++)
        {
            await registry.PutAsync([(Samples.Device($"L{number}"), "29019.0")], CancellationToken.None);
        }

        return Copy();
    }

    private TempDirectory Copy()
    {
        var copy = new TempDirectory();
        foreach (var file in (string[])[Store, Log, Sums])
        {
            File.Copy(file, Path.Combine(copy.Path, Path.GetFileName(file)));
        }

        return copy;
    }

    private void Restore(TempDirectory copy)
    {
        foreach (var file in Directory.EnumerateFiles(_directory.Path))
        {
            File.Delete(file);
        }

        foreach (var file in Directory.EnumerateFiles(copy.Path))
        {
            File.Copy(file, Path.Combine(_directory.Path, Path.GetFileName(file)));
        }
    }
}
