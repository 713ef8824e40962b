using Grid.Contracts.Storage;
using Grid.Storage.Keys;
using Grid.Storage.Postgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.Tests.Storage.Postgres;

/// <summary>Several processes on one database: the keys of persons are with one of them, and no other may take itself for it.</summary>
public sealed class SharedKeysTests : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly List<PostgresStorage> _opened = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var storage in _opened)
        {
            await storage.DisposeAsync();
        }

        _directory.Dispose();
    }

    [Fact]
    public async Task A_second_process_without_the_keys_is_refused_at_its_start_with_what_to_do()
    {
        using var first = await StartAsync("first");
        await first.EnsureAsync(["subscriber-1"], CancellationToken.None);

        var refusal = await Assert.ThrowsAsync<DatabaseUnusableException>(() => StartAsync("second"));

        Assert.Contains($"is sealed with the master key {first.MasterId}, and {KeysOf("second")} holds none", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_that_run_the_first_to_register_a_person_has_the_keys_and_the_other_seals_nothing()
    {
        using var first = await StartAsync("first");
        using var second = await StartAsync("second");
        await first.EnsureAsync(["subscriber-1"], CancellationToken.None);

        var refusal = await Assert.ThrowsAsync<KeysElsewhereException>(async () => await second.EnsureAsync(["subscriber-2"], CancellationToken.None));
        Assert.Contains(first.MasterId!, refusal.Message, StringComparison.Ordinal);

        Assert.Null(second.Seal("subscriber-2", "M1", "log", "secret"u8));
        Assert.False(File.Exists(Path.Combine(KeysOf("second"), MasterKey.FileName)));
    }

    [Fact]
    public async Task With_the_keys_brought_to_it_another_process_goes_on_in_place_of_the_first()
    {
        byte[] bytes;
        using (var first = await StartAsync("first"))
        {
            await first.EnsureAsync(["subscriber-1"], CancellationToken.None);
            bytes = first.Seal("subscriber-1", "M1", "log", "secret"u8)!;
        }

        TempDirectory.Copy(KeysOf("first"), KeysOf("second"));

        using var second = await StartAsync("second");
        Assert.Equal("secret"u8.ToArray(), second.Open("M1", "log", bytes));
    }

    [Fact]
    public async Task Two_processes_never_use_one_directory_of_keys()
    {
        using var first = await StartAsync("first");
        await first.EnsureAsync(["subscriber-1"], CancellationToken.None);

        var refusal = await Assert.ThrowsAsync<Grid.Storage.DataDirectoryException>(() => StartAsync("first"));

        Assert.Contains("one process at a time", refusal.Message, StringComparison.Ordinal);
    }

    private string KeysOf(string process) => Path.Combine(_directory.Sub(process), "keys");

    private async Task<SubscriberKeys> StartAsync(string process)
    {
        var keys = new SubscriberKeys(new MachineRandom(), TimeProvider.System, NullLogger<SubscriberKeys>.Instance);
        try
        {
            keys.Open(_directory.Sub(process), KeysOf(process));
            var storage = await SharedServer.OpenAsync(await SharedServer.ForAsync(_directory));
            _opened.Add(storage);
            await storage.RequireKeysAsync(keys, KeysOf(process));
            return keys;
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }
}
