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
        request.Deadline = Now + Limits.CallTimeoutTimestamp;
        request.IsTracked = true;
        request.PreviousTracked = _lastTracked;
        if (_lastTracked is null)
            _firstTracked = request;
        else
            _lastTracked.NextTracked = request;
        _lastTracked = request;
        if (!_deadlineArmed)
            ArmDeadline(request.Deadline);
    }

    public void Untrack(Request request)
    {
        request.IsTracked = false;
        if (request.PreviousTracked is null)
            _firstTracked = request.NextTracked;
        else
            request.PreviousTracked.NextTracked = request.NextTracked;
        if (request.NextTracked is null)
            _lastTracked = request.PreviousTracked;
        else
            request.NextTracked.PreviousTracked = request.PreviousTracked;
        request.PreviousTracked = null;
        request.NextTracked = null;
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
        while (_firstTracked is { } request && request.Deadline <= Now)
        {
            Counters.CallTimeouts++;
            request.Fail(new TimeoutException(
                $"Response did not arrive on time in {Runtime.Options.CallTimeout} for {request.MethodName} of {request.Target.GrainId}. Its outcome is unknown."));
            if (ReferenceEquals(_firstTracked, request))
                Untrack(request);
        }

        if (_firstTracked is not null)
            ArmDeadline(_firstTracked.Deadline);
    }
}
