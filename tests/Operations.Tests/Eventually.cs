namespace Grid.Tests.Operations;

/// <summary>Waits, with a bound, for what a running program comes to.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static async Task IsAsync<T>(T expected, Func<Task<T>> ask)
    {
        using var limit = new CancellationTokenSource(Patience);
        T found;
        while (!EqualityComparer<T>.Default.Equals(found = await ask(), expected))
        {
            if (limit.IsCancellationRequested)
            {
                Assert.Equal(expected, found);
            }

            await Task.Delay(20);
        }
    }
}
