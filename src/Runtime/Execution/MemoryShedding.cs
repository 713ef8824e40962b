using Grid.Runtime.CodeGeneration;
using Grid.Runtime.Diagnostics;

namespace Grid.Runtime.Execution;

/// <summary>
/// Deactivates idle grains when memory is short, as Orleans does: over the limit, as many go as would bring the usage down to the target if
/// all took the same. The next two readings after that are left out: grains first say goodbye, then the collector is asked to look.
/// </summary>
internal sealed class MemoryShedding : IDisposable
{
    private readonly EmbeddedGrainRuntime _runtime;
    private readonly Func<double> _usagePercent;
    private readonly bool _isOwnReading;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private int _readingsLeftOut;

    public MemoryShedding(EmbeddedGrainRuntime runtime)
    {
        _runtime = runtime;
        _isOwnReading = runtime.Options.MemoryUsagePercent is null;
        _usagePercent = runtime.Options.MemoryUsagePercent ?? OfThisProcess;
        var period = runtime.Options.MemoryUsagePollingPeriod;
        _timer = runtime.Clock.CreateTimer(static state => ((MemoryShedding)state!).Look(), this, period, period);
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>What this process holds of the memory that it may have: of its container, or of the machine.</summary>
    private static double OfThisProcess() => 100.0 * Environment.WorkingSet / Math.Max(1, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    private void Look()
    {
        lock (_gate)
        {
            if (_readingsLeftOut > 0)
            {
                // What has gone is only memory again once the collector was there.
                if (_readingsLeftOut-- == 2 && _isOwnReading)
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
                return;
            }

            var usage = _usagePercent();
            if (usage <= _runtime.Options.MemoryUsageLimitPercentage)
                return;
            var share = 1 - (_runtime.Options.MemoryUsageTargetPercentage / usage);
            Log.MemoryShort(_runtime.Logger, usage, _runtime.Options.MemoryUsageLimitPercentage, share * 100, _runtime.ActivationCount);
            foreach (var partition in _runtime.Partitions)
                partition.Post(new PartitionWork(here => here.Shed(share)));
            _readingsLeftOut = 2;
        }
    }
}
