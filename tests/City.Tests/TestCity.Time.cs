using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Runtime;
using Grid.TestCluster;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Tests.City;

/// <summary>Virtual time, and crashes after which it goes on.</summary>
internal sealed partial class TestCity
{
    private const int MaximumCopies = 1_000;

    private static readonly TimeSpan Step = TimeSpan.FromMinutes(5);

    /// <summary>The end of the time that passes, before which every sector has come as far as the clock: what is due in it is seen.</summary>
    private static readonly TimeSpan Settled = 3 * Step;

    public async Task PassAsync(TimeSpan time)
    {
        var sectors = await SectorsAsync();
        for (var left = time; left > TimeSpan.Zero; left -= Step)
        {
            ((VirtualTimeProvider)_clock).Advance(left < Step ? left : Step);
            if (left > Settled)
            {
                await Task.Yield();
                await QuietAsync();
            }
            else
            {
                // What the step has made due in a sector comes before this, so that the next step finds its timers set again.
                await SettleAsync(sectors);
            }
        }
    }

    /// <summary>
    /// The city that starts from what a crash would leave on the disk some readings after its last checkpoint. This one goes on beside it. The files
    /// are copied one by one, so no sector may be writing: all have persisted, and no time passes while the readings come.
    /// </summary>
    public async Task<TestCity> CrashAsync(IncomingReading[] lastReadings)
    {
        await SettleAsync();
        foreach (var sector in await SectorsAsync())
        {
            await Grains.GetGrain<ISectorGrain>(sector).Checkpoint();
        }

        await TryReportAsync(lastReadings);
        return await StartAsync(CopyOfDirectory(), CreateClock(_clock.GetUtcNow()));
    }

    /// <summary>The city that starts from what a crash at this moment would leave on the disk. No sector may be writing.</summary>
    /// <param name="services">Others in place of its own.</param>
    /// <param name="wakes">Whether all sectors read their logs before anything else.</param>
    public Task<TestCity> CrashNowAsync(Action<IServiceCollection>? services = null, bool wakes = true) => StartAsync(CopyOfDirectory(), CreateClock(_clock.GetUtcNow()), services, wakes);

    /// <summary>A little time passes.</summary>
    public Task TickAsync()
    {
        ((VirtualTimeProvider)_clock).Advance(TimeSpan.FromMilliseconds(100));
        return Task.Delay(Poll);
    }

    private static VirtualTimeProvider CreateClock(DateTimeOffset? now) => new(now ?? GridCluster.VirtualStart);

    /// <summary>History writes and tidies up on threads of its own: a copy during which something was written is none that a crash could leave, and is made again.</summary>
    private string CopyOfDirectory()
    {
        for (var attempt = 0; attempt < MaximumCopies; attempt++)
        {
            var copy = Directory.CreateTempSubdirectory("grid-city-crash-").FullName;
            try
            {
                var before = Stamps();
                CopyTo(copy);
                if (Stamps().SetEquals(before))
                {
                    return copy;
                }
            }
            catch (FileNotFoundException)
            {
                // It was tidied away meanwhile.
            }

            Directory.Delete(copy, recursive: true);
        }

        throw new InvalidOperationException($"Something was written during each of {MaximumCopies} copies of {_directory}.");
    }

    private HashSet<(string File, long Length, DateTime WrittenAt)> Stamps() =>
        [.. new DirectoryInfo(_directory).EnumerateFiles("*", SearchOption.AllDirectories).Where(file => IsData(file.FullName)).Select(file => (file.FullName, file.Length, file.LastWriteTimeUtc))];

    private void CopyTo(string copy)
    {
        foreach (var folder in Directory.EnumerateDirectories(_directory, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(copy, Path.GetRelativePath(_directory, folder)));
        }

        foreach (var file in Directory.EnumerateFiles(_directory, "*", SearchOption.AllDirectories).Where(IsData))
        {
            using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var target = File.Create(Path.Combine(copy, Path.GetRelativePath(_directory, file)));
            source.CopyTo(target);
        }
    }

    /// <summary>The lock and SQLite's shared memory die with the process.</summary>
    private static bool IsData(string file) => Path.GetFileName(file) != "lock" && !file.EndsWith("-shm", StringComparison.Ordinal);
}
