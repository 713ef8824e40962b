namespace Grid.Grains.Commands.Groups;

/// <summary>One write at a time: who asks while one is under way waits for the next, which all of them share.</summary>
internal sealed class PartWriter(Func<Task> write)
{
    private Task _current = Task.CompletedTask;
    private Task? _next;

    /// <summary>Completes when what stands in memory at the call is written.</summary>
    public Task WriteAsync()
    {
        if (_next is null)
        {
            _next = _current.IsCompleted ? null : FollowAsync(_current);
            if (_next is null)
            {
                return _current = write();
            }
        }

        return _next;
    }

    private async Task FollowAsync(Task former)
    {
        try
        {
            await former;
        }
        catch (Exception)
        {
            // Told to those who asked for it.
        }

        _next = null;
        await (_current = write());
    }
}
