using System.Collections.Frozen;
using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Grains.Learning;
using Grid.Grains.Parameters;

namespace Grid.Grains.Devices;

/// <summary>
/// How long a device may be silent: one of its reporting intervals and a bound. The bound is given, or follows from how reliably the device was heard so far: so many further reports
/// must be missed that a device which is well is hardly ever called silent, and the last of them may be as late as is usual of it.
/// </summary>
public static class SilencePolicy
{
    /// <summary>
    /// What one day less until silence is found is worth, in false findings a year: as long as a wait of one more interval, in days, prevents more of them than this times its length, it is
    /// waited for. A device that reports every hour may so have one in 80 years, one that reports every day three in ten years: there it spares a day.
    /// </summary>
    public const double FalseFindingsPerYearAndDay = 0.3;

    /// <summary>The bound is never shorter: a gateway that starts anew, or a cell that is left, takes several reports of a device that sends one every minute.</summary>
    public static readonly TimeSpan LeastBound = TimeSpan.FromMinutes(15);

    /// <summary>No more reports are waited for: what loses two thirds and more is hardly reached.</summary>
    public const int MostReports = 12;

    private const int LeastLateSeconds = 120;
    private const double MinutesPerDay = 1_440;
    private const double DaysPerYear = 365.25;

    /// <summary>A report may always be late by this part of the interval.</summary>
    private const int LateShare = 20;

    private static readonly FrozenDictionary<DeviceKind, AttributeDefinition> Interval = ByKind(SharedAttributes.ReportingInterval);
    private static readonly FrozenDictionary<DeviceKind, AttributeDefinition> Bound = ByKind(SharedAttributes.SilenceBound);

    /// <summary>
    /// The silence after which a device counts as silent before anything is learned of it; null for a passive light point, whose silence is its cabinet's: it is handed its
    /// cabinet's <see cref="SilencedEntry"/> as it is handed its readings.
    /// </summary>
    /// <param name="descriptor">The device.</param>
    /// <param name="given">What its territories give to its kind.</param>
    public static TimeSpan? SilentAfter(DeviceDescriptor descriptor, ImmutableArray<ParameterValue> given = default) =>
        DescriptorRules.CabinetFollowed(descriptor) is not null ? null : SilentAfter(StatedBy(descriptor), StatedBy(descriptor.Kind, given), descriptor.Kind, null, default(UsualLosses));

    /// <summary>How often a device of the kind reports when nobody says otherwise and nothing was learned.</summary>
    public static int AssumedMinutes(DeviceKind kind) => (int)Interval[kind].Default!.Value;

    /// <summary>What a device says itself of how it is to be heard.</summary>
    public static StatedRhythm StatedBy(DeviceDescriptor descriptor) => Stated(descriptor.Kind, ParameterTable.OwnOf(descriptor));

    /// <summary>What its territories say of it.</summary>
    public static StatedRhythm StatedBy(DeviceKind kind, ImmutableArray<ParameterValue> given) => Stated(kind, given.AsSpan());

    /// <summary>The silence after which a device that speaks for itself counts as silent.</summary>
    /// <param name="own">What it says itself: counts first, the interval and the bound each by itself.</param>
    /// <param name="given">What its territories say.</param>
    /// <param name="kind">Its trade.</param>
    /// <param name="usualMinutes">How often it usually reports; counts where nobody says; null while that is not known.</param>
    /// <param name="losses">How reliably it was heard.</param>
    public static TimeSpan SilentAfter(StatedRhythm own, StatedRhythm given, DeviceKind kind, int? usualMinutes, in UsualLosses losses) =>
        SilentAfter(own, given, kind, usualMinutes, losses.LostPerBillion, losses.LateSeconds);

    /// <summary>The same from what a device tells its sector.</summary>
    public static TimeSpan SilentAfter(StatedRhythm own, StatedRhythm given, DeviceKind kind, int? usualMinutes, int lostPerBillion, int lateSeconds)
    {
        var minutes = IntervalMinutes(own, given, kind, usualMinutes);
        return TimeSpan.FromMinutes(minutes) + ((own.BoundMinutes ?? given.BoundMinutes) is { } bound ? TimeSpan.FromMinutes(bound) : UsualBound(minutes, lostPerBillion, lateSeconds));
    }

    /// <summary>How often it is expected to report: what it says itself counts, then what its territories say, then what is usual of it, then what is usual of its kind.</summary>
    public static int IntervalMinutes(StatedRhythm own, StatedRhythm given, DeviceKind kind, int? usualMinutes) =>
        own.IntervalMinutes ?? given.IntervalMinutes ?? usualMinutes ?? AssumedMinutes(kind);

    /// <summary>Reports running that must be missing before silence is found: see <see cref="FalseFindingsPerYearAndDay"/>.</summary>
    /// <param name="minutes">The interval.</param>
    /// <param name="lostPerBillion">The chance that one does not come, in billionths.</param>
    public static int ReportsMissed(int minutes, int lostPerBillion)
    {
        var days = minutes / MinutesPerDay;
        var (share, chance, reports) = (lostPerBillion / 1e9, lostPerBillion / 1e9, 1);
        while (reports < MostReports && DaysPerYear / days * chance > FalseFindingsPerYearAndDay * days)
        {
            chance *= share;
            reports++;
        }

        return reports;
    }

    /// <summary>The bound that follows from how a device was heard.</summary>
    public static TimeSpan UsualBound(int minutes, int lostPerBillion, int lateSeconds)
    {
        var late = Math.Max(Math.Max(LeastLateSeconds, minutes * 60 / LateShare), lateSeconds);
        var bound = TimeSpan.FromSeconds(((ReportsMissed(minutes, lostPerBillion) - 1) * minutes * 60L) + late);
        return bound > LeastBound ? bound : LeastBound;
    }

    private static StatedRhythm Stated(DeviceKind kind, ReadOnlySpan<ParameterValue> values) => new(
        (int?)ParameterSource.Value(values, Interval[kind].Name)?.Number, (int?)ParameterSource.Value(values, Bound[kind].Name)?.Number);

    private static FrozenDictionary<DeviceKind, AttributeDefinition> ByKind(string name) =>
        Enum.GetValues<DeviceKind>().ToFrozenDictionary(kind => kind, kind => DeviceAttributes.Of(kind).Single(attribute => attribute.Name == name));
}

/// <summary>What is said of how a device is to be heard.</summary>
/// <param name="IntervalMinutes">How often it reports; null where that is not said.</param>
/// <param name="BoundMinutes">How much later it may be heard before it counts as silent; null where that follows from how it was heard.</param>
public readonly record struct StatedRhythm(int? IntervalMinutes, int? BoundMinutes);
