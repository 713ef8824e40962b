using System.ComponentModel;
using System.Diagnostics;
using Grid.Runtime.Diagnostics;
using Grid.Runtime.Execution;
using Orleans.Runtime;

namespace Grid.Runtime.CodeGeneration;

/// <summary>
/// A call on its way: arguments, target and reply in one pooled object. From its sending on it belongs to the thread of the target's
/// partition, until the answer is published; after that only who awaits the answer may touch it.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class Request : WorkItem, IThreadPoolWorkItem
{
    internal GrainReference Target = null!;

    /// <summary>In whose turn it runs: the callee's on the way there, the caller's on the way back.</summary>
    internal Activation? Runner;
    internal Dictionary<string, object>? Context;
    internal Activity? Activity;

    /// <summary>When the caller is told that it took too long, as a timestamp of the runtime's clock.</summary>
    internal long Deadline;
    internal Request? PreviousTracked;
    internal Request? NextTracked;
    internal bool IsTracked;
    internal CallOptions Options;

    /// <summary>How many activations passed it on because they ended while they began.</summary>
    internal byte Forwards;

    /// <summary>Whether the caller has its answer. Set early by a time-out: then the object is never used again.</summary>
    internal bool IsAnswered;

    /// <summary>Whether its caller is no grain.</summary>
    internal bool IsFromOutside;
    private CancellationTokenRegistration _cancellation;
    private CancellationTokenSource? _ownToken;

    /// <summary>Counts its answers, on the thread of the target's partition.</summary>
    private int _use;
    private bool _ownsActivity;
    private bool _isOnWayBack;

    private protected Request()
    {
    }

    /// <summary>The name of the method, as <c>Interface/Method</c>.</summary>
    public abstract string MethodName { get; }

    internal bool HasReply => (Options & CallOptions.OneWay) == 0;

    internal bool IsSpecial => (Options & (CallOptions.AlwaysInterleave | CallOptions.ReadOnly)) != 0 || Context is not null;

    /// <summary>Whether its sender deals with a failure, so that nobody else needs to tell.</summary>
    internal virtual bool ReportsFailure => false;

    /// <summary>Runs the method in the current turn of <see cref="Runner"/>.</summary>
    internal abstract void Run();

    /// <summary>Answers the caller with an exception, before or instead of running.</summary>
    internal abstract void Fail(Exception error);

    /// <summary>Clears the arguments and gives the object back to its pool.</summary>
    protected abstract void Recycle();

    /// <summary>Gives an emptied request back, for the next call of its method.</summary>
    protected static void Return<TRequest>(TRequest request)
        where TRequest : Request => Pool<TRequest>.Return(request);

    internal sealed override void Arrive(Partition partition)
    {
        if (_isOnWayBack)
            Runner!.EnqueueWork(this);
        else
            partition.AcceptArrived(this);
    }

    /// <summary>Carries the answer to the activation that awaits it. Nothing may hold this object but the one who reads the answer.</summary>
    internal void Return(Activation caller)
    {
        Runner = caller;
        _isOnWayBack = true;
        caller.Queue(this);
    }

    /// <summary>In the thread pool: the caller outside goes on there.</summary>
    void IThreadPoolWorkItem.Execute() => Answer();

    private protected virtual void Answer() => throw new InvalidOperationException($"{MethodName} has no answer.");

    internal void Prepare(GrainReference target, CallOptions options, CancellationToken cancellation)
    {
        Target = target;
        Found = target.Cached;
        Options = options;
        Context = RequestContext.Capture();
        if (GridDiagnostics.Activities.HasListeners())
            Activity = Activity.Current;
        if (cancellation.CanBeCanceled && HasReply)
            _cancellation = cancellation.UnsafeRegister(static (state, token) => ((Request)state!).CancelLater(token), this);
    }

    internal CancellationToken OwnToken() => (_ownToken = new CancellationTokenSource()).Token;

    internal void StartActivity()
    {
        var parent = Activity?.Context ?? default;
        if (GridDiagnostics.Activities.StartActivity(MethodName, ActivityKind.Internal, parent) is { } activity)
        {
            activity.SetTag("grain", Target.GrainId.ToString());
            Activity = activity;
            _ownsActivity = true;
        }
    }

    /// <summary>The method awaits something: from now on the caller may lose patience.</summary>
    private protected void TrackOnceUnderWay()
    {
        if (HasReply && !IsTracked && !IsAnswered)
            Runner!.Partition.Track(this);
    }

    /// <summary>The method has ended, well or not; frees the activation for its next call.</summary>
    private protected void End(Exception? error)
    {
        if (_ownsActivity)
        {
            if (error is not null)
                Activity!.SetStatus(ActivityStatusCode.Error, error.Message);
            Activity!.Stop();
        }

        Runner!.EndRequest(this, error);
    }

    /// <summary>Whether the caller still waits; the one who gets true answers.</summary>
    private protected bool TakeAnswer()
    {
        if (IsAnswered)
            return false;
        IsAnswered = true;
        if (IsTracked)
            Target.Partition.Untrack(this);
        if (_cancellation != default)
        {
            // Waits for a cancellation that is being posted right now.
            _cancellation.Dispose();
            _cancellation = default;
        }

        _use++;
        return true;
    }

    /// <summary>Makes it a new request, for its pool.</summary>
    private protected void Reset()
    {
        Target = null!;
        Found = null;
        Runner = null;
        Context = null;
        Activity = null;
        IsAnswered = false;
        IsFromOutside = false;
        _ownsActivity = false;
        _isOnWayBack = false;
        Forwards = 0;
        _ownToken = null;
        Recycle();
    }

    private void CancelLater(CancellationToken token)
    {
        // By the time this arrives the request may have been answered and serve another call: the count tells them apart. It moves with the answer, on
        // the thread that looks at it here: another thread may be making a new request of this one meanwhile.
        var use = _use;
        Target.Partition.Post(new PartitionWork(partition =>
        {
            if (use != _use || IsAnswered)
                return;
            var runner = Runner;
            Fail(new OperationCanceledException(token));
            if (runner is not null && _ownToken is { } own)
                CancelInTurn(partition, runner, own);
        }));
    }

    /// <summary>The caller has its answer; the method goes on, and what it does about the cancellation is a turn like any other.</summary>
    private static void CancelInTurn(Partition partition, Activation runner, CancellationTokenSource own)
    {
        var before = partition.EnterTurn(runner);
        try
        {
            own.Cancel();
        }
        catch (Exception error)
        {
            Log.TurnFailed(runner.Runtime.Logger, error, runner);
        }
        finally
        {
            partition.LeaveTurn(runner, before);
        }
    }

    /// <summary>What a method that returned no task answers.</summary>
    private protected static InvalidOperationException NoTask(string method) => new($"{method} returned null instead of a task.");
}
