using Grid.Contracts.Storage;
using Grid.Storage;
using Grid.Storage.History;
using Xunit.Sdk;

namespace Grid.Tests.Storage.History;

public sealed class HistoryDamageTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>A history with closed days, merged runs, late ones, and a log that was never let go of.</summary>
    private async Task<HistoryWorld> MakeAsync(string directory)
    {
        var world = new HistoryWorld(directory);
        await world.OpenAsync();
        await world.LiveAsync();
        await world.CheckAsync();
        return world;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_flipped_byte_anywhere_is_told_with_its_place_or_changes_no_answer(bool isClosedInOrder)
    {
        var directory = _directory.Sub("sound");
        var world = await MakeAsync(directory);
        await (isClosedInOrder ? world.DisposeAsync() : new ValueTask(world.History.CrashAsync()));
        var sound = Directory.GetFiles(directory).ToDictionary(file => file, File.ReadAllBytes);
        var places = sound.Where(file => !file.Key.EndsWith("-shm", StringComparison.Ordinal))
            .SelectMany(file => Enumerable.Range(0, file.Value.Length).Where(place => file.Value[place] != 0).Select(place => (File: file.Key, Place: place))).ToArray();
        var random = new Random(17);
        var told = 0;
        for (var round = 0; round < 150; round++)
        {
            // A copy for each round: a connection that an error left behind must not see its files change.
            world.Directory = _directory.Sub($"round{isClosedInOrder}{round}");
            foreach (var (file, content) in sound)
            {
                await File.WriteAllBytesAsync(Path.Combine(world.Directory, Path.GetFileName(file)), content);
            }

            var (damaged, place) = places[random.Next(places.Length)];
            var flipped = (byte[])sound[damaged].Clone();
            flipped[place] ^= (byte)random.Next(1, 256);
            await File.WriteAllBytesAsync(Path.Combine(world.Directory, Path.GetFileName(damaged)), flipped);
            try
            {
                await world.OpenAsync();
                try
                {
                    await world.ReplayAsync();
                    await world.CheckAsync();
                }
                catch (XunitException error)
                {
                    Assert.Fail($"Byte {place} of {Path.GetFileName(damaged)}, {sound[damaged][place]} now {flipped[place]}, gave a wrong answer: {error.Message}");
                }
                finally
                {
                    await world.History.CrashAsync();
                }
            }
            catch (Exception error) when (error is IOException or DataDirectoryException)
            {
                Assert.Contains(world.Directory, error.Message, StringComparison.Ordinal);
                told++;
            }
        }

        Assert.InRange(told, 10, 150);
    }

    [Fact]
    public async Task A_file_that_is_missing_is_told()
    {
        var directory = _directory.Sub("missing");
        var world = await MakeAsync(directory);
        await world.DisposeAsync();
        var file = Directory.GetFiles(directory, "raw-*.db").Order().First();
        File.Move(file, file + ".aside");

        var error = await Assert.ThrowsAsync<HistoryDamagedException>(world.OpenAsync);

        Assert.Contains(Path.GetFileName(file), error.Place, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_another_time_is_told()
    {
        var directory = _directory.Sub("older");
        var world = await MakeAsync(directory);
        await world.DisposeAsync();
        var file = Directory.GetFiles(directory, "raw-*.db").Order().First();
        var older = await File.ReadAllBytesAsync(file);
        await world.OpenAsync();
        await world.LiveAsync();
        await world.DisposeAsync();
        await File.WriteAllBytesAsync(file, older);
        File.Delete(file + "-wal");
        await world.OpenAsync();

        await Assert.ThrowsAsync<HistoryDamagedException>(world.CheckAsync);
        await world.DisposeAsync();
    }

    [Fact]
    public async Task A_file_that_the_catalogue_does_not_know_is_told()
    {
        var directory = _directory.Sub("unknown");
        var world = await MakeAsync(directory);
        await world.DisposeAsync();
        File.Copy(Directory.GetFiles(directory, "raw-*.db")[0], Path.Combine(directory, "raw-2020-01-01.db"));

        await Assert.ThrowsAsync<HistoryDamagedException>(world.OpenAsync);
    }
}
