using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Grains.Streetlights;
using Orleans;

namespace Grid.Grains.Maintenance;

/// <summary>
/// How far a lamp is worn: how long it has burnt, and how its power has left its dimming curve over half a year. 16 bytes, no allocation. Pure.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.LampWear")]
public readonly record struct LampWear
{
    /// <summary>Days between two drifts that are kept.</summary>
    private const int DriftDays = 60;

    private const int Drifts = 4;
    private const int LeastDrifts = 3;

    /// <summary>A drift that is kept, in thousandths: half a percent.</summary>
    private const int DriftStep = 5;

    /// <summary>Four places without a drift.</summary>
    private const uint NoDrifts = 0x80808080;

    /// <summary>Days from which on the newest mean counts beside those that are kept.</summary>
    private const int FreshDays = 15;

    /// <summary>Growth that means something, in thousandths a year.</summary>
    private const long LeastGrowth = 30;

    /// <summary>Drift that means something, in thousandths.</summary>
    private const int LeastDrift = 50;

    /// <summary>What a light burns in a year from dusk to dawn, in hours: until its own pace is known.</summary>
    private const double UsualHoursPerYear = 4_100;

    /// <summary>Days after which its own pace is known.</summary>
    private const int PaceDays = 30;

    /// <summary>Power that was held longer says nothing of the time between two reports.</summary>
    private const long LongestHold = StreetlightRules.ControlledHoldMilliseconds;

    /// <summary>Hours that are counted from its reports, and not told by it.</summary>
    private const int Counted = -1;

    private const long Day = 86_400_000;
    private const double DaysPerYear = 365.25;
    private const int Epoch = 18_262; // 1 January 2020, in days since 1970
    private const double LongestYears = 50;

    /// <summary>Seconds burnt: as reported, else counted from its reports.</summary>
    [Id(0)] public int BurntSeconds { get; init; }

    /// <summary>What they were on <see cref="StartDay"/>; -1 when they are counted, from 0.</summary>
    [Id(1)] public int StartSeconds { get; init; }

    /// <summary>The day since which its pace is known, in days since 2020; 0 before the first report.</summary>
    [Id(2)] public ushort StartDay { get; init; }

    /// <summary>The day of the newest drift that is kept, in days since 2020; 0 for none.</summary>
    [Id(3)] public ushort DriftDay { get; init; }

    /// <summary>The last four drifts, a signed byte each, in steps of half a percent, the newest lowest; -128 for none.</summary>
    [Id(4)] public uint DriftBytes { get; init; }

    /// <summary>After a report that is the lamp's present.</summary>
    /// <param name="former">The lamp before it.</param>
    /// <param name="state">The lamp after it.</param>
    /// <param name="burningHours">What it says of its burning hours; null when it says nothing.</param>
    /// <param name="at">When, in Unix milliseconds.</param>
    public static LampWear After(in StreetlightState former, in StreetlightState state, double? burningHours, long at)
    {
        var day = (ushort)Math.Clamp((at / Day) - Epoch, 1, ushort.MaxValue);
        var wear = burningHours is { } hours ? former.Wear.Told((int)Math.Min(int.MaxValue, hours * 3_600), day) : former.Wear.Count(former, at, day);
        return state.DriftReports >= LampWatch.DriftReportsNeeded && (wear.DriftDay == 0 || day - wear.DriftDay >= DriftDays) ? wear.Keep(state.DriftPermille, day) : wear;
    }

    /// <summary>True when its controller counts fewer hours than before: what was usual of the former lamp says nothing.</summary>
    public bool IsAnotherLamp(in LampWear former) => former.StartDay != 0 && StartSeconds != Counted && former.StartSeconds != Counted && BurntSeconds < former.BurntSeconds;

    /// <summary>When the lamp is expected to fail, of the two that are known the earlier one; null while nobody knows. Pure.</summary>
    /// <param name="state">The lamp.</param>
    /// <param name="settings">Its attributes.</param>
    public static LampEstimate? Estimate(in StreetlightState state, StreetlightSettings settings)
    {
        if (state.Wear.StartDay == 0)
        {
            return null;
        }

        var life = state.Wear.EndOfLife(state.Energy.Held.Since, settings.Parameters.RatedLifeHours);
        var drift = settings.RatedMilliwatts > 0 ? state.Wear.EndOfDrift(state, settings) : null;
        return drift is { } sooner && !(life?.FailsAt <= sooner.FailsAt) ? sooner : life;
    }

    /// <summary>What it says for people, in the order of names.</summary>
    public static ImmutableArray<DerivedFigure> Explain(in StreetlightState state, StreetlightSettings settings)
    {
        if (settings.IsPassive || state.Wear.StartDay == 0)
        {
            return [];
        }

        var figures = ImmutableArray.CreateBuilder<DerivedFigure>();
        figures.Add(new() { Name = "burningHours", Value = Math.Round(state.Wear.BurntSeconds / 3_600.0, 1), High = settings.Parameters.RatedLifeHours, Basis = state.Wear.StartSeconds == Counted ? "counted" : "reported" });
        if (Estimate(state, settings) is { } estimate)
        {
            figures.Add(new() { Name = "lampFailureAt", At = DateTimeOffset.FromUnixTimeMilliseconds(estimate.FailsAt), Basis = estimate.Basis });
        }

        if (state.DriftReports >= LampWatch.DriftReportsNeeded && settings.RatedMilliwatts > 0)
        {
            var limit = settings.Parameters.PowerDriftPermille / 10.0;
            figures.Add(new() { Name = "powerDriftPercent", Value = state.DriftPermille / 10.0, Low = -limit, High = limit, Basis = "dimmingCurve" });
            if (state.Wear.GrowthPerYear(state) is { } growth)
            {
                figures.Add(new() { Name = "powerDriftPercentPerYear", Value = growth / 10.0, Basis = "trend" });
            }
        }

        return figures.DrainToImmutable();
    }

    /// <summary>Its controller counts the hours. Fewer than before: another lamp, which begins anew.</summary>
    private LampWear Told(int seconds, ushort day) =>
        StartDay == 0 || StartSeconds == Counted || seconds < BurntSeconds - 3_600
            ? new LampWear { BurntSeconds = seconds, StartSeconds = seconds, StartDay = day }
            : this with { BurntSeconds = Math.Max(BurntSeconds, seconds) };

    /// <summary>Nobody tells: it has burnt since its last report if it burnt then.</summary>
    private LampWear Count(in StreetlightState former, long at, ushort day)
    {
        if (StartDay == 0)
        {
            return new LampWear { StartSeconds = Counted, StartDay = day };
        }

        var burns = StartSeconds == Counted && former is { Dimming: > 0, HasFailed: false, IsUnsupplied: false } && former.Energy.Held.HasSince;
        return burns ? this with { BurntSeconds = BurntSeconds + (int)(Math.Clamp(at - former.Energy.Held.Since, 0, LongestHold) / 1_000) } : this;
    }

    private LampWear Keep(int permille, ushort day)
    {
        // After a pause those that are missing are left out, so that each stands for its time.
        var bytes = DriftDay == 0 ? NoDrifts : DriftBytes;
        for (var missing = DriftDay == 0 ? 0 : Math.Min(Drifts, ((day - DriftDay + (DriftDays / 2)) / DriftDays) - 1); missing > 0; missing--)
        {
            bytes = (bytes << 8) | (NoDrifts & byte.MaxValue);
        }

        return this with { DriftDay = day, DriftBytes = (bytes << 8) | (byte)(sbyte)Math.Clamp(permille / DriftStep, -127, 127) };
    }

    /// <summary>At its pace it reaches its rated life.</summary>
    private LampEstimate? EndOfLife(long lastAt, int ratedHours)
    {
        var days = (lastAt / Day) - Epoch - StartDay;
        var own = days >= PaceDays ? (BurntSeconds - Math.Max(0, StartSeconds)) / 3_600.0 / days : 0;
        var pace = own > 0 ? own : UsualHoursPerYear / DaysPerYear;
        var left = Math.Max(0, ratedHours - (BurntSeconds / 3_600.0)) / pace;
        return left > LongestYears * DaysPerYear ? null : new LampEstimate(lastAt + (long)(left * Day), "ratedLife");
    }

    /// <summary>As its drift grows it reaches the limit.</summary>
    private LampEstimate? EndOfDrift(in StreetlightState state, StreetlightSettings settings)
    {
        if (settings.RatedMilliwatts == 0 || GrowthPerYear(state) is not { } growth || Math.Abs(growth) < LeastGrowth
            || Math.Abs(state.DriftPermille) < LeastDrift || Math.Sign(growth) != Math.Sign(state.DriftPermille))
        {
            return null;
        }

        var left = Math.Max(0, settings.Parameters.PowerDriftPermille - Math.Abs((int)state.DriftPermille));
        return new LampEstimate(state.Energy.Held.Since + (long)(left * DaysPerYear / Math.Abs(growth) * Day), "powerDrift");
    }

    /// <summary>How its drift grows, in thousandths a year: the median slope of all pairs of those that are kept and the one now; null with fewer than three.</summary>
    private long? GrowthPerYear(in StreetlightState state)
    {
        Span<(int Day, int Permille)> points = stackalloc (int, int)[Drifts + 1];
        var count = 0;
        for (var place = Drifts - 1; DriftDay != 0 && place >= 0; place--)
        {
            var drift = (sbyte)(byte)(DriftBytes >> (8 * place));
            if (drift != sbyte.MinValue)
            {
                points[count++] = (DriftDay - (place * DriftDays), drift * DriftStep);
            }
        }

        var today = (int)((state.Energy.Held.Since / Day) - Epoch);
        if (today - DriftDay >= FreshDays)
        {
            points[count++] = (today, state.DriftPermille);
        }

        if (count < LeastDrifts)
        {
            return null;
        }

        Span<long> slopes = stackalloc long[(Drifts + 1) * Drifts / 2];
        var pairs = 0;
        for (var later = 1; later < count; later++)
        {
            for (var earlier = 0; earlier < later; earlier++)
            {
                slopes[pairs++] = (points[later].Permille - points[earlier].Permille) * 36_525L / (100 * (points[later].Day - points[earlier].Day));
            }
        }

        slopes = slopes[..pairs];
        slopes.Sort();
        return slopes[pairs / 2];
    }
}

/// <summary>When a lamp fails.</summary>
/// <param name="FailsAt">In Unix milliseconds.</param>
/// <param name="Basis"><c>ratedLife</c> or <c>powerDrift</c>.</param>
public readonly record struct LampEstimate(long FailsAt, string Basis);
