using System.ComponentModel;
using Grid.Runtime.Execution;

namespace Grid.Runtime.CodeGeneration;

/// <summary>
/// Something that a partition has to do. It carries its own link, so that queueing costs no memory; an item is in at most one queue.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class WorkItem
{
    internal WorkItem? Next;

    private protected WorkItem()
    {
    }

    /// <summary>Called on the partition's thread when the item comes out of the inbox.</summary>
    internal abstract void Arrive(Partition partition);
}
