using Grid.Runtime.Diagnostics;

namespace Grid.Runtime.Execution;

/// <summary>
/// Reports turns that hold a partition's thread too long, while they do, with the name of the grain. It samples from a timer, so that turns
/// themselves cost nothing for it; a long turn is seen at latest after one and a half times the threshold.
/// </summary>
internal sealed class LongTurnWatch : IDisposable
{
    private readonly EmbeddedGrainRuntime _runtime;
    private readonly Sample[] _samples;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();

    public LongTurnWatch(EmbeddedGrainRuntime runtime)
    {
        _runtime = runtime;
        _samples = new Sample[runtime.Partitions.Length];
        var interval = runtime.Options.LongTurnWarning / 2;
        _timer = runtime.Clock.CreateTimer(static state => ((LongTurnWatch)state!).Look(), this, interval, interval);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        lock (_gate)
        {
            var now = _runtime.Clock.GetTimestamp();
            foreach (var partition in _runtime.Partitions)
            {
                ref var sample = ref _samples[partition.Index];
                var turn = Volatile.Read(ref partition.Counters.Turns);
                var running = partition.Running;
                if (running is null || !ReferenceEquals(running, sample.Activation) || turn != sample.Turn)
                {
                    sample = new Sample(running, turn, now, IsReported: false);
                }
                else if (!sample.IsReported && _runtime.Clock.GetElapsedTime(sample.Since, now) >= _runtime.Options.LongTurnWarning)
                {
                    sample = sample with { IsReported = true };
                    Interlocked.Increment(ref partition.Counters.LongTurns);
                    Log.LongTurn(_runtime.Logger, running, partition.Index, _runtime.Clock.GetElapsedTime(sample.Since, now).TotalMilliseconds);
                }
            }
        }
    }

    private readonly record struct Sample(Activation? Activation, long Turn, long Since, bool IsReported);
}
