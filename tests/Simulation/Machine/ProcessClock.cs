using Grid.Runtime;

namespace Grid.Simulation.Machine;

/// <summary>The clock of one process: it may be wrong, and its timers die with it.</summary>
/// <param name="world">The world's time.</param>
internal sealed class ProcessClock(VirtualTimeProvider world) : TimeProvider
{
    /// <summary>False once the process is dead: nothing of it fires any more.</summary>
    public bool IsRunning { get; private set; } = true;

    /// <summary>How far the clock on its wall is ahead. What it measures with a stopwatch is right all the same.</summary>
    public TimeSpan Ahead { get; set; }

    public override long TimestampFrequency => world.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => world.GetUtcNow() + Ahead;

    public override long GetTimestamp() => world.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Mortal(this, callback, state, dueTime, period);

    public void Stop() => IsRunning = false;

    private sealed class Mortal : ITimer
    {
        private readonly ProcessClock _clock;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private readonly ITimer _timer;

        public Mortal(ProcessClock clock, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (_clock, _callback, _state) = (clock, callback, state);
            _timer = clock.World.CreateTimer(static timer => ((Mortal)timer!).Fire(), this, dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => _timer.Change(dueTime, period);

        public void Dispose() => _timer.Dispose();

        public ValueTask DisposeAsync() => _timer.DisposeAsync();

        private void Fire()
        {
            if (_clock.IsRunning)
            {
                _callback(_state);
            }
            else
            {
                _timer.Dispose();
            }
        }
    }

    private VirtualTimeProvider World => world;
}
