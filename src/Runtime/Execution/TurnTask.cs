using System.Runtime.CompilerServices;

namespace Grid.Runtime.Execution;

/// <summary>
/// Makes <see cref="TaskScheduler.Current"/> the activation's during a turn without a <see cref="Task"/> for each turn: one task object stays
/// the thread's current task, and its scheduler is changed at each turn.
/// </summary>
/// <remarks>
/// It reaches two private fields of the base library (<c>Task.t_currentTask</c>, <c>Task.m_taskScheduler</c>), which is why it is checked at start
/// and refused with a clear message should a new version of .NET rename them.
/// </remarks>
internal readonly struct TurnTask
{
    private readonly Task _task;

    private TurnTask(Task task) => _task = task;

    public static TurnTask Create() => new(new Task(static () => { }, CancellationToken.None, TaskCreationOptions.DenyChildAttach));

    /// <summary>Makes this the thread's current task and answers what was before.</summary>
    public Task? Install(TaskScheduler scheduler)
    {
        ref var current = ref CurrentTask(null);
        var before = current;
        SchedulerOf(_task) = scheduler;
        current = _task;
        return before;
    }

    public static void Uninstall(Task? before) => CurrentTask(null) = before;

    public void Switch(TaskScheduler scheduler) => SchedulerOf(_task) = scheduler;

    /// <exception cref="PlatformNotSupportedException">This version of .NET does not have the fields.</exception>
    public static void Check(TaskScheduler any)
    {
        try
        {
            var before = Create().Install(any);
            var works = ReferenceEquals(TaskScheduler.Current, any);
            Uninstall(before);
            if (works)
                return;
        }
        catch (MissingFieldException)
        {
            throw new PlatformNotSupportedException($"The grain runtime does not know how tasks find their scheduler in {RuntimeVersion}.");
        }

        throw new PlatformNotSupportedException($"The grain runtime cannot set the current task scheduler in {RuntimeVersion}.");
    }

    private static string RuntimeVersion => System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription;

    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "t_currentTask")]
    private static extern ref Task? CurrentTask(Task? _);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_taskScheduler")]
    private static extern ref TaskScheduler? SchedulerOf(Task task);
}
