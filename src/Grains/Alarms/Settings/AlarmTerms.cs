using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;

namespace Grid.Grains.Alarms.Settings;

/// <summary>What holds for the alarms of a condition and a kind: the catalogue, with what territories give in place of it.</summary>
/// <param name="Priority">How fast somebody has to act.</param>
/// <param name="Class">What it is about.</param>
/// <param name="TimeToRespond">Time in which the action averts the consequence; null for the alarm of a rule.</param>
/// <param name="OnDelay">How long the condition must hold before it is raised.</param>
/// <param name="OffDelay">How long it must have ended before it returns.</param>
/// <param name="IsEnabled">False when it is put aside by design.</param>
internal readonly record struct AlarmTerms(AlarmPriority Priority, AlarmClass Class, TimeSpan? TimeToRespond, TimeSpan OnDelay, TimeSpan OffDelay, bool IsEnabled)
{
    /// <summary>What holds by the settings that a sector is given.</summary>
    public static AlarmTerms Of(ImmutableArray<AlarmSetting> settings, string condition, DeviceKind kind)
    {
        var definition = AlarmCatalog.Find(condition);
        var setting = settings.IsEmpty ? null : AlarmSetting.Find(settings, condition, kind) ?? AlarmSetting.Find(settings, condition, null);
        return new(
            setting?.Priority ?? definition?.Priority ?? AlarmPriority.Medium,
            setting?.Class ?? definition?.Class ?? AlarmClass.Service,
            setting?.TimeToRespond ?? definition?.TimeToRespond,
            setting?.OnDelay ?? definition?.OnDelay ?? TimeSpan.Zero,
            setting?.OffDelay ?? definition?.OffDelay ?? TimeSpan.Zero,
            setting?.IsEnabled ?? true);
    }
}
