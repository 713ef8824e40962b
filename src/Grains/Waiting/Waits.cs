using System.Runtime.ExceptionServices;

namespace Grid.Grains.Waiting;

/// <summary>
/// Waiting that may be given up and goes on where it began. A task that the platform waits for with a token, and a semaphore that is entered with one, complete
/// in the thread pool when they had to wait: there, the code that follows has left its activation, and the simulation its one thread. The same goes for a task that
/// stands for several.
/// </summary>
internal static class Waits
{
    /// <summary>The task, or the end of waiting for it when the token is set: the task itself goes on.</summary>
    public static Task OrUntil(this Task task, CancellationToken cancellationToken) =>
        task.IsCompleted || !cancellationToken.CanBeCanceled ? task : GiveUpAsync(task, cancellationToken);

    /// <summary>The task's result, or the end of waiting for it when the token is set: the task itself goes on.</summary>
    public static async Task<T> OrUntil<T>(this Task<T> task, CancellationToken cancellationToken)
    {
        await ((Task)task).OrUntil(cancellationToken);
        return await task;
    }

    /// <summary>All of them, once all have ended; fails as the first that failed.</summary>
    public static async Task All(IEnumerable<Task> tasks)
    {
        var failure = default(ExceptionDispatchInfo);
        foreach (var task in tasks.ToArray())
        {
            try
            {
                await task;
            }
            catch (Exception exception)
            {
                failure ??= ExceptionDispatchInfo.Capture(exception);
            }
        }

        failure?.Throw();
    }

    /// <summary>The results of all of them, in their order, once all have ended; fails as the first that failed.</summary>
    public static async Task<T[]> All<T>(IEnumerable<Task<T>> tasks)
    {
        var begun = tasks.ToArray();
        await All((IEnumerable<Task>)begun);
        var results = new T[begun.Length];
        for (var index = 0; index < begun.Length; index++)
        {
            results[index] = await begun[index];
        }

        return results;
    }

    /// <summary>Enters; whoever gives up while others are inside is passed over.</summary>
    public static async Task EnterAsync(this SemaphoreSlim turn, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
#pragma warning disable CA2016 // With the token it would complete in the thread pool.
        var entering = turn.WaitAsync();
#pragma warning restore CA2016
        try
        {
            await entering.OrUntil(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _ = LeaveAsync(turn, entering);
            throw;
        }
    }

    private static async Task GiveUpAsync(Task task, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // Continues whoever waits from the thread that completes it, which then finds its own way back to where it began.
        var ended = new TaskCompletionSource();
        using var givenUp = cancellationToken.UnsafeRegister(static (ended, token) => ((TaskCompletionSource)ended!).TrySetCanceled(token), ended);
        _ = EndAsync(task, ended);
        await ended.Task;
        await task;
    }

    private static async Task EndAsync(Task task, TaskCompletionSource ended)
    {
        try
        {
            await task;
        }
        catch (Exception)
        {
            // Whoever has not given up by now is told by the task itself.
        }

        ended.TrySetResult();
    }

    private static async Task LeaveAsync(SemaphoreSlim turn, Task entering)
    {
        await entering;
        turn.Release();
    }
}
