using Grid.Runtime.CodeGeneration;

namespace Grid.Runtime.Execution;

/// <summary>Runs code that is no grain on a partition's thread.</summary>
internal sealed class OutsideScheduler(Partition partition) : TaskScheduler
{
    protected override IEnumerable<Task> GetScheduledTasks() => [];

    protected override void QueueTask(Task task) => partition.Post(new PartitionWork(_ => TryExecuteTask(task)));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;
}
