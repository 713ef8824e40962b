namespace Grid.Connectors.Outbox;

/// <summary>
/// Rung when a row becomes due at once, so that the sender of this process need not wait for its next look. A hint: rows of other processes, and those whose time comes
/// later, are found by looking.
/// </summary>
public sealed class OutboxBell
{
    private TaskCompletionSource _rung = New();

    /// <summary>Completes when it rings, or has rung since <see cref="Hear"/>.</summary>
    public Task Rung => Volatile.Read(ref _rung).Task;

    /// <summary>Rings. However often before it is heard, it is one ring.</summary>
    public void Ring() => Volatile.Read(ref _rung).TrySetResult();

    /// <summary>Whoever looks next looks for everything that it was rung for until now.</summary>
    public void Hear()
    {
        if (Rung.IsCompleted)
        {
            Volatile.Write(ref _rung, New());
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
