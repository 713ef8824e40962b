using Grid.TestCluster;

namespace Grid.Tests.City;

/// <summary>Virtual time, and crashes after which it goes on.</summary>
internal sealed partial class TestCity
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    public async Task PassAsync(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= Step)
        {
            _cluster.Advance(left < Step ? left : Step);
            await QuietAsync();
        }
    }

    /// <summary>The city that starts from what a crash at this moment would leave on the disk. This one goes on beside it.</summary>
    public Task<TestCity> CrashAsync()
    {
        var elapsed = _cluster.Time.GetUtcNow() - GridCluster.VirtualStart;
        return StartAsync(CopyOfDirectory(), ownsDirectory: true, cluster => cluster.Advance(elapsed));
    }

    private string CopyOfDirectory()
    {
        var copy = Directory.CreateTempSubdirectory("grid-city-crash-").FullName;
        foreach (var folder in Directory.EnumerateDirectories(_directory, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(copy, Path.GetRelativePath(_directory, folder)));
        }

        foreach (var file in Directory.EnumerateFiles(_directory, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(copy, Path.GetRelativePath(_directory, file)));
        }

        return copy;
    }
}
