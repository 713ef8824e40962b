using Grid.Runtime.CodeGeneration;
using Grid.Runtime.Diagnostics;

namespace Grid.Runtime.Execution;

/// <remarks>This file: the event loop, on a thread of its own or pumped by a caller's.</remarks>
internal sealed partial class Partition
{
    private const int SlicesPerPass = 32;
    private const int ArrivalsPerPass = 256;

    // A thread that is woken costs as much as dozens of calls, so that it is worth looking again a few times while others may run.
    private const int LooksBeforeSleep = 20;

    private readonly Lock _pump = new();
    private readonly object _sleep = new();
    private Thread? _thread;
    private int _isAsleep;
    private bool _wakeUp;
    private volatile bool _stop;
    private int _pumpThread;
    private long _foreignPosts;

    /// <summary>Items that another thread than the pumping one has posted.</summary>
    public long ForeignPosts => Volatile.Read(ref _foreignPosts);

    /// <summary>Where the first of them came from.</summary>
    public string? ForeignPostStack { get; private set; }

    public void Start()
    {
        _thread = new Thread(Loop) { IsBackground = true, Name = $"Grain partition {Index}" };
        _thread.UnsafeStart();
    }

    /// <summary>Ends the loop; whatever waits is left. Call after the activations have ended.</summary>
    public void Stop()
    {
        _stop = true;
        Wake(always: true);
        if (_thread is { } thread && !ReferenceEquals(thread, Thread.CurrentThread))
            thread.Join();
    }

    /// <summary>Runs on the calling thread until there is nothing to do now. For a runtime without threads.</summary>
    public bool PumpUntilIdle()
    {
        if (!_pump.TryEnter())
            throw new InvalidOperationException("The runtime is being pumped by another thread.");
        if (_onThisThread is not null)
        {
            _pump.Exit();
            throw new InvalidOperationException("A grain cannot pump the runtime.");
        }

        _pumpThread = Environment.CurrentManagedThreadId;
        var context = ExecutionContext.Capture();
        var synchronization = SynchronizationContext.Current;
        var task = _turnTask.Install(_betweenTurns);
        _onThisThread = this;
        ExecutionContext.Restore(EmptyContext);
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var worked = false;
            while (Pass())
                worked = true;
            return worked;
        }
        finally
        {
            _onThisThread = null;
            TurnTask.Uninstall(task);
            if (context is not null)
                ExecutionContext.Restore(context);
            SynchronizationContext.SetSynchronizationContext(synchronization);
            _pump.Exit();
        }
    }

    private void CountForeignPost()
    {
        if (Interlocked.Increment(ref _foreignPosts) == 1)
            ForeignPostStack = Environment.StackTrace;
    }

    private void Loop()
    {
        _onThisThread = this;
        _turnTask.Install(_betweenTurns);
        while (!_stop)
        {
            if (!Pass())
                Sleep();
        }
    }

    /// <summary>Takes in what came, runs some activations, hands over what goes out. Answers whether there was anything.</summary>
    private bool Pass()
    {
        ReadClock();
        var worked = TakeIn();
        for (var slices = 0; slices < SlicesPerPass && _ready.Count > 0; slices++)
        {
            worked = true;
            _directCallsLeft = _turnsPerSlice;
            _ready.Dequeue().RunSlice(_turnsPerSlice);
        }

        HandOver();
        SendHome();
        return worked;
    }

    /// <summary>What came from other threads: some of it at a time, so that those who are here already get their turns in between.</summary>
    private bool TakeIn()
    {
        // What is pushed meanwhile, also from here, waits for the next pass.
        var waiting = Math.Min(_inbox.Count, ArrivalsPerPass);
        var taken = 0;
        while (taken < waiting && _inbox.Take() is { } item)
        {
            taken++;
            Foresight.Look(_inbox.Peek());
            _directCallsLeft = _turnsPerSlice;
            try
            {
                item.Arrive(this);
            }
            catch (Exception error)
            {
                Log.ArrivalFailed(Runtime.Logger, error, Index);
            }
        }

        if (taken == 0)
            return false;
        _inbox.MarkTaken(taken);
        return true;
    }

    private void Wake(bool always = false)
    {
        // The exchange chooses one who wakes, of all who find it asleep.
        if (!always && (Volatile.Read(ref _isAsleep) == 0 || Interlocked.Exchange(ref _isAsleep, 0) == 0))
            return;
        lock (_sleep)
        {
            _wakeUp = true;
            Monitor.Pulse(_sleep);
        }
    }

    private void Sleep()
    {
        for (var look = 0; look < LooksBeforeSleep; look++)
        {
            Thread.Yield();
            if (!_inbox.IsEmpty || _stop)
                return;
        }

        // A writer pushes, then looks whether we sleep; we say that we sleep, then look whether something was pushed.
        Interlocked.Exchange(ref _isAsleep, 1);
        if (_inbox.IsEmpty && !_stop)
        {
            lock (_sleep)
            {
                while (!_wakeUp && !_stop)
                    Monitor.Wait(_sleep);
                _wakeUp = false;
            }
        }

        Interlocked.Exchange(ref _isAsleep, 0);
    }
}
