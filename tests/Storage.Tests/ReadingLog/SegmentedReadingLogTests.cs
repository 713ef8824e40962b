using Grid.Contracts.Storage;
using Grid.Storage.ReadingLog;

namespace Grid.Tests.Storage.ReadingLog;

public sealed class SegmentedReadingLogTests : ReadingLogConformance
{
    protected override async Task<(IReadingLog Port, IAsyncDisposable Store)> OpenAsync(TempDirectory directory)
    {
        var log = await SegmentedLog.OpenAsync(directory.Path);
        return (log, log);
    }
}
