using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;

namespace Grid.Grains.Bins;

/// <summary>Rules of a bin.</summary>
public readonly struct BinRules : IDeviceRules<BinSettings, BinState>
{
    private const int Over80 = 80_000;
    private const int Full = 100_000;
    private const long Hottest = 2_000_000;
    private const double MillisecondsPerHour = 3_600_000;

    /// <summary>The rate is off by so much of itself, and the level by so many thousandths of a percent, in one case of ten: what the bounds of an estimate follow from.</summary>
    private const double RateMargin = 0.3;
    private const int LevelMargin = 2_000;

    /// <inheritdoc/>
    public static DeviceKind Kind => DeviceKind.Bin;

    /// <inheritdoc/>
    public static ImmutableArray<AttributeDefinition> Attributes => BinSettings.Attributes;

    /// <inheritdoc/>
    public static BinSettings Parse(DeviceDescriptor descriptor) => BinSettings.Parse(descriptor);

    /// <inheritdoc/>
    public static BinSettings With(BinSettings settings, in ParameterSource source) => settings.With(source);

    /// <inheritdoc/>
    public static BinState Apply(BinState state, BinSettings settings, in Report report, LocalCalendar calendar)
    {
        if (report.IsLate)
        {
            return state;
        }

        if (report.Entry["tilted"] is { } tilted)
        {
            state = Tilt(state, settings, tilted != 0, report.At);
        }

        foreach (var metric in report.Entry.Metrics)
        {
            var value = Thousandths.Of(metric.Value);
            state = metric.Name switch
            {
                "fillPercent" => Fill(state, settings, (int)Math.Clamp(value, 0, Full), report.At, calendar),
                "temperatureCelsius" => Heat(state, settings, (int)Math.Clamp(value, -Hottest, Hottest), report.At),
                "batteryPercent" => state with
                {
                    IsBatteryLow = Deadband.IsBatteryLow(state.IsBatteryLow, value, settings.BatteryLow),
                    Battery = state.Battery.With(value, report.At),
                },
                _ => state,
            };
        }

        return state;
    }

    /// <inheritdoc/>
    public static Conditions ConditionsOf(BinState state) =>
        (state.IsOverflowing ? Conditions.Overflow : Conditions.None)
        | (state.IsBurning ? Conditions.Fire : Conditions.None)
        | (state.IsTipped ? Conditions.Tipped : Conditions.None)
        | (state.IsBatteryLow ? Conditions.BatteryLow : Conditions.None);

    /// <inheritdoc/>
    public static Contribution Contribute(BinState state, BinSettings settings, DeviceStatus status) =>
        new()
        {
            Kind = DeviceKind.Bin,
            Status = status,
            Flags = (state.Fill > Over80 ? ContributionFlags.Over80Percent : ContributionFlags.None)
                | (state.IsOverflowing ? ContributionFlags.Overflowing : ContributionFlags.None)
                | (state.IsBurning ? ContributionFlags.Fire : ContributionFlags.None),
        };

    /// <inheritdoc/>
    public static ImmutableArray<DerivedFigure> Explain(BinState state, BinSettings settings, long now, LocalCalendar calendar)
    {
        var track = state.Track;
        if (track.At == 0)
        {
            return state.Battery.Explain(now);
        }

        var basis = track.Rate == track.LongRunRate && track.Rate != 0 ? "longRun" : "trend";
        var figures = ImmutableArray.CreateBuilder<DerivedFigure>();
        if (track.EmptiedAt != 0)
        {
            figures.Add(new DerivedFigure { Name = "emptiedAt", Value = track.Emptied, At = DateTimeOffset.FromUnixTimeMilliseconds(track.EmptiedAt), Basis = "drop" });
        }

        figures.Add(new DerivedFigure { Name = "expectedFillPercent", Value = track.ExpectedAt(Math.Max(now, track.At), calendar) / 1_000.0, At = DateTimeOffset.FromUnixTimeMilliseconds(track.At), Basis = basis });
        if (track.Rate > 0)
        {
            var rate = track.Rate / 100_000.0 / 24;
            figures.Add(new DerivedFigure { Name = "fillRatePercentPerHour", Value = Math.Round(rate, 4), Low = Math.Round(rate * (1 - RateMargin), 4), High = Math.Round(rate * (1 + RateMargin), 4), Basis = basis });
            if (track.Rhythm.IsKnown)
            {
                figures.Add(track.Usual(now, calendar));
            }
        }

        if ((state.IsOverflowing ? track.At : track.ReachedAt(settings.Overflow, calendar)) is { } full)
        {
            var at = DateTimeOffset.FromUnixTimeMilliseconds(full);
            figures.Add(new DerivedFigure { Name = "fullAt", At = at, Basis = basis });
            figures.Add(Remaining(track, full, now) with { At = at, Basis = basis });
        }

        figures.AddRange(state.Battery.Explain(now));
        figures.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        return figures.DrainToImmutable();
    }

    private static DerivedFigure Remaining(in FillTrack track, long full, long now)
    {
        var passed = (now - track.At) / MillisecondsPerHour;
        var left = (full - track.At) / MillisecondsPerHour;
        var level = track.Rate == 0 ? 0 : LevelMargin / (track.Rate / 100.0 / 24);
        return new DerivedFigure
        {
            Name = "timeToFullHours",
            Value = Hours(left - passed),
            Low = Hours((left / (1 + RateMargin)) - level - passed),
            High = Hours((left / (1 - RateMargin)) + level - passed),
            Basis = "trend",
        };

        static double Hours(double hours) => Math.Round(Math.Max(0, hours), 2);
    }

    /// <summary>A bin is tilted for a minute when it is emptied, and nothing is wrong with it.</summary>
    private static BinState Tilt(BinState state, BinSettings settings, bool isTilted, long at)
    {
        if (!isTilted)
        {
            return state with { IsTipped = false, TiltedSince = 0 };
        }

        var since = state.TiltedSince == 0 ? at : state.TiltedSince;
        return state with { TiltedSince = since, IsTipped = state.IsTipped || (since != at && at - since >= settings.TippedDelay) };
    }

    /// <summary>A bin that is tilted measures something else than its fill. What overflows, and what does so no more, the second report running says; the first of all is believed.</summary>
    private static BinState Fill(BinState state, BinSettings settings, int fill, long at, LocalCalendar calendar)
    {
        if (state.TiltedSince != 0)
        {
            return state with { Fill = fill };
        }

        var says = Deadband.IsAbove(state.IsOverflowing, fill, settings.Overflow, settings.OverflowClear);
        var isNew = says != state.IsOverflowing;
        return state with
        {
            Fill = fill,
            IsOverflowing = isNew && (state.IsOverflowInDoubt || state.Track.At == 0) ? says : state.IsOverflowing,
            IsOverflowInDoubt = isNew && !state.IsOverflowInDoubt && state.Track.At != 0,
            Track = state.Track.With(fill, at, settings, calendar),
        };
    }

    private static BinState Heat(BinState state, BinSettings settings, int celsius, long at)
    {
        var isBurning = state.IsBurning;
        var heat = state.Heat.With(ref isBurning, celsius, at, settings);
        return state with { Heat = heat, IsBurning = isBurning };
    }
}
