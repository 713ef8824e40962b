namespace Grid.Tests.Runtime;

/// <summary>Waiting for what a pumped runtime does in part on other threads: a gate's continuation comes from the thread pool.</summary>
internal static class TaskPumping
{
    public static async Task WaitAsync(this Task task, Pumped world)
    {
        for (var i = 0; !task.IsCompleted && i < 10_000; i++)
        {
            world.Run();
            await Task.Yield();
        }

        await task;
    }
}
