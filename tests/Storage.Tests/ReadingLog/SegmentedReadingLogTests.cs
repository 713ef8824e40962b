using Grid.Contracts.Storage;
using Grid.Storage.ReadingLog;

namespace Grid.Tests.Storage.ReadingLog;

public sealed class SegmentedReadingLogTests : ReadingLogConformance
{
    private readonly TempDirectory _directory = new();

    protected override async Task<IReadingLog> OpenAsync() => await SegmentedLog.OpenAsync(_directory.Path);

    protected override async Task CloseAsync() => await ((SegmentedReadingLog)Port).DisposeAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Dispose();
    }
}
