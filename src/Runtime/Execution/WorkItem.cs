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

    /// <summary>Of a call: where its grain was when it was sent, if that was known.</summary>
    internal Activation? Found;

    private protected WorkItem()
    {
    }

    /// <summary>Called on the partition's thread when the item comes out of the inbox.</summary>
    internal abstract void Arrive(Partition partition);

    /// <summary>Goes on, in a turn of the activation that it was queued on.</summary>
    internal virtual void Continue() => throw new InvalidOperationException($"{GetType().Name} is no work of an activation.");
}
