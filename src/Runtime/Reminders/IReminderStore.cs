using System.Collections.Concurrent;
using Orleans.Runtime;

namespace Grid.Runtime;

/// <summary>A reminder as it is kept.</summary>
/// <param name="Grain">Whose it is.</param>
/// <param name="Name">Its name within the grain.</param>
/// <param name="StartAt">Its first tick.</param>
/// <param name="Period">From one tick to the next, counted from <paramref name="StartAt"/>.</param>
public sealed record StoredReminder(GrainId Grain, string Name, DateTimeOffset StartAt, TimeSpan Period);

/// <summary>Where reminders are kept. The runtime is its only writer. A call that returns has been made durable.</summary>
public interface IReminderStore
{
    Task<IReadOnlyList<StoredReminder>> ReadAllAsync(CancellationToken cancellationToken);

    /// <summary>Adds it, or replaces the one of the same grain and name.</summary>
    Task WriteAsync(StoredReminder reminder, CancellationToken cancellationToken);

    /// <summary>Removes it if it is there.</summary>
    Task RemoveAsync(GrainId grain, string name, CancellationToken cancellationToken);
}

/// <summary>Reminders that live as long as this object: for tests and simulation.</summary>
public sealed class MemoryReminderStore : IReminderStore
{
    private readonly ConcurrentDictionary<(GrainId, string), StoredReminder> _reminders = new();

    public Task<IReadOnlyList<StoredReminder>> ReadAllAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StoredReminder>>([.. _reminders.Values.OrderBy(reminder => reminder.Grain).ThenBy(reminder => reminder.Name, StringComparer.Ordinal)]);

    public Task WriteAsync(StoredReminder reminder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reminder);
        _reminders[(reminder.Grain, reminder.Name)] = reminder;
        return Task.CompletedTask;
    }

    public Task RemoveAsync(GrainId grain, string name, CancellationToken cancellationToken)
    {
        _reminders.TryRemove((grain, name), out _);
        return Task.CompletedTask;
    }
}
