namespace Grid.Runtime;

/// <summary>
/// Time that passes when told. Timers fire in the order of their due times, those of the same instant in the order in which they were set, on the
/// thread that lets time pass. Thread-safe.
/// </summary>
/// <param name="start">The time at the beginning.</param>
public sealed class VirtualTimeProvider(DateTimeOffset start) : TimeProvider
{
    private readonly PriorityQueue<(VirtualTimer Timer, long Version), (long Due, long Sequence)> _timers = new();
    private readonly Lock _gate = new();
    private long _ticks = start.UtcTicks;
    private long _sequence;
    private int _stale;

    /// <summary>Starts at midnight, 1 January 2026.</summary>
    public VirtualTimeProvider()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>When the next timer is due, or null when none is set.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            lock (_gate)
                return TryPeek(out var due) ? new DateTimeOffset(due, TimeSpan.Zero) : null;
        }
    }

    /// <summary>For the test that the queue stays small.</summary>
    internal int QueuedEntries
    {
        get
        {
            lock (_gate)
                return _timers.Count;
        }
    }

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets that much time pass, firing what falls due in it.</summary>
    public void Advance(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        var until = GetUtcNow() + time;
        while (FireNext(until))
        {
        }

        AdvanceTo(until);
    }

    /// <summary>Moves to the next due time, if it is not after <paramref name="until"/>, and fires that one timer. Answers whether there was one.</summary>
    public bool FireNext(DateTimeOffset until)
    {
        VirtualTimer timer;
        lock (_gate)
        {
            if (!TryPeek(out var due) || due > until.UtcTicks)
                return false;
            timer = _timers.Dequeue().Timer;
            if (due > _ticks)
                Volatile.Write(ref _ticks, due);
            timer.Version++;
            if (timer.Period > 0)
                Enqueue(timer, due + timer.Period);
            else
                timer.IsQueued = false;
        }

        timer.Callback(timer.State);
        return true;
    }

    /// <summary>Moves the time without firing; earlier times are ignored.</summary>
    internal void AdvanceTo(DateTimeOffset time)
    {
        lock (_gate)
        {
            if (time.UtcTicks > _ticks)
                Volatile.Write(ref _ticks, time.UtcTicks);
        }
    }

    private bool TryPeek(out long due)
    {
        while (_timers.TryPeek(out var entry, out var priority))
        {
            if (entry.Version == entry.Timer.Version)
            {
                due = priority.Due;
                return true;
            }

            _timers.Dequeue();
            _stale--;
        }

        due = 0;
        return false;
    }

    private void Set(VirtualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            timer.Version++;
            if (timer.IsQueued)
                _stale++;
            timer.IsQueued = false;
            timer.Period = period == Timeout.InfiniteTimeSpan ? 0 : period.Ticks;
            if (dueTime != Timeout.InfiniteTimeSpan)
                Enqueue(timer, _ticks + dueTime.Ticks);
            if (_stale > 1000 && _stale > _timers.Count / 2)
                Compact();
        }
    }

    private void Enqueue(VirtualTimer timer, long due)
    {
        timer.IsQueued = true;
        _timers.Enqueue((timer, timer.Version), (due, _sequence++));
    }

    private void Compact()
    {
        var live = _timers.UnorderedItems.Where(item => item.Element.Version == item.Element.Timer.Version).ToArray();
        _timers.Clear();
        _timers.EnqueueRange(live);
        _stale = 0;
    }

    private sealed class VirtualTimer(VirtualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        public readonly TimerCallback Callback = callback;
        public readonly object? State = state;
        public long Version;
        public long Period;
        public bool IsQueued;
        private bool _isDisposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (_isDisposed)
                return false;
            ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, Timeout.InfiniteTimeSpan);
            ArgumentOutOfRangeException.ThrowIfLessThan(period, Timeout.InfiniteTimeSpan);
            clock.Set(this, dueTime, period);
            return true;
        }

        public void Dispose()
        {
            if (_isDisposed)
                return;
            clock.Set(this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _isDisposed = true;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
