using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;

namespace Grid.Silo.Startup;

/// <summary>
/// How long history is kept, from <c>Grid:Retention</c>: days for everything, for a kind (<c>Grid:Retention:Meter</c>), for a commune
/// (<c>Grid:Retention:Communes:29019</c>), for a kind in a commune (<c>Grid:Retention:Communes:29019:Meter</c>), for what is a person's
/// (<c>Grid:Retention:Personal</c>), for the figures of territories (<c>Grid:Retention:Figures</c>), and for how things came (<c>Grid:Retention:CourseDays</c>). What is not said is as in the wider one.
/// </summary>
public static class RetentionSettings
{
    private const string Root = "Grid:Retention";
    private const string Communes = "Communes";
    private const string Personal = "Personal";
    private const string Figures = "Figures";
    private const string CourseDays = nameof(HistoryPolicy.CourseDays);
    private const int MaximumDays = 36_500;

    private static readonly HistoryKeep Default = new(RawDays: 400, QuarterHourDays: 1_827, DayDays: 7_305);

    // Three years of days and a month: abnormal consumption is measured against the same period of three years.
    private static readonly HistoryKeep DefaultPersonal = new(RawDays: 62, QuarterHourDays: 400, DayDays: 1_127);

    private const int DefaultCourseDays = 35;

    private static readonly ImmutableArray<DeviceKind> Kinds = [.. Enum.GetValues<DeviceKind>()];
    private static readonly ImmutableArray<string> Durations = [nameof(HistoryKeep.RawDays), nameof(HistoryKeep.QuarterHourDays), nameof(HistoryKeep.DayDays)];

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="SettingsException">A setting is not as it must be.</exception>
    public static HistoryPolicy Read(IConfiguration configuration, ITerritoryTable territory)
    {
        var root = configuration.GetSection(Root);
        CheckNames(root, [.. Durations, .. Kinds.Select(kind => kind.ToString()), Personal, Figures, Communes, CourseDays]);
        var all = Keep(root, Default);
        var rules = ImmutableArray.CreateBuilder<HistoryRule>();
        foreach (var kind in Kinds.Where(kind => root.GetSection(kind.ToString()).Exists()))
        {
            rules.Add(new HistoryRule(kind, null, Checked(root.GetSection(kind.ToString()), all)));
        }

        if (root.GetSection(Figures).Exists())
        {
            rules.Add(new HistoryRule(null, null, Checked(root.GetSection(Figures), all)));
        }

        foreach (var commune in root.GetSection(Communes).GetChildren())
        {
            if (territory.FindCommune(commune.Key) is not { } known)
            {
                throw new SettingsException($"{commune.Path} is for '{commune.Key}', which is not the INSEE code of a commune.");
            }

            CheckNames(commune, [.. Durations, .. Kinds.Select(kind => kind.ToString())]);
            foreach (var kind in Kinds)
            {
                var wider = Keep(root.GetSection(kind.ToString()), all);
                var own = commune.GetSection(kind.ToString());
                if (own.Exists() || Durations.Any(name => commune[name] is not null))
                {
                    rules.Add(new HistoryRule(kind, known.InseeCode, own.Exists() ? Checked(own, Keep(commune, wider)) : Keep(commune, wider)));
                }
            }
        }

        return new HistoryPolicy { Default = all, Rules = rules.ToImmutable(), Personal = Checked(root.GetSection(Personal), DefaultPersonal), CourseDays = Days(root, CourseDays, DefaultCourseDays) };
    }

    private static HistoryKeep Checked(IConfigurationSection section, HistoryKeep wider)
    {
        CheckNames(section, Durations);
        return Keep(section, wider);
    }

    private static HistoryKeep Keep(IConfigurationSection section, HistoryKeep wider)
    {
        var keep = new HistoryKeep(
            Days(section, Durations[0], wider.RawDays), Days(section, Durations[1], wider.QuarterHourDays), Days(section, Durations[2], wider.DayDays));
        if (keep.RawDays > keep.QuarterHourDays || keep.QuarterHourDays > keep.DayDays)
        {
            throw new SettingsException(string.Create(
                CultureInfo.InvariantCulture,
                $"{section.Path} keeps raw readings {keep.RawDays} days, quarter-hours {keep.QuarterHourDays} and days {keep.DayDays}; each must be at least as long as the one before."));
        }

        return keep;
    }

    private static int Days(IConfigurationSection section, string name, int wider) =>
        section[name] is not { Length: > 0 } text ? wider
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 1 and <= MaximumDays ? days
        : throw new SettingsException(string.Create(CultureInfo.InvariantCulture, $"{section.Path}:{name} is '{text}'; it must be a whole number of days from 1 to {MaximumDays}."));

    private static void CheckNames(IConfigurationSection section, ImmutableArray<string> known)
    {
        foreach (var child in section.GetChildren().Where(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase)))
        {
            throw new SettingsException($"{child.Path} is no setting; there are {string.Join(", ", known)}.");
        }
    }
}
