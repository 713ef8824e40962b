using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Grid.Runtime.CodeGeneration;

namespace Grid.Runtime.Execution;

/// <summary>
/// Tells the processor what is needed next, so that it is fetched while the call before it runs: items come from other threads and grains lie all over
/// the memory; with 100,000 of them, waiting for it is most of what a small call costs. Does nothing where the processor does not know how.
/// </summary>
internal static class Foresight
{
    // Of an item: its links and target, and behind them its arguments.
    private const int LinesOfItem = 2;

    /// <summary>The grain of the item that comes next, the activation of the one after it, and the item after that.</summary>
    public static void Look(WorkItem? next)
    {
        if (!Sse.IsSupported || next is null)
            return;
        if (next.Found is { } found)
            Fetch(found.Instance, 1);
        if (next.Next is not { } second)
            return;
        Fetch(second.Found, 2);
        Fetch(second.Next, LinesOfItem);
    }

    // A prefetch never faults, so that it does no harm when the collector moves the object meanwhile, or when there is none.
    private static unsafe void Fetch(object? place, int lines)
    {
        var address = (byte*)Unsafe.As<object?, nint>(ref place);
        Sse.Prefetch0(address);
        if (lines > 1)
            Sse.Prefetch0(address + 64);
    }
}
