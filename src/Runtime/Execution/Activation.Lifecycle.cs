using Grid.Runtime.Diagnostics;
using Grid.Runtime.State;
using Grid.Runtime.Timers;
using Orleans;
using Orleans.Runtime;

namespace Grid.Runtime.Execution;

internal enum ActivationState : byte
{
    Created,
    Activating,
    Active,
    Deactivating,
    Dead,
}

/// <summary>What few activations need, or not at all times.</summary>
internal sealed class ActivationExtras
{
    public GrainReference? Reference;
    public DeactivationReason Reason;
    public TaskCompletionSource? Deactivated;
    public List<GrainTimer>? Timers;
    public Dictionary<Guid, int>? ReentrantSections;
    public Dictionary<Streams.StreamKey, object>? StreamObservers;

    /// <summary>As a timestamp of the runtime's clock.</summary>
    public long KeepAliveUntil = long.MinValue;
}

/// <remarks>This file: how an activation comes and goes.</remarks>
internal sealed partial class Activation
{
    /// <summary>How often a call is passed on by activations that end before they take one.</summary>
    private const int MostForwards = 2;

    /// <summary>The activation that a grain being constructed on this thread belongs to.</summary>
    public static Activation? UnderConstruction => Partition.OnThisThread?.UnderConstruction;

    public Task Deactivated
    {
        get
        {
            var extras = Extras;
            if (extras.Deactivated is null)
                Interlocked.CompareExchange(ref extras.Deactivated, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null);
            if (_state == ActivationState.Dead)
                extras.Deactivated.TrySetResult();
            return extras.Deactivated.Task;
        }
    }

    public bool CanBeFound => _state != ActivationState.Dead;

    /// <summary>For stateless workers, whose keys may have another activation while one ends.</summary>
    public bool TakesCalls => _state <= ActivationState.Active && !_mustEnd;

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        if (Partition.IsCurrentThread)
            RequestEnd(deactivationReason);
        else
            Partition.Post(new PartitionWork(_ => RequestEnd(deactivationReason)));
    }

    public void DelayDeactivation(TimeSpan time)
    {
        var clock = Runtime.Clock;
        var seconds = time == Timeout.InfiniteTimeSpan ? double.MaxValue : time.TotalSeconds;
        Extras.KeepAliveUntil = seconds <= 0 ? long.MinValue
            : seconds >= 1e9 ? long.MaxValue
            : clock.GetTimestamp() + (long)(seconds * clock.TimestampFrequency);
    }

    /// <summary>Whether it was idle for that long and nothing keeps it.</summary>
    public bool IsIdleSince(int tenths, long now) =>
        Partition.NowTenths - _lastUsedTenths >= tenths && IsIdle && !Class.IsObserver && (_extras is null || _extras.KeepAliveUntil <= now);

    /// <summary>For how long it was not used, in tenths of a second.</summary>
    public int IdleTenths(int nowTenths) => nowTenths - _lastUsedTenths;

    /// <summary>An observer: there is nothing to activate, and the object is held weakly.</summary>
    public void Observe(IGrainObserver observer)
    {
        _instance = new WeakReference(observer);
        _state = ActivationState.Active;
    }

    public void Forget() => _state = ActivationState.Dead;

    private void RequestEnd(DeactivationReason reason)
    {
        if (_mustEnd || _state >= ActivationState.Deactivating)
            return;
        Extras.Reason = reason;
        _mustEnd = true;
        Schedule();
    }

    private void EndIfDue()
    {
        if (_mustEnd && _state == ActivationState.Active && RunningCount == 0)
            BeginEnd();
    }

    private void Activate()
    {
        _state = ActivationState.Activating;
        var before = Partition.EnterTurn(this);
        try
        {
            Partition.UnderConstruction = this;
            List<IStoredState>? states = null;
            try
            {
                _instance = Class.Create(this, ref states);
            }
            finally
            {
                Partition.UnderConstruction = null;
            }

            if (states is null && !Class.OverridesActivate)
            {
                BecomeActive();
                return;
            }

            var activating = ActivateAsync(states);
            if (activating.IsCompletedSuccessfully)
                BecomeActive();
            else
                activating.GetAwaiter().UnsafeOnCompleted(() => OnActivated(activating));
        }
        catch (Exception error)
        {
            FailActivation(error);
        }
        finally
        {
            Partition.LeaveTurn(this, before);
        }
    }

    private async Task ActivateAsync(List<IStoredState>? states)
    {
        using var timeout = new CancellationTokenSource(Runtime.Options.ActivationTimeout, Runtime.Clock);
        try
        {
            foreach (var state in states ?? [])
                await state.ReadAsync(timeout.Token).WaitAsync(timeout.Token);
            if (_instance is IGrainBase grain)
                await grain.OnActivateAsync(timeout.Token).WaitAsync(timeout.Token);
        }
        catch (OperationCanceledException cancelled) when (timeout.IsCancellationRequested)
        {
            throw new TimeoutException($"The activation of {GrainId} took longer than {Runtime.Options.ActivationTimeout}.", cancelled);
        }
    }

    private void OnActivated(Task activating)
    {
        if (activating.IsCompletedSuccessfully)
            BecomeActive();
        else
            FailActivation(CodeGeneration.PromiseRequest<ValueTuple>.ErrorOf(activating));
    }

    private void BecomeActive()
    {
        _state = ActivationState.Active;
        if (_mustEnd)
        {
            // It asked for its end before it took a call: whoever waits is passed on, and not for ever.
            for (var item = _mail.Peek(); item is not null; item = _mail.After(item))
                ((CodeGeneration.Request)item).Forwards++;
        }

        _lastUsedTenths = Partition.NowTenths;
        if (!_mail.IsEmpty || _mustEnd)
            Schedule();
    }

    private void FailActivation(Exception error)
    {
        Log.ActivationFailed(Runtime.Logger, error, this);
        Extras.Reason = new DeactivationReason(DeactivationReasonCode.ActivationFailed, error, "The activation failed.");
        DisposeTimers();
        Bury();
        while (!_mail.IsEmpty)
            TakeWaiting().Fail(error);
    }

    private void BeginEnd()
    {
        _state = ActivationState.Deactivating;
        DisposeTimers();
        if (!Class.OverridesDeactivate)
        {
            FinishEnd();
            return;
        }

        var before = Partition.EnterTurn(this);
        try
        {
            var ending = EndAsync();
            if (ending.IsCompleted)
                FinishEnd();
            else
                ending.GetAwaiter().UnsafeOnCompleted(FinishEnd);
        }
        finally
        {
            Partition.LeaveTurn(this, before);
        }
    }

    /// <summary>Never fails: a grain that cannot say goodbye goes all the same.</summary>
    private async Task EndAsync()
    {
        try
        {
            using var timeout = new CancellationTokenSource(Runtime.Options.DeactivationTimeout, Runtime.Clock);
            if (_instance is IGrainBase grain)
                await grain.OnDeactivateAsync(Extras.Reason, timeout.Token).WaitAsync(timeout.Token);
        }
        catch (Exception error)
        {
            Log.DeactivationFailed(Runtime.Logger, error, this);
        }

        try
        {
            if (_instance is IAsyncDisposable asynchronous)
                await asynchronous.DisposeAsync();
            else if (_instance is IDisposable disposable)
                disposable.Dispose();
        }
        catch (Exception error)
        {
            Log.DeactivationFailed(Runtime.Logger, error, this);
        }
    }

    private void FinishEnd()
    {
        Bury();
        while (!_mail.IsEmpty)
        {
            var request = TakeWaiting();
            if ((request.Options & CodeGeneration.CallOptions.LocalOnly) != 0 || request.IsAnswered)
                continue;

            if (request.Forwards > MostForwards)
            {
                request.Fail(new OrleansMessageRejectionException($"Forwarding failed: {GrainId} deactivated {request.Forwards} times while it activated."));
                continue;
            }

            // Nothing is lost: what waited goes to a fresh activation.
            request.Target.Cached = null;
            Partition.Accept(request);
        }
    }

    private void Bury()
    {
        _state = ActivationState.Dead;
        Partition.Activations.Remove(this);
        Partition.Counters.ActivationsEnded++;
        _extras?.Deactivated?.TrySetResult();
    }

    private CodeGeneration.Request TakeWaiting()
    {
        var request = (CodeGeneration.Request)_mail.Dequeue();
        _mailCount--;
        Partition.Counters.MailboxDepth--;
        if (request.IsSpecial)
            _specialMail--;
        return request;
    }

    private void DisposeTimers()
    {
        if (_extras?.Timers is not { } timers)
            return;
        foreach (var timer in timers.ToArray())
            timer.Dispose();
    }
}
