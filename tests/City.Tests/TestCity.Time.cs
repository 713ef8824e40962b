using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Runtime;
using Grid.TestCluster;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Tests.City;

/// <summary>Virtual time, and crashes after which it goes on.</summary>
internal sealed partial class TestCity
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(5);

    public async Task PassAsync(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= Step)
        {
            ((VirtualTimeProvider)_clock).Advance(left < Step ? left : Step);
            await Task.Yield();
            await QuietAsync();
        }

        await SettleAsync();
    }

    /// <summary>
    /// The city that starts from what a crash would leave on the disk some readings after its last checkpoint. This one goes on beside it. The files
    /// are copied one by one, so nothing may be writing: all sectors have persisted, and no time passes while the readings come.
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

    /// <summary>The city that starts from what a crash at this moment would leave on the disk. Nothing may be writing.</summary>
    public Task<TestCity> CrashNowAsync(Action<IServiceCollection>? services = null) => StartAsync(CopyOfDirectory(), CreateClock(_clock.GetUtcNow()), services);

    /// <summary>A little time passes.</summary>
    public Task TickAsync()
    {
        ((VirtualTimeProvider)_clock).Advance(TimeSpan.FromMilliseconds(100));
        return Task.Delay(Poll);
    }

    private static VirtualTimeProvider CreateClock(DateTimeOffset? now) => new(now ?? GridCluster.VirtualStart);

    private string CopyOfDirectory()
    {
        var copy = Directory.CreateTempSubdirectory("grid-city-crash-").FullName;
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

        return copy;
    }

    /// <summary>The lock and SQLite's shared memory die with the process.</summary>
    private static bool IsData(string file) => Path.GetFileName(file) != "lock" && !file.EndsWith("-shm", StringComparison.Ordinal);
}
