using Grid.Grains.Sectors;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.RollUp;

/// <summary>
/// Compares a sum with what it is made of, now and then: soon after it was found behind, ever more seldom while events bring everything. The owner
/// says what a comparison is.
/// </summary>
internal sealed class Digest
{
    private readonly SectorOptions _options;
    private readonly Func<Task<bool>> _compare;
    private readonly IGrainTimer _timer;
    private TimeSpan _pause;

    /// <param name="grain">The owner.</param>
    /// <param name="compare">Takes what is newer and answers whether there was any, on the owner's turn.</param>
    /// <param name="options">The pace.</param>
    public Digest(Grain grain, Func<Task<bool>> compare, SectorOptions options)
    {
        (_options, _compare, _pause) = (options, compare, options.DigestEvery);
        _timer = grain.RegisterGrainTimer(RunAsync, _pause, Timeout.InfiniteTimeSpan);
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var wasBehind = true;
        try
        {
            wasBehind = await _compare();
        }
        finally
        {
            _pause = wasBehind ? _options.DigestEvery : _pause * 2 < _options.DigestAtMost ? _pause * 2 : _options.DigestAtMost;
            _timer.Change(_pause, Timeout.InfiniteTimeSpan);
        }
    }
}
