using Grid.Runtime.CodeGeneration;
using Grid.Runtime.Diagnostics;
using Grid.Runtime.Execution;
using Orleans.Runtime;

namespace Grid.Runtime.Timers;

/// <summary>
/// A timer of an activation. Its tick goes through the mailbox like a call, and the next one is set when the callback has ended.
/// </summary>
internal abstract class GrainTimer : IGrainTimer
{
    private const long LongestMilliseconds = 0xfffffffe;

    private readonly CancellationTokenSource _stop = new();
    private readonly Activation _activation;
    private readonly Tick _tick;
    private readonly ITimer _timer;
    private readonly CallOptions _options;
    private TimeSpan _dueTime;
    private TimeSpan _period;
    private bool _isRunning;
    private bool _isChanged;

    protected GrainTimer(Activation activation, GrainTimerCreationOptions options)
    {
        Check(options.DueTime, options.Period);
        _activation = activation;
        _options = CallOptions.OneWay | CallOptions.LocalOnly
            | (options.Interleave ? CallOptions.AlwaysInterleave : 0)
            | (options.KeepAlive ? 0 : CallOptions.DoesNotKeepAlive);
        _tick = new Tick(this);
        _dueTime = options.DueTime;
        _period = options.Period;
        (activation.Extras.Timers ??= []).Add(this);
        using (ExecutionContext.SuppressFlow())
            _timer = activation.Runtime.Clock.CreateTimer(static state => ((GrainTimer)state!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, period);
        _dueTime = dueTime;
        _period = period;
        _isChanged = true;
        if (!_isRunning && !_stop.IsCancellationRequested)
            _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        if (_stop.IsCancellationRequested)
            return;
        _stop.Cancel();
        _timer.Dispose();
        if (_activation.Partition.IsCurrentThread)
            _activation.Extras.Timers?.Remove(this);
    }

    protected void Begin() => _timer.Change(_dueTime, Timeout.InfiniteTimeSpan);

    protected abstract Task Call(CancellationToken cancellation);

    // On whatever thread the clock has; the activation's thread takes it from there.
    private void Fire() => _activation.Partition.Post(new PartitionWork(_ => TickNow()));

    private void TickNow()
    {
        // While the runtime stops, its grains go one after the other: what a timer would call is gone already, and nobody waits for it.
        if (_stop.IsCancellationRequested || _isRunning || _activation.Runtime.IsStopping)
            return;
        _isRunning = true;
        _tick.Prepare(_activation.SelfReference, _options, default);
        _activation.Receive(_tick);
    }

    private void OnEnded()
    {
        _isRunning = false;
        if (!_stop.IsCancellationRequested)
            _timer.Change(_isChanged ? _dueTime : _period, Timeout.InfiniteTimeSpan);
    }

    private static void Check(TimeSpan dueTime, TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan((long)dueTime.TotalMilliseconds, -1, nameof(dueTime));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)dueTime.TotalMilliseconds, LongestMilliseconds, nameof(dueTime));
        ArgumentOutOfRangeException.ThrowIfLessThan((long)period.TotalMilliseconds, -1, nameof(period));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)period.TotalMilliseconds, LongestMilliseconds, nameof(period));
    }

    /// <summary>One object for all ticks of a timer: they never overlap.</summary>
    private sealed class Tick(GrainTimer timer) : TaskRequest
    {
        public override string MethodName => "Timer/Tick";

        internal override bool ReportsFailure => true;

        protected override Task Invoke(object target)
        {
            timer._isChanged = false;
            return timer._stop.IsCancellationRequested ? Task.CompletedTask : timer.Call(timer._stop.Token);
        }

        protected override void Recycle()
        {
        }

        private protected override void OnFinished(Exception? error)
        {
            if (error is SiloUnavailableException && timer._activation.Runtime.IsStopping)
                Log.TimerCutShort(timer._activation.Runtime.Logger, timer._activation);
            else if (error is not null)
                Log.TimerFailed(timer._activation.Runtime.Logger, error, timer._activation);
            timer.OnEnded();
        }
    }
}

internal sealed class GrainTimer<TState> : GrainTimer
{
    private readonly Func<TState, CancellationToken, Task> _callback;
    private readonly TState _state;

    private GrainTimer(Activation activation, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
        : base(activation, options)
    {
        _callback = callback;
        _state = state;
    }

    public static IGrainTimer Start(Activation activation, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    {
        if (!ReferenceEquals(Partition.CurrentActivation, activation))
            throw new InvalidOperationException($"A timer of {activation} can only be registered in a turn of that grain.");
        var timer = new GrainTimer<TState>(activation, callback, state, options);
        timer.Begin();
        return timer;
    }

    protected override Task Call(CancellationToken cancellation) => _callback(_state, cancellation);
}
