namespace Grid.Tests.Gateway;

/// <summary>Waits of tests over real threads, sockets and disks: for a condition, and no longer than a bound that only a fault reaches.</summary>
internal static class Eventually
{
    /// <summary>Far more than anything here takes, also on a machine that is busy with other tests.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    public static Task HoldsAsync(string what, Func<bool> holds) => HoldsAsync(what, () => Task.FromResult(holds()));

    /// <param name="what">What is waited for, for the message.</param>
    /// <param name="holds">Asked again and again.</param>
    public static async Task HoldsAsync(string what, Func<Task<bool>> holds)
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var limit = new CancellationTokenSource(Patience);
        while (!await holds())
        {
            Assert.False(limit.IsCancellationRequested, $"It was waited {Patience} until {what}.");
            await Task.Delay(Poll, cancelled);
        }
    }
}
