using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;

namespace Grid.Grains.Buildings;

/// <summary>Rules of a public building.</summary>
public readonly struct BuildingRules : IDeviceRules<BuildingSettings, BuildingState>
{
    private const long HoldMilliseconds = 3_600_000;

    /// <inheritdoc/>
    public static DeviceKind Kind => DeviceKind.Building;

    /// <inheritdoc/>
    public static ImmutableArray<AttributeDefinition> Attributes => BuildingSettings.Attributes;

    /// <inheritdoc/>
    public static BuildingSettings Parse(DeviceDescriptor descriptor) => BuildingSettings.Parse(descriptor);

    /// <inheritdoc/>
    public static BuildingSettings With(BuildingSettings settings, in ParameterSource source) => settings.With(source);

    /// <summary>Settings with a floor area or a reference are one building's own; calendars are few.</summary>
    public static BuildingSettings Share(BuildingSettings settings, SharedSettings shared)
    {
        var sharing = settings.Occupancy is { } occupancy ? settings with { Occupancy = shared.Of(occupancy) } : settings;
        return sharing is { FloorAreaSquareMetres: null, ReferenceKilowattHours: null } ? shared.Of(sharing) : sharing;
    }

    /// <inheritdoc/>
    public static BuildingState Apply(BuildingState state, BuildingSettings settings, in Report report, LocalCalendar calendar)
    {
        if (!report.IsLate)
        {
            state = DayBook.Close(state, settings, report.At, calendar);
        }

        if (report.Entry["energyWattHours"] is { } index)
        {
            state = state with { Energy = state.Energy.WithIndex(Thousandths.Of(index), report.At, settings.IndexMaximum, calendar) };
        }

        if (report.Entry["heatWattHours"] is { } heat)
        {
            state = state with { Heat = new EnergyDays { Index = state.Heat }.WithIndex(Thousandths.Of(heat), report.At, settings.IndexMaximum, calendar).Index };
        }

        if (report.IsLate)
        {
            return state;
        }

        state = state with { Energy = state.Energy.WithHeld(state.PowerMilliwatts, report.At, HoldMilliseconds, calendar) };
        var at = report.At;
        if (state.PowerAt != 0 && report.Entry["powerWatts"] is not null)
        {
            var usual = state.Usual.With(state.PowerMilliwatts, state.PowerAt, at, calendar);
            state = state with
            {
                Usual = usual,
                IsUnusual = usual.IsAbnormal(settings.AbnormalHours),
                IsDriftingFromUsual = usual.IsDrifting(state.IsDriftingFromUsual, settings.UsualDriftPermille) && state.Signature?.ReferenceOf(settings) is null,
            };
        }

        foreach (var metric in report.Entry.Metrics)
        {
            state = metric.Name switch
            {
                "powerWatts" => state with { PowerMilliwatts = Thousandths.Of(metric.Value), PowerAt = at },
                "temperatureCelsius" => WithIndoor(state, (int)Thousandths.Of(metric.Value)),
                "outdoorCelsius" => WithOutdoor(state, (int)Thousandths.Of(metric.Value), at, calendar),
                "co2Ppm" => state with { Co2 = Thousandths.Of(metric.Value) },
                "occupied" => state with { IsOccupied = metric.Value != 0, SaysOccupied = true },
                _ => state,
            };
        }

        var power = report.Entry["powerWatts"] is null ? default(long?) : state.PowerMilliwatts;
        state = state with { Night = state.Night.With(report.At, power, state.ElectricVirtual, state.IsOccupied, calendar) };
        return HeatingWatch.Judge(ComfortWatch.Judge(state, settings, report), settings, report, calendar);
    }

    /// <inheritdoc/>
    public static Conditions ConditionsOf(BuildingState state) =>
        (state.IsAtFrostRisk ? Conditions.FrostRisk : Conditions.None)
        | (state.IsOutsideComfort ? Conditions.ComfortBreach : Conditions.None)
        | (state.IsHeatedUnoccupied ? Conditions.HeatingUnoccupied : Conditions.None)
        | (state.IsUnusual ? Conditions.AbnormalConsumption : Conditions.None)
        | (state.BaseLoad?.IsHigh == true ? Conditions.BaseLoadHigh : Conditions.None)
        | (state.Signature?.IsDrifting == true || state.IsDriftingFromUsual ? Conditions.EnergyDrift : Conditions.None);

    /// <summary>What a reference is made of has changed: it begins anew.</summary>
    public static BuildingState Reconfigure(BuildingState state, BuildingSettings former, BuildingSettings settings)
    {
        var isOther = former.HeatingBase != settings.HeatingBase || former.CoolingBase != settings.CoolingBase || former.SignatureEnergy != settings.SignatureEnergy;
        var isLater = state.Signature is { } signature && signature.FirstDay < settings.SignatureFromDay;
        return isOther || isLater ? state with { Signature = null } : state;
    }

    /// <inheritdoc/>
    public static Contribution Contribute(BuildingState state, BuildingSettings settings, DeviceStatus status)
    {
        var energy = state.Energy.AmountsOf(settings.IndexMaximum);
        return new Contribution
        {
            Kind = DeviceKind.Building,
            Status = status,
            Flags = state.IsOutsideComfort ? ContributionFlags.ComfortBreach : ContributionFlags.None,
            PowerMilliwatts = Thousandths.Contributed(state.PowerMilliwatts),
            Day = energy.Day,
            DayAmount = Thousandths.Contributed(energy.Amount),
            PreviousDayAmount = Thousandths.Contributed(energy.PreviousAmount),
            Bounds = DayBounds.Counts | energy.Bounds,
        };
    }

    /// <inheritdoc/>
    public static ImmutableArray<DerivedFigure> Explain(BuildingState state, BuildingSettings settings, long now, LocalCalendar calendar) =>
        BuildingFigures.Of(state, settings, now, calendar);

    private static BuildingState WithIndoor(BuildingState state, int temperature) => state with { Temperature = temperature, Indoor = state.Indoor.With(temperature) };

    /// <summary>The middle of the last three goes into the day, so that a single bad one is neither its coldest nor its warmest.</summary>
    private static BuildingState WithOutdoor(BuildingState state, int temperature, long at, LocalCalendar calendar)
    {
        state = state with { Outdoor = state.Outdoor.With(temperature) };
        if (state.Outdoor.Middle is not { } middle)
        {
            return state;
        }

        var day = calendar.DayOf(at);
        return state.OutdoorDay.Day == day.Day
            ? state with { OutdoorDay = state.OutdoorDay.With(middle, at, day) }
            : state with
            {
                IsFormerHeardFromItsBeginning = state.FormerOutdoorDay.Day == state.OutdoorDay.Day - 1 && state.FormerOutdoorDay.IsHeardToItsEnd,
                FormerOutdoorDay = state.OutdoorDay,
                OutdoorDay = default(OutdoorDay).With(middle, at, day),
            };
    }
}
