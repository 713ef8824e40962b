using Grid.Storage;
using Grid.Storage.ReadingLog;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.Tests.Storage.ReadingLog;

/// <summary>Opens embedded logs.</summary>
internal static class SegmentedLog
{
    public static readonly ReadingLogOptions Small = new() { SegmentBytes = 64 << 10, MaximumRetainedBytes = 1 << 30 };

    public static Task<SegmentedReadingLog> OpenAsync(string directory, ReadingLogOptions? options = null) =>
        SegmentedReadingLog.OpenAsync(directory, options ?? Small, new ManualTime(), new StorageMetrics(), NullLogger<SegmentedReadingLog>.Instance);

    public static Task<SegmentedReadingLog> OpenAsync(ILogFiles files, ReadingLogOptions? options = null, StorageMetrics? metrics = null) =>
        SegmentedReadingLog.OpenAsync(files, options ?? Small, new ManualTime(), metrics ?? new StorageMetrics(), NullLogger<SegmentedReadingLog>.Instance);
}
