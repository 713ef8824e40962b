namespace Grid.Client.Live;

/// <summary>Waiting for one's turn without leaving the caller's scheduler, which the semaphore's own wait with a token does.</summary>
internal static class Turns
{
    /// <summary>Enters, and leaves again when the token was set meanwhile: turns are short.</summary>
    public static async Task EnterAsync(this SemaphoreSlim turn, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await turn.WaitAsync(CancellationToken.None);
        if (cancellationToken.IsCancellationRequested)
        {
            turn.Release();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
