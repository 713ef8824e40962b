namespace Grid.Connectors.Outbox;

/// <summary>What a sender does all day: it looks at its outbox when its time has come, and as soon as the bell rings that something was put in.</summary>
internal static class OutboxRounds
{
    /// <summary>Whose claims they are: this process of this machine.</summary>
    public static string Owner { get; } = $"{Environment.MachineName}:{Environment.ProcessId}";

    /// <summary>Looks until it is told to stop, and then just ends. The time of a look is waited for while it is under way, so that a bell that never rests delays no tick.</summary>
    public static async Task RunAsync(TimeSpan every, OutboxBell? bell, TimeProvider clock, Func<CancellationToken, Task> look, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every, clock);
        try
        {
            var tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
            while (true)
            {
                await (bell is null ? (Task)tick : Task.WhenAny(tick, bell.Rung));
                if (tick.IsCompleted)
                {
                    await tick;
                    tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
                }

                bell?.Hear();
                await look(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The way to end it.
        }
    }
}
