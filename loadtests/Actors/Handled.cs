namespace Grid.LoadTests.Actors;

/// <summary>Counts from any thread without one waiting for another: each thread has a cell, the sum is read now and then.</summary>
internal static class Handled
{
    private static readonly List<Cell> Cells = [];

    [ThreadStatic]
    private static Cell? _mine;

    public static long Sum
    {
        get
        {
            lock (Cells)
            {
                var sum = 0L;
                foreach (var cell in Cells)
                {
                    sum += Volatile.Read(ref cell.Count);
                }

                return sum;
            }
        }
    }

    public static void Count() => (_mine ?? Register()).Count++;

    private static Cell Register()
    {
        var cell = new Cell();
        lock (Cells)
        {
            Cells.Add(cell);
        }

        return _mine = cell;
    }

    /// <summary>Padded to cache lines of its own.</summary>
    private sealed class Cell
    {
        public long Count;
#pragma warning disable CS0169, IDE0051 // Only their size matters.
        private readonly (long, long, long, long, long, long, long, long) _padding;
        private readonly (long, long, long, long, long, long, long, long) _morePadding;
#pragma warning restore CS0169, IDE0051
    }
}
