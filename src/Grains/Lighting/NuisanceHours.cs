using System.Collections.Immutable;
using Grid.Contracts.Lighting;

namespace Grid.Grains.Lighting;

/// <summary>
/// The hours of article 2 of the arrêté of 27 December 2018 on light nuisance, by category of installation, held against what a plan does in a night.
/// It warns and never forbids: the prefect may grant exceptions (eve of a holiday, Christmas, events, tourist areas), and the mayor may be stricter.
/// </summary>
public static class NuisanceHours
{
    private const int Hour = 60;
    private const int LawOff = 1 * Hour; // 01:00
    private const int LawOn = 7 * Hour; // 07:00
    private const int Day = 24 * Hour;
    private const int Noon = 12 * Hour;

    /// <summary>True when the hours of a category count from the end of the activity alone.</summary>
    public static bool NeedsActivity(InstallationCategory category) =>
        category is InstallationCategory.EnclosedSite or InstallationCategory.Workplace or InstallationCategory.CarPark or InstallationCategory.WorkSite;

    /// <summary>What a night's profile does outside the hours of its installation.</summary>
    public static ImmutableArray<PlanWarning> Check(PlanInstallation? installation, NightProfile profile, LocalNight night)
    {
        if (installation is null || HoursOf(installation) is not { } hours)
        {
            return [];
        }

        var warnings = ImmutableArray.CreateBuilder<PlanWarning>();
        if (hours.NotBeforeSunset)
        {
            Add("is lit before sunset", night.Start, night.Sunset);
        }

        var off = At(hours.OffMinutes);
        var on = hours.OnMinutes is { } minutes ? At(minutes) : night.End;
        Add(hours.Rule, off, Math.Max(off, on));
        return warnings.DrainToImmutable();

        // Minutes from midnight of the night's date.
        long At(int minutesAfter) => minutesAfter >= Day + Noon
            ? night.End
            : night.Instant(night.Date.ToDateTime(TimeOnly.MinValue).AddMinutes(minutesAfter));

        void Add(string message, long from, long to)
        {
            foreach (var (begin, end) in profile.LitWithin(from, to))
            {
                warnings.Add(new PlanWarning(
                    hours.Article, message, DateTimeOffset.FromUnixTimeMilliseconds(begin), DateTimeOffset.FromUnixTimeMilliseconds(end)));
            }
        }
    }

    private static Hours? HoursOf(PlanInstallation installation)
    {
        var end = EndOf(installation.ActivityTo);
        var on = OnOf(installation.ActivityFrom);
        return installation.Category switch
        {
            InstallationCategory.Road or InstallationCategory.Sports or InstallationCategory.Event => null,
            InstallationCategory.EnclosedSite => new("article 2, I", "is lit later than 1 hour after the activity ends", false, end!.Value + Hour, on),
            InstallationCategory.Heritage => new("article 2, II", "is lit after 01:00", true, Day + LawOff, null),
            InstallationCategory.Park => end is { } closing
                ? new("article 2, II", "is lit later than 1 hour after the park closes", true, closing + Hour, null)
                : new("article 2, II", "is lit after 01:00", true, Day + LawOff, null),
            InstallationCategory.Facade => new("article 2, III", "is lit after 01:00", true, Day + LawOff, null),
            InstallationCategory.ShopFront => new(
                "article 2, III", "is lit after 01:00 and later than 1 hour after the activity ends", false, Math.Max(Day + LawOff, (end ?? 0) + Hour), on),
            InstallationCategory.Workplace => new("article 2, III", "is lit later than 1 hour after the occupation ends", false, end!.Value + Hour, on),
            InstallationCategory.CarPark => new("article 2, IV", "is lit later than 2 hours after the activity ends", true, end!.Value + (2 * Hour), on),
            InstallationCategory.WorkSite => new(
                "article 2, V", "is lit later than 1 hour after the activity ends", false, end!.Value + Hour,
                installation.ActivityFrom is null ? null : Day + SwitchTime.ParseClock(installation.ActivityFrom)!.Value),
            _ => throw new ArgumentOutOfRangeException(nameof(installation), installation.Category, "is no category"),
        };
    }

    /// <summary>An activity that ends before noon ends on the morrow of the night's date.</summary>
    private static int? EndOf(string? activityTo) =>
        activityTo is null ? null : SwitchTime.ParseClock(activityTo)!.Value is var minutes && minutes < Noon ? Day + minutes : minutes;

    /// <summary>07:00, or an hour before an activity that begins earlier.</summary>
    private static int OnOf(string? activityFrom) =>
        Day + (activityFrom is null ? LawOn : Math.Clamp(SwitchTime.ParseClock(activityFrom)!.Value - Hour, 0, LawOn));

    /// <summary>Hours in minutes from midnight of the night's date; without <paramref name="OnMinutes"/>, not again before sunset.</summary>
    private readonly record struct Hours(string Article, string Rule, bool NotBeforeSunset, int OffMinutes, int? OnMinutes);
}
