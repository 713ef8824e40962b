using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Grid.Runtime.CodeGeneration;

namespace Grid.Runtime.Execution;

/// <summary>
/// Tells the processor which grains are called next, so that their memory is fetched while the call before them runs. Grains lie all over the memory:
/// with 100,000 of them, waiting for it is most of what a small call costs. Does nothing where the processor does not know how.
/// </summary>
internal static class Foresight
{
    /// <summary>The grain of the item that comes next, and the activation of the one after it.</summary>
    public static void Look(WorkItem? next)
    {
        if (!Sse.IsSupported || next is null)
            return;
        if (next.Found is { } found)
            Fetch(found.Instance);
        if (next.Next?.Next?.Found is { } later)
            Fetch(later);
    }

    // A prefetch never faults, so that it does no harm when the collector moves the object meanwhile.
    private static unsafe void Fetch(object? place)
    {
        var address = (byte*)Unsafe.As<object?, nint>(ref place);
        Sse.Prefetch0(address);
        Sse.Prefetch0(address + 64);
    }
}
