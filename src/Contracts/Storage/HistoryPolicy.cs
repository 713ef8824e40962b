using System.Collections.Immutable;
using Grid.Contracts.Devices;

namespace Grid.Contracts.Storage;

/// <summary>How long a series is kept: whole days back from today (UTC), 1 to 36,500 each.</summary>
/// <param name="RawDays">Raw points.</param>
/// <param name="QuarterHourDays">Roll-ups to 15 minutes, at least as long as raw points.</param>
/// <param name="DayDays">Roll-ups to a day, at least as long as those to 15 minutes.</param>
public readonly record struct HistoryKeep(int RawDays, int QuarterHourDays, int DayDays)
{
    /// <summary>The days for a resolution.</summary>
    public int For(HistoryResolution resolution) => resolution switch
    {
        HistoryResolution.Raw => RawDays,
        HistoryResolution.QuarterHour => QuarterHourDays,
        HistoryResolution.Day => DayDays,
        _ => throw new ArgumentOutOfRangeException(nameof(resolution), resolution, "Unknown resolution."),
    };
}

/// <summary>How long the series of some kind, in some commune, are kept.</summary>
/// <param name="Kind">The kind; null for the figures of territories.</param>
/// <param name="Commune">INSEE code; null for every commune that has no rule of its own for the kind.</param>
/// <param name="Keep">How long.</param>
public sealed record HistoryRule(DeviceKind? Kind, string? Commune, HistoryKeep Keep);

/// <summary>What is kept, and how long.</summary>
public sealed record HistoryPolicy
{
    /// <summary>For what no rule speaks of.</summary>
    public required HistoryKeep Default { get; init; }

    /// <summary>At most one for each kind and commune.</summary>
    public ImmutableArray<HistoryRule> Rules { get; init; } = [];

    /// <summary>
    /// Days of how things came: when reports were accepted, when rules were looked at. At most as long as the raw points beside it; a trial of a rule is exact as far back as this. At least 1, default 35.
    /// </summary>
    public int CourseDays { get; init; } = 35;

    /// <summary>At most this long for what is a person's, whatever its rule says; null for no limit of its own.</summary>
    public HistoryKeep? Personal { get; init; }

    /// <summary>
    /// How long a series is kept: the rule of its kind and commune, else the rule of its kind, else the default; and for what is a person's at most
    /// <see cref="Personal"/>.
    /// </summary>
    public HistoryKeep For(DeviceKind? kind, string? commune, bool isPersonal) =>
        isPersonal && Personal is { } most && RuleFor(kind, commune) is var rule
            ? new HistoryKeep(Math.Min(rule.RawDays, most.RawDays), Math.Min(rule.QuarterHourDays, most.QuarterHourDays), Math.Min(rule.DayDays, most.DayDays))
            : RuleFor(kind, commune);

    private HistoryKeep RuleFor(DeviceKind? kind, string? commune)
    {
        var found = Default;
        foreach (var rule in Rules)
        {
            if (rule.Kind == kind)
            {
                if (rule.Commune is null)
                {
                    found = rule.Keep;
                }
                else if (commune is not null && string.Equals(rule.Commune, commune, StringComparison.Ordinal))
                {
                    return rule.Keep;
                }
            }
        }

        return found;
    }
}

/// <summary>What a sweep has deleted.</summary>
/// <param name="Series">Series of which something was deleted, counted once for each day and resolution.</param>
/// <param name="Days">Days deleted as a whole, counted for each resolution.</param>
public readonly record struct HistorySweep(long Series, long Days);

/// <summary>The oldest day of which something is kept.</summary>
/// <param name="Kind">The kind; null for the figures of territories.</param>
/// <param name="Resolution">Raw points or roll-ups.</param>
/// <param name="Day">The day (UTC) on which it was observed.</param>
public readonly record struct OldestKept(DeviceKind? Kind, HistoryResolution Resolution, DateOnly Day);
