using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;

namespace Grid.Grains.Alarms.Settings;

/// <summary>A territory that may give settings to alarms of a commune.</summary>
/// <param name="Kinds">The kinds for which it may.</param>
/// <param name="Settings">What it gives.</param>
public sealed record AlarmSettingGiver(DeviceKinds Kinds, ImmutableArray<AlarmSetting> Settings);

/// <summary>
/// What holds for the alarms of a commune, member by member: what the nearest territory gives, there for the kind before for all kinds; what nobody gives is the catalogue's. Nearest is the commune, then the bodies
/// that are competent for the kind in the order of the parameters of rules, then the department, then all. Pure.
/// </summary>
public static class AlarmSettingResolution
{
    private static readonly ImmutableArray<DeviceKind> Kinds = [.. Enum.GetValues<DeviceKind>()];

    /// <summary>What territories give, the nearest first.</summary>
    public static ImmutableArray<AlarmSetting> Given(IReadOnlyList<AlarmSettingGiver> givers)
    {
        var settings = new List<AlarmSetting>();
        foreach (var condition in givers.SelectMany(giver => giver.Settings).Select(setting => setting.Condition).Distinct(StringComparer.Ordinal))
        {
            AlarmSetting[] ofKinds = [.. Kinds.Select(kind => Of(givers, condition, kind))];
            var first = ofKinds[0] with { Kind = null };
            if (ofKinds.All(setting => setting with { Kind = null } == first))
            {
                settings.Add(first);
            }
            else
            {
                settings.AddRange(ofKinds);
            }
        }

        return AlarmSettingRules.Normalize(settings);
    }

    private static AlarmSetting Of(IReadOnlyList<AlarmSettingGiver> givers, string condition, DeviceKind kind)
    {
        var found = new AlarmSetting { Condition = condition, Kind = kind };
        foreach (var giver in givers.Where(giver => (giver.Kinds & (DeviceKinds)(1 << (int)kind)) != 0))
        {
            found = found.Over(AlarmSetting.Find(giver.Settings, condition, kind)).Over(AlarmSetting.Find(giver.Settings, condition, null));
        }

        return found;
    }
}
