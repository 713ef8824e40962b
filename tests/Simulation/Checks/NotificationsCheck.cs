using Grid.Contracts.Notifications;
using Grid.Simulation.Field;

namespace Grid.Simulation.Checks;

/// <summary>I2 for notifications: what somebody was said to be told is there and is delivered once nothing goes wrong any more, and nobody is told anything else.</summary>
internal static class NotificationsCheck
{
    /// <summary>A wrong clock, the claim of a process that died, and a pause after a try that failed are in it.</summary>
    private static readonly TimeSpan DeliveredWithin = TimeSpan.FromMinutes(15);

    /// <summary>Everything that is not as it must be.</summary>
    public static Task<IReadOnlyList<string>> FindAsync(World world)
    {
        var wrong = new List<string>();
        var now = world.Clock.GetUtcNow();
        foreach (var (id, words) in world.Pagers.ToldOf)
        {
            if (world.Notifications.Rows.GetValueOrDefault(id) is not { } row)
            {
                wrong.Add($"the page of {words} was answered and its notification is not there");
                continue;
            }

            var taken = world.Pagers.TakenTimes.GetValueOrDefault(id);
            var isAsItMustBe = row.State switch
            {
                NotificationState.Delivered => taken > 0,
                NotificationState.Pending => now - row.Notification.CreatedAt <= DeliveredWithin,
                _ => false,
            };
            if (!isAsItMustBe)
            {
                wrong.Add($"the notification of {words} is {row.State} after {row.Attempts} tries ({row.Error ?? "no error"}) and was taken {taken} times");
            }
        }

        foreach (var id in world.Pagers.TakenTimes.Keys.Where(id => !world.Pagers.ToldOf.ContainsKey(id)))
        {
            // Alarms of devices are escalated by their communes, through the same calendar; rules tell of devices.
            if (world.Notifications.Rows.GetValueOrDefault(id) is not { } row)
            {
                wrong.Add($"notification {id} was received and is not there");
            }
            else if (row.Notification.Fields.GetValueOrDefault("alarm") is { } alarm && Pagers.IsOurs(alarm))
            {
                wrong.Add($"notification {id} of {alarm} was received and nobody was said to be told");
            }
        }

        return Task.FromResult<IReadOnlyList<string>>(wrong);
    }
}
