using System.Collections.Immutable;
using System.Xml;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;

namespace Grid.Client.Alarms;

/// <summary>Between what PUT sends, what grains keep and what GET shows. Form only: which conditions there are, and the ranges, are the grain's to judge.</summary>
internal static class AlarmSettingBinding
{
    private const string AllKinds = "all";
    private const int MaximumConditions = 256;

    /// <summary>Settings by kind and condition.</summary>
    public static ImmutableArray<AlarmSetting> Bind(Dictionary<string, Dictionary<string, AlarmSettingModel?>?> input, List<FieldError> errors)
    {
        var settings = ImmutableArray.CreateBuilder<AlarmSetting>();
        foreach (var (word, conditions) in input)
        {
            DeviceKind? of = null;
            if (word != AllKinds)
            {
                if (!Words<DeviceKind>.TryParse(word, out var kind))
                {
                    errors.Add(new(word, $"is no kind of device; one of {AllKinds} {Words<DeviceKind>.All}"));
                    continue;
                }

                of = kind;
            }

            if (conditions is null or { Count: > MaximumConditions })
            {
                errors.Add(new(word, conditions is null ? "is null; leave it out to give nothing" : $"has more than {MaximumConditions} entries"));
                continue;
            }

            foreach (var (condition, model) in conditions)
            {
                var field = $"{word}.{condition}";
                if (model is null)
                {
                    errors.Add(new(field, "is null; leave it out to give nothing"));
                    continue;
                }

                settings.Add(new AlarmSetting
                {
                    Condition = condition,
                    Kind = of,
                    Priority = Word<AlarmPriority>($"{field}.priority", model.Priority, errors),
                    Class = Word<AlarmClass>($"{field}.class", model.Class, errors),
                    TimeToRespond = Duration($"{field}.timeToRespond", model.TimeToRespond, errors),
                    OnDelay = Duration($"{field}.onDelay", model.OnDelay, errors),
                    OffDelay = Duration($"{field}.offDelay", model.OffDelay, errors),
                    IsEnabled = model.Enabled,
                });
            }
        }

        return settings.DrainToImmutable();
    }

    /// <summary>What GET shows.</summary>
    public static AlarmSettingsModel Present(AlarmSettingsView view) => new(
        view.Scope,
        view.Version,
        view.ChangedAt,
        view.Settings.GroupBy(WordOf, StringComparer.Ordinal).ToDictionary(
            group => group.Key,
            IReadOnlyDictionary<string, AlarmSettingModel> (group) => group.ToDictionary(setting => setting.Condition, Present, StringComparer.Ordinal),
            StringComparer.Ordinal));

    /// <summary>What changed from one version to another, a line each, with the old and the new.</summary>
    public static IEnumerable<string> Changes(AlarmSettingsView former, AlarmSettingsView now)
    {
        var (before, after) = (ByName(former), ByName(now));
        foreach (var name in before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (old, next) = (before.GetValueOrDefault(name), after.GetValueOrDefault(name));
            if (old != next)
            {
                yield return $"{name} {Text(old)} -> {Text(next)}";
            }
        }
    }

    private static AlarmSettingModel Present(AlarmSetting setting) => new()
    {
        Priority = setting.Priority is { } priority ? Words<AlarmPriority>.Of(priority) : null,
        Class = setting.Class is { } sort ? Words<AlarmClass>.Of(sort) : null,
        TimeToRespond = setting.TimeToRespond is { } response ? XmlConvert.ToString(response) : null,
        OnDelay = setting.OnDelay is { } on ? XmlConvert.ToString(on) : null,
        OffDelay = setting.OffDelay is { } off ? XmlConvert.ToString(off) : null,
        Enabled = setting.IsEnabled,
    };

    private static Dictionary<string, AlarmSetting> ByName(AlarmSettingsView view) => view.Settings.ToDictionary(setting => $"{WordOf(setting)}.{setting.Condition}", StringComparer.Ordinal);

    private static string WordOf(AlarmSetting setting) => setting.Kind is { } kind ? Words<DeviceKind>.Of(kind) : AllKinds;

    private static string Text(AlarmSetting? setting)
    {
        if (setting is null)
        {
            return "none";
        }

        var model = Present(setting);
        (string Name, string? Value)[] given =
        [
            ("priority", model.Priority), ("class", model.Class), ("timeToRespond", model.TimeToRespond), ("onDelay", model.OnDelay), ("offDelay", model.OffDelay),
            ("enabled", model.Enabled is { } enabled ? (enabled ? "true" : "false") : null),
        ];
        return $"({string.Join(", ", given.Where(item => item.Value is not null).Select(item => $"{item.Name} {item.Value}"))})";
    }

    private static T? Word<T>(string field, string? word, List<FieldError> errors)
        where T : struct, Enum
    {
        if (word is null)
        {
            return null;
        }

        if (Words<T>.TryParse(word, out var value))
        {
            return value;
        }

        errors.Add(new(field, $"is none of {Words<T>.All}"));
        return null;
    }

    private static TimeSpan? Duration(string field, string? text, List<FieldError> errors)
    {
        if (text is null)
        {
            return null;
        }

        if (IsoDuration.TryParse(text, out var duration))
        {
            return duration;
        }

        errors.Add(new(field, "is no duration in days and smaller, such as PT10M"));
        return null;
    }
}
