using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Orleans;

namespace Grid.Contracts.Alarms;

/// <summary>What a territory gives to the alarms of a condition in place of what the catalogue says. What is null it leaves to others.</summary>
[GenerateSerializer, Immutable, Alias("grid.AlarmSetting")]
public sealed record AlarmSetting
{
    /// <summary>Longest delay.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromDays(7);

    /// <summary>Shortest and longest time to respond.</summary>
    public static readonly TimeSpan ShortestResponse = TimeSpan.FromMinutes(1);

    /// <inheritdoc cref="ShortestResponse"/>
    public static readonly TimeSpan LongestResponse = TimeSpan.FromDays(366);

    /// <summary>Name of the condition, one of the catalogue.</summary>
    [Id(0)] public required string Condition { get; init; }

    /// <summary>For alarms of this trade; null for all.</summary>
    [Id(1)] public DeviceKind? Kind { get; init; }

    /// <summary>How fast somebody has to act.</summary>
    [Id(2)] public AlarmPriority? Priority { get; init; }

    /// <summary>What it is about.</summary>
    [Id(3)] public AlarmClass? Class { get; init; }

    /// <summary>Time in which the action still averts the consequence; whole seconds.</summary>
    [Id(4)] public TimeSpan? TimeToRespond { get; init; }

    /// <summary>How long the condition must hold before the alarm is raised; whole seconds.</summary>
    [Id(5)] public TimeSpan? OnDelay { get; init; }

    /// <summary>How long it must have ended before the alarm returns; whole seconds.</summary>
    [Id(6)] public TimeSpan? OffDelay { get; init; }

    /// <summary>False to put such alarms aside by design.</summary>
    [Id(7)] public bool? IsEnabled { get; init; }

    /// <summary>True when it gives nothing.</summary>
    public bool IsEmpty => this is { Priority: null, Class: null, TimeToRespond: null, OnDelay: null, OffDelay: null, IsEnabled: null };

    /// <summary>The same, with what it leaves out from another.</summary>
    public AlarmSetting Over(AlarmSetting? other) => other is null ? this : this with
    {
        Priority = Priority ?? other.Priority,
        Class = Class ?? other.Class,
        TimeToRespond = TimeToRespond ?? other.TimeToRespond,
        OnDelay = OnDelay ?? other.OnDelay,
        OffDelay = OffDelay ?? other.OffDelay,
        IsEnabled = IsEnabled ?? other.IsEnabled,
    };

    /// <summary>The one for a condition and a kind, or null for that for all kinds; null for none.</summary>
    public static AlarmSetting? Find(ImmutableArray<AlarmSetting> settings, string condition, DeviceKind? kind)
    {
        foreach (var setting in settings)
        {
            if (setting.Kind == kind && setting.Condition == condition)
            {
                return setting;
            }
        }

        return null;
    }
}
