using Grid.Simulation.Faults;

namespace Grid.Simulation.Machine;

/// <summary>
/// The way from one process to its disk and stores: where faults are injected, where a process may die, and where a dead one is held off. What a
/// dead process asks never comes back and changes nothing.
/// </summary>
internal sealed class Operations(World world, ProcessClock clock, Action<string> kill)
{
    private static readonly TimeSpan SlowFrom = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan SlowTo = TimeSpan.FromSeconds(8);

    private readonly Chance _chance = world.ChanceOf("operations");
    private int _untilDeath;

    /// <summary>The process dies at an operation from now, before it or after it.</summary>
    public void DieAfter(int operations) => _untilDeath = operations;

    /// <summary>True while no store fails, is slow or dies with the process: what is asked is answered before the next thing happens.</summary>
    public bool AnswersAtOnce => clock.IsRunning && _untilDeath == 0 && world.Rates.IsNone;

    /// <summary>An operation that is answered at once: the same trace as <see cref="AskAsync"/>, for those who do without its task.</summary>
    public void Note(string store, string what) => world.Trace.Add(store, what);

    /// <summary>An operation that takes no virtual time.</summary>
    /// <exception cref="ProcessDiedException">The process is dead, before or since.</exception>
    public T Do<T>(string what, Func<T> effect)
    {
        Step(what);
        var result = effect();
        Step(what);
        return result;
    }

    /// <summary>True when an operation fails now, before its effect.</summary>
    public bool Fails(Fault fault) => _chance.Happens(world.Rates[fault]);

    /// <summary>True with a chance, of the faults' own stream.</summary>
    public bool Happens(double rate) => _chance.Happens(rate);

    /// <summary>An operation of a store.</summary>
    /// <param name="store">Its name, for the trace.</param>
    /// <param name="what">What is asked, for the trace.</param>
    /// <param name="effect">Reads or changes what is durable; null hash for a read.</param>
    public Task<T> AskAsync<T>(string store, string what, Func<T> effect)
    {
        if (!clock.IsRunning)
        {
            return Never<T>();
        }

        if (AnswersAtOnce)
        {
            world.Trace.Add(store, what);
            return Answer(effect);
        }

        if (Fails(Fault.StorageError))
        {
            world.Trace.Add("store error", what);
            return Task.FromException<T>(new IOException($"{store} {what}: the store cannot be reached (injected)."));
        }

        if (Fails(Fault.SlowStorage))
        {
            return SlowlyAsync(store, what, effect);
        }

        return NowAsync(store, what, effect);
    }

    /// <summary>A point at which the process may die: before an operation, and after it.</summary>
    /// <exception cref="ProcessDiedException">The process is dead.</exception>
    public void Step(string what)
    {
        if (clock.IsRunning && _untilDeath > 0 && --_untilDeath == 0)
        {
            kill(what);
        }

        if (!clock.IsRunning)
        {
            throw new ProcessDiedException();
        }
    }

    private Task<T> NowAsync<T>(string store, string what, Func<T> effect)
    {
        try
        {
            Step(what);
            world.Trace.Add(store, what);
            var answer = Answer(effect);
            Step(what);
            if (Fails(Fault.UnknownOutcome) && answer.IsCompletedSuccessfully)
            {
                world.Trace.Add("outcome unknown", what);
                return Task.FromException<T>(new IOException($"{store} {what}: the connection was lost before the answer (injected)."));
            }

            return answer;
        }
        catch (ProcessDiedException)
        {
            return Never<T>();
        }
    }

    private Task<T> SlowlyAsync<T>(string store, string what, Func<T> effect)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        clock.CreateTimer(
            _ =>
            {
                var done = NowAsync(store, what, effect);
                if (done.IsCompleted)
                {
                    answer.SetFromTask(done);
                }
            },
            null,
            _chance.Between(SlowFrom, SlowTo),
            Timeout.InfiniteTimeSpan);
        return answer.Task;
    }

    private static Task<T> Answer<T>(Func<T> effect)
    {
        try
        {
            return Task.FromResult(effect());
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return Task.FromException<T>(error);
        }
    }

    private static Task<T> Never<T>() => new TaskCompletionSource<T>().Task;
}

/// <summary>The process that asked is dead.</summary>
internal sealed class ProcessDiedException() : IOException("The process is dead.");
