using System.Runtime.Versioning;
using System.Text;
using Grid.Contracts.Storage;
using Grid.Storage;
using Grid.Storage.Keys;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.Tests.Storage.Privacy;

public sealed class SubscriberKeysTests : IDisposable
{
    private const string Alice = "subscriber-alice-4711";
    private const string Bob = "subscriber-bob-0815";

    private readonly TempDirectory _directory = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _directory.Dispose();

    private string Data => _directory.Sub("data");

    private string KeysOf(string data) => Path.Combine(data, "keys");

    private SubscriberKeys Open(string? data = null, string? keys = null)
    {
        var opened = new SubscriberKeys(new MachineRandom(), _time, NullLogger<SubscriberKeys>.Instance);
        try
        {
            opened.Open(data ?? Data, keys ?? KeysOf(data ?? Data));
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    [Fact]
    public async Task What_is_sealed_opens_for_its_device_and_place_only_and_also_after_a_restart()
    {
        byte[] bytes;
        using (var keys = Open())
        {
            await keys.EnsureAsync([Alice, Bob, Alice], CancellationToken.None);
            bytes = keys.Seal(Alice, "M1", "log", "secret"u8)!;
            Assert.Equal(SealedBytes.Overhead + 6, bytes.Length);
            Assert.Equal(-1, bytes.AsSpan().IndexOf("secret"u8));
            Assert.NotEqual(bytes, keys.Seal(Alice, "M1", "log", "secret"u8));
        }

        using var again = Open();
        Assert.Equal("secret"u8.ToArray(), again.Open("M1", "log", bytes));
        Assert.Throws<SealBrokenException>(() => again.Open("M2", "log", bytes));
        Assert.Throws<SealBrokenException>(() => again.Open("M1", "registry", bytes));
        Assert.Equal(2, again.Counts.Subscribers);
    }

    [Fact]
    public async Task A_flipped_bit_anywhere_is_never_read_as_something_else()
    {
        using var keys = Open();
        await keys.EnsureAsync([Alice], CancellationToken.None);
        var bytes = keys.Seal(Alice, "M1", "log", "secret"u8)!;
        for (var index = 0; index < bytes.Length; index++)
        {
            bytes[index] ^= 4;
            try
            {
                // Another key id is one that is not there; everything else is noticed.
                Assert.Null(keys.Open("M1", "log", bytes));
                Assert.InRange(index, 1, 8);
            }
            catch (SealBrokenException)
            {
                Assert.False(index is >= 1 and <= 8, "An unknown key is not a broken seal.");
            }

            bytes[index] ^= 4;
        }
    }

    [Fact]
    public async Task A_destroyed_key_opens_and_seals_nothing_and_is_in_no_file()
    {
        byte[] bytes;
        byte[] row;
        using (var keys = Open())
        {
            await keys.EnsureAsync([Alice, Bob], CancellationToken.None);
            row = File.ReadAllBytes(Path.Combine(KeysOf(Data), KeyFile.FileName))[..WrappedKey.Size];
            bytes = keys.Seal(Alice, "M1", "log", "secret"u8)!;
            Assert.True(await keys.DestroyAsync(Alice, CancellationToken.None));
            Assert.False(await keys.DestroyAsync(Alice, CancellationToken.None));
            Assert.Null(keys.Open("M1", "log", bytes));
            Assert.Null(keys.Seal(Alice, "M1", "log", "secret"u8));
            Assert.Equal(_time.Now, keys.ErasedAt(Alice));
        }

        foreach (var file in Directory.EnumerateFiles(Data, "*", SearchOption.AllDirectories))
        {
            Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf(row.AsSpan(44, 32)));
        }

        using var again = Open();
        Assert.Null(again.Open("M1", "log", bytes));
        Assert.Equal((1, 1), (again.Counts.Subscribers, again.Counts.Erased));
        Assert.NotNull(again.Seal(Bob, "M1", "log", "secret"u8));
        Assert.Equal(_time.Now, again.ErasedAt(Alice));
        Assert.Null(again.ErasedAt(Bob));
    }

    [Fact]
    public async Task Somebody_who_comes_back_gets_another_key_and_what_was_erased_stays_erased()
    {
        using var keys = Open();
        await keys.EnsureAsync([Alice], CancellationToken.None);
        var bytes = keys.Seal(Alice, "M1", "log", "before"u8)!;
        await keys.DestroyAsync(Alice, CancellationToken.None);
        await keys.EnsureAsync([Alice], CancellationToken.None);
        Assert.Null(keys.Open("M1", "log", bytes));
        Assert.Equal("after"u8.ToArray(), keys.Open("M1", "log", keys.Seal(Alice, "M1", "log", "after"u8)!));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Keys_that_an_older_backup_brings_back_are_destroyed_again(bool isRegisterWithTheData)
    {
        var backup = _directory.Sub("backup");
        byte[] bytes;
        using (var keys = Open())
        {
            await keys.EnsureAsync([Alice, Bob], CancellationToken.None);
            bytes = keys.Seal(Alice, "M1", "log", "secret"u8)!;
            TempDirectory.Copy(KeysOf(Data), backup);
            await keys.DestroyAsync(Alice, CancellationToken.None);
        }

        if (isRegisterWithTheData)
        {
            TempDirectory.Copy(backup, KeysOf(Data));
        }
        else
        {
            File.Copy(Path.Combine(backup, KeyFile.FileName), Path.Combine(KeysOf(Data), KeyFile.FileName), overwrite: true);
            File.Delete(Path.Combine(Data, ErasureRegister.FileName));
        }

        using (var restored = Open())
        {
            Assert.Equal(new KeyCounts(1, 1, 1), restored.Counts);
            Assert.Null(restored.Open("M1", "log", bytes));
        }

        using var again = Open();
        Assert.Equal(new KeyCounts(1, 1, 0), again.Counts);
    }

    [Fact]
    public async Task Data_without_the_keys_that_they_were_sealed_with_are_refused()
    {
        using (var keys = Open())
        {
            await keys.EnsureAsync([Alice], CancellationToken.None);
        }

        var others = _directory.Sub("others");
        Assert.Contains("holds none", Assert.Throws<DataDirectoryException>(() => Open(keys: others).Dispose()).Message, StringComparison.Ordinal);
        using (var other = Open(_directory.Sub("other-data"), others))
        {
            await other.EnsureAsync([Alice], CancellationToken.None);
        }

        Assert.Contains("holds another", Assert.Throws<DataDirectoryException>(() => Open(keys: others).Dispose()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_subscriber_there_is_no_file_and_with_one_only_the_owner_reads_them_and_none_names_anybody()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no owner-only mode of files.");
            return;
        }

        using var keys = Open();
        await keys.EnsureAsync([], CancellationToken.None);
        Assert.False(keys.Has(Alice));
        Assert.Null(keys.Seal(Alice, "M1", "log", "secret"u8));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Data));
        await keys.EnsureAsync([Alice], CancellationToken.None);
        await keys.EnsureAsync([Bob], CancellationToken.None);
        await keys.DestroyAsync(Bob, CancellationToken.None);
        foreach (var file in Directory.EnumerateFiles(Data, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock"))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ModeOf(file));
            Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes("alice")));
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, ModeOf(KeysOf(Data)));
    }

    [UnsupportedOSPlatform("windows")]
    private static UnixFileMode ModeOf(string path) => File.GetUnixFileMode(path);

    [Fact]
    public async Task A_write_that_a_stop_cut_short_is_let_go_and_damage_before_it_is_refused()
    {
        var file = Path.Combine(KeysOf(Data), KeyFile.FileName);
        using (var keys = Open())
        {
            await keys.EnsureAsync([Alice], CancellationToken.None);
            await keys.EnsureAsync([Bob, "subscriber-carol"], CancellationToken.None);
        }

        var rows = File.ReadAllBytes(file);

        // The last write made two keys, and the mark says nothing of them: the first of them is torn, and half a row is behind them.
        File.WriteAllBytes(Path.Combine(KeysOf(Data), KeyRows.MarkName), KeyRows.MarkOf(1));
        var torn = rows.ToArray();
        torn.AsSpan(WrappedKey.Size + 50, 20).Clear();
        File.WriteAllBytes(file, [.. torn, 1, 2, 3]);
        using (var keys = Open())
        {
            Assert.Equal(2, keys.Counts.Subscribers);
            await keys.EnsureAsync([Bob], CancellationToken.None);
        }

        using (var keys = Open())
        {
            Assert.Equal(3, keys.Counts.Subscribers);
        }

        rows = File.ReadAllBytes(file);
        rows[50] ^= 1;
        File.WriteAllBytes(file, rows);
        Assert.Contains("byte 0", Assert.Throws<StoreDamagedException>(() => Open().Dispose()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_byte_of_every_key_that_was_acknowledged_is_missed_the_last_one_too_and_keys_that_are_not_there()
    {
        using (var keys = Open())
        {
            await keys.EnsureAsync([Alice], CancellationToken.None);
            await keys.EnsureAsync([Bob], CancellationToken.None);
        }

        foreach (var name in (string[])[KeyFile.FileName, KeyRows.MarkName])
        {
            var file = Path.Combine(KeysOf(Data), name);
            var bytes = File.ReadAllBytes(file);
            for (var place = 0; place < bytes.Length; place++)
            {
                bytes[place] ^= 1;
                File.WriteAllBytes(file, bytes);
                Assert.Throws<StoreDamagedException>(() => SubscriberKeys.Inspect(Data, KeysOf(Data)));
                Assert.Throws<StoreDamagedException>(() => Open().Dispose());
                bytes[place] ^= 1;
            }

            File.WriteAllBytes(file, bytes);
        }

        var rows = Path.Combine(KeysOf(Data), KeyFile.FileName);
        File.WriteAllBytes(rows, File.ReadAllBytes(rows)[..WrappedKey.Size]);
        Assert.Contains("it holds 1 keys, and 2 were made", Assert.Throws<StoreDamagedException>(() => Open().Dispose()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_of_a_version_without_marks_are_taken_and_marked()
    {
        using (var keys = Open())
        {
            await keys.EnsureAsync([Alice, Bob], CancellationToken.None);
        }

        var mark = Path.Combine(KeysOf(Data), KeyRows.MarkName);
        File.Delete(mark);
        using (var keys = Open())
        {
            Assert.Equal(2, keys.Counts.Subscribers);
        }

        Assert.Equal(KeyRows.MarkOf(2), File.ReadAllBytes(mark));
    }
}
