using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Parameters;

namespace Grid.Grains.Alarms.Settings;

/// <summary>What the settings of a territory must satisfy. Pure.</summary>
public static class AlarmSettingRules
{
    /// <summary>In place of a kind, for all of them.</summary>
    public const string AllKinds = "all";

    /// <summary>Everything that is wrong; empty when the settings can be taken.</summary>
    public static ImmutableArray<ParameterFault> Check(ImmutableArray<AlarmSetting> settings)
    {
        var faults = ImmutableArray.CreateBuilder<ParameterFault>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var setting in settings)
        {
            var field = FieldOf(setting);
            if (AlarmCatalog.Find(setting.Condition) is null)
            {
                faults.Add(new(field, "is no condition of the catalogue of alarms"));
            }
            else if (!seen.Add(field))
            {
                faults.Add(new(field, "is given twice"));
            }

            Check($"{field}.onDelay", setting.OnDelay, TimeSpan.Zero, AlarmSetting.LongestDelay, "a duration of whole seconds from PT0S to P7D");
            Check($"{field}.offDelay", setting.OffDelay, TimeSpan.Zero, AlarmSetting.LongestDelay, "a duration of whole seconds from PT0S to P7D");
            Check($"{field}.timeToRespond", setting.TimeToRespond, AlarmSetting.ShortestResponse, AlarmSetting.LongestResponse, "a duration of whole seconds from PT1M to P366D");
        }

        return faults.DrainToImmutable();

        void Check(string field, TimeSpan? value, TimeSpan least, TimeSpan most, string what)
        {
            if (value is { } duration && (duration < least || duration > most || duration.Ticks % TimeSpan.TicksPerSecond != 0))
            {
                faults.Add(new(field, $"must be {what}"));
            }
        }
    }

    /// <summary>The same settings in the one form in which they are kept.</summary>
    public static ImmutableArray<AlarmSetting> Normalize(IEnumerable<AlarmSetting> settings) =>
        [.. settings.Where(setting => !setting.IsEmpty).OrderBy(setting => setting.Kind is { } kind ? (int)kind : -1).ThenBy(setting => setting.Condition, StringComparer.Ordinal)];

    /// <summary>How a setting is named in an error, such as <c>streetlight.lampFailure</c>.</summary>
    public static string FieldOf(AlarmSetting setting) =>
        $"{(setting.Kind is { } kind ? System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(kind.ToString()) : AllKinds)}.{setting.Condition}";
}
