using Grid.Contracts.Alarms;

namespace Grid.Grains.Alarms;

/// <summary>As what an alarm counts in the figures of its territory.</summary>
internal enum AlarmBucket
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Nobody has acknowledged it, whether its condition still holds or not.</summary>
    Unacknowledged,

    /// <summary>It holds and is acknowledged.</summary>
    Acknowledged,

    /// <summary>It is shelved.</summary>
    Shelved,
}

/// <summary>How alarms are counted: those that another one explains are not.</summary>
internal static class AlarmCounts
{
    /// <summary>As what an alarm counts.</summary>
    public static AlarmBucket BucketOf(Alarm alarm) => alarm.Parent is not null ? AlarmBucket.None : AlarmLife.StateOf(alarm) switch
    {
        AlarmState.Unacknowledged or AlarmState.ReturnedUnacknowledged => AlarmBucket.Unacknowledged,
        AlarmState.Acknowledged => AlarmBucket.Acknowledged,
        AlarmState.Shelved => AlarmBucket.Shelved,
        _ => AlarmBucket.None,
    };
}
