using Grid.Runtime.CodeGeneration;

namespace Grid.Runtime.Execution;

/// <remarks>This file: calls that were not answered yet. All have the same time-out, so that the list is ordered by deadline.</remarks>
internal sealed partial class Partition
{
    private Request? _firstTracked;
    private Request? _lastTracked;
    private ITimer? _deadlineTimer;
    private bool _deadlineArmed;

    public void Track(Request request)
    {
        var extras = request.Extras;
        extras.Deadline = Now + Limits.CallTimeoutTimestamp;
        extras.PreviousTracked = _lastTracked;
        request.IsTracked = true;
        if (_lastTracked is null)
            _firstTracked = request;
        else
            _lastTracked.Extras.NextTracked = request;
        _lastTracked = request;
        if (!_deadlineArmed)
            ArmDeadline(extras.Deadline);
    }

    public void Untrack(Request request)
    {
        var extras = request.Extras;
        request.IsTracked = false;
        if (extras.PreviousTracked is null)
            _firstTracked = extras.NextTracked;
        else
            extras.PreviousTracked.Extras.NextTracked = extras.NextTracked;
        if (extras.NextTracked is null)
            _lastTracked = extras.PreviousTracked;
        else
            extras.NextTracked.Extras.PreviousTracked = extras.PreviousTracked;
        extras.PreviousTracked = null;
        extras.NextTracked = null;
    }

    private void ArmDeadline(long deadline)
    {
        _deadlineArmed = true;
        _deadlineTimer ??= Runtime.Clock.CreateTimer(
            static state => ((Partition)state!).Post(new PartitionWork(static partition => partition.ExpireCalls())),
            this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        // Round up to whole milliseconds: timers of the platform know nothing finer, and must not fire early.
        var span = Runtime.Clock.GetElapsedTime(Now, deadline);
        var milliseconds = Math.Max(1, Math.Ceiling(span.TotalMilliseconds));
        _deadlineTimer.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
    }

    private void ExpireCalls()
    {
        _deadlineArmed = false;
        ReadClock();
        while (_firstTracked is { } request && request.Extras.Deadline <= Now)
        {
            Counters.CallTimeouts++;
            request.Fail(new TimeoutException(
                $"Response did not arrive on time in {Runtime.Options.CallTimeout} for {request.MethodName} of {request.Target.GrainId}. Its outcome is unknown."));
            if (ReferenceEquals(_firstTracked, request))
                Untrack(request);
        }

        if (_firstTracked is not null)
            ArmDeadline(_firstTracked.Extras.Deadline);
    }
}
