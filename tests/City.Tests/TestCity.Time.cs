using Grid.Runtime;
using Grid.TestCluster;

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
    }

    /// <summary>The city that starts from what a crash at this moment would leave on the disk. This one goes on beside it.</summary>
    public Task<TestCity> CrashAsync() => StartAsync(CopyOfDirectory(), CreateClock(_clock.GetUtcNow()));

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
