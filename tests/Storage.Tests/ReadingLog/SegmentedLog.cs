using Grid.Storage;
using Grid.Storage.ReadingLog;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.Tests.Storage.ReadingLog;

/// <summary>Opens embedded logs.</summary>
internal static class SegmentedLog
{
    public static readonly ReadingLogOptions Small = new() { SegmentBytes = 64 << 10, MaximumRetainedBytes = 1 << 30 };

    public static Task<SegmentedReadingLog> OpenAsync(string directory, ReadingLogOptions? options = null) => OpenAsync(new DiskLogFiles(directory), options);

    public static async Task<SegmentedReadingLog> OpenAsync(ILogFiles files, ReadingLogOptions? options = null, StorageMetrics? metrics = null)
    {
        var log = new SegmentedReadingLog(options ?? Small, new ManualTime(), metrics ?? new StorageMetrics(), NullLogger<SegmentedReadingLog>.Instance);
        await log.OpenAsync(files);
        return log;
    }
}
