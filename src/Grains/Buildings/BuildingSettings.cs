using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;
using Orleans;

namespace Grid.Grains.Buildings;

/// <summary>Which energy the signature of a building is made of. The numbers are stored: never renumber.</summary>
public enum SignatureEnergy : byte
{
    /// <summary>Heat; electricity for a building without a heat index.</summary>
    Heat = 0,

    /// <summary>Electricity.</summary>
    Electricity = 1,

    /// <summary>Both.</summary>
    Total = 2,
}

/// <summary>Attributes of a public building.</summary>
[GenerateSerializer, Immutable, Alias("grid.BuildingSettings")]
public sealed record BuildingSettings
{
    private const long MillisecondsPerMinute = 60_000;
    private const int Thousand = 1_000;

    private static readonly DateOnly Epoch = new(1970, 1, 1);
    private static readonly ImmutableArray<string> ComfortNames = ["comfortMinimumCelsius", "comfortMaximumCelsius"];
    private static readonly AttributeDefinition ComfortMinimumCelsiusAttribute = AttributeDefinition.Number("comfortMinimumCelsius", -60, 60, 16).BoundTo(ComfortNames);
    private static readonly AttributeDefinition ComfortMaximumCelsiusAttribute = AttributeDefinition.Number("comfortMaximumCelsius", -60, 60, 28).BoundTo(ComfortNames);
    private static readonly AttributeDefinition Co2MaximumPpmAttribute = AttributeDefinition.Number("co2MaximumPpm", 400, 100_000, 1_300);
    private static readonly AttributeDefinition ComfortDelayMinutesAttribute = AttributeDefinition.Whole("comfortDelayMinutes", 0, 1_440, 15);
    private static readonly AttributeDefinition FrostCelsiusAttribute = AttributeDefinition.Number("frostCelsius", -60, 60, 5);
    private static readonly AttributeDefinition FrostDelayMinutesAttribute = AttributeDefinition.Whole("frostDelayMinutes", 0, 1_440, 0);
    private static readonly AttributeDefinition OccupancyAttribute = AttributeDefinition.Text("occupancy", FaultOfHours);
    private static readonly AttributeDefinition SchoolHolidaysAttribute = AttributeDefinition.Text("schoolHolidays", FaultOfDates);
    private static readonly AttributeDefinition SetbackCelsiusAttribute = AttributeDefinition.Number("setbackCelsius", 0, 30, 16);
    private static readonly AttributeDefinition SetbackToleranceKelvinAttribute = AttributeDefinition.Number("setbackToleranceKelvin", 0, 10, 1);
    private static readonly AttributeDefinition HeatingLimitCelsiusAttribute = AttributeDefinition.Number("heatingLimitCelsius", -20, 30, 15);
    private static readonly AttributeDefinition FreeGainKelvinAttribute = AttributeDefinition.Number("freeGainKelvin", 0, 30, 5);
    private static readonly AttributeDefinition PreheatMinutesAttribute = AttributeDefinition.Whole("preheatMinutes", 0, 1_440, 180);
    private static readonly AttributeDefinition HeatingUnoccupiedDelayMinutesAttribute = AttributeDefinition.Whole("heatingUnoccupiedDelayMinutes", 60, 2_880, 420);
    private static readonly AttributeDefinition HeatingUnoccupiedPercentAttribute = AttributeDefinition.Number("heatingUnoccupiedPercent", 10, 500, 90);
    private static readonly AttributeDefinition BaseLoadWattsAttribute = AttributeDefinition.Number("baseLoadWatts", 0.001, SharedAttributes.Unbounded, null);
    private static readonly AttributeDefinition BaseLoadTolerancePercentAttribute = AttributeDefinition.Number("baseLoadTolerancePercent", 5, 1_000, 30);
    private static readonly AttributeDefinition BaseLoadNightsAttribute = AttributeDefinition.Whole("baseLoadNights", 1, 14, 3);
    private static readonly AttributeDefinition HeatingBaseCelsiusAttribute = AttributeDefinition.Number("heatingBaseCelsius", 5, 30, 18);
    private static readonly AttributeDefinition CoolingBaseCelsiusAttribute = AttributeDefinition.Number("coolingBaseCelsius", 10, 40, 21);
    private static readonly AttributeDefinition SignatureEnergyAttribute = AttributeDefinition.Text("signatureEnergy", "heat", "electricity", "total");
    private static readonly AttributeDefinition SignatureFromAttribute = AttributeDefinition.Text("signatureFrom", FaultOfDate);
    private static readonly AttributeDefinition SignatureLearningDaysAttribute = AttributeDefinition.Whole("signatureLearningDays", 10, 365, 14);
    private static readonly AttributeDefinition SignatureVariationMaximumPercentAttribute = AttributeDefinition.Number("signatureVariationMaximumPercent", 5, 100, 25);
    private static readonly AttributeDefinition EnergyDriftPercentAttribute = AttributeDefinition.Number("energyDriftPercent", 5, 500, 20);
    private static readonly AttributeDefinition EnergyDriftDaysAttribute = AttributeDefinition.Whole("energyDriftDays", 3, SignatureWatch.MostRecent, 7);
    private static readonly AttributeDefinition UsualDriftPercentAttribute = AttributeDefinition.Number("usualDriftPercent", 0, 300, 60);
    private static readonly AttributeDefinition FloorAreaSquareMetresAttribute = AttributeDefinition.Number("floorAreaSquareMetres", 1, 10_000_000, null).OnlyOfDevice();
    private static readonly AttributeDefinition ReferenceYearAttribute = AttributeDefinition.Whole("referenceYear", 2_010, 2_100, null).OnlyOfDevice();
    private static readonly AttributeDefinition ReferenceKilowattHoursAttribute = AttributeDefinition.Number("referenceKilowattHours", 1, 1e10, null).OnlyOfDevice();
    private static readonly AttributeDefinition ReferenceHeatingDegreeDaysAttribute = AttributeDefinition.Number("referenceHeatingDegreeDays", 1, 20_000, null).OnlyOfDevice();
    private static readonly AttributeDefinition AbsoluteTargetAttribute =
        AttributeDefinition.Number("absoluteTargetKilowattHoursPerSquareMetre2030", 1, 100_000, null).OnlyOfDevice();

    private static readonly AttributeDefinition AbnormalHoursAttribute = SharedAttributes.AbnormalHours(8);

    /// <summary>Every attribute that moves a rule.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } =
    [
        ComfortMinimumCelsiusAttribute, ComfortMaximumCelsiusAttribute, Co2MaximumPpmAttribute, ComfortDelayMinutesAttribute, FrostCelsiusAttribute, FrostDelayMinutesAttribute,
        OccupancyAttribute, SchoolHolidaysAttribute, SetbackCelsiusAttribute, SetbackToleranceKelvinAttribute, HeatingLimitCelsiusAttribute, FreeGainKelvinAttribute,
        PreheatMinutesAttribute, HeatingUnoccupiedDelayMinutesAttribute, HeatingUnoccupiedPercentAttribute,
        BaseLoadWattsAttribute, BaseLoadTolerancePercentAttribute, BaseLoadNightsAttribute,
        HeatingBaseCelsiusAttribute, CoolingBaseCelsiusAttribute, SignatureEnergyAttribute, SignatureFromAttribute, SignatureLearningDaysAttribute,
        SignatureVariationMaximumPercentAttribute, EnergyDriftPercentAttribute, EnergyDriftDaysAttribute,
        FloorAreaSquareMetresAttribute, ReferenceYearAttribute, ReferenceKilowattHoursAttribute, ReferenceHeatingDegreeDaysAttribute, AbsoluteTargetAttribute,
        AbnormalHoursAttribute, UsualDriftPercentAttribute, SharedAttributes.IndexMaximum, SharedAttributes.ReportingIntervalMinutes(15), SharedAttributes.SilenceBoundMinutes,
    ];

    /// <summary>Lowest comfortable temperature, in thousandths of a degree Celsius.</summary>
    [Id(0)] public long ComfortMinimum { get; init; }

    /// <summary>Highest comfortable temperature, in thousandths of a degree Celsius.</summary>
    [Id(1)] public long ComfortMaximum { get; init; }

    /// <summary>Highest tolerated CO2 concentration, in thousandths of a ppm.</summary>
    [Id(2)] public long Co2Maximum { get; init; }

    /// <summary>Temperature below which pipes may freeze, in thousandths of a degree Celsius.</summary>
    [Id(3)] public long Frost { get; init; }

    /// <summary>Where its energy index starts again from 0, in milliwatt-hours; 0 when it never does.</summary>
    [Id(4)] public long IndexMaximum { get; init; }

    /// <summary>How long it must be outside comfort, in milliseconds.</summary>
    [Id(5)] public long ComfortDelay { get; init; }

    /// <summary>How long it must be at risk of frost, in milliseconds.</summary>
    [Id(6)] public long FrostDelay { get; init; }

    /// <summary>When it is meant to be occupied; null when nobody said.</summary>
    [Id(7)] public OccupancyCalendar? Occupancy { get; init; }

    /// <summary>Temperature to which it should be set back while nobody is there, in thousandths of a degree Celsius.</summary>
    [Id(8)] public long Setback { get; init; }

    /// <summary>How far above that it may be, in thousandths of a kelvin.</summary>
    [Id(9)] public long SetbackTolerance { get; init; }

    /// <summary>Outdoor temperature from which on it needs no heating, in thousandths of a degree Celsius.</summary>
    [Id(10)] public long HeatingLimit { get; init; }

    /// <summary>How far above the outdoor air sun and appliances may keep it, in thousandths of a kelvin.</summary>
    [Id(11)] public long FreeGain { get; init; }

    /// <summary>How long before it opens it may be heated, in milliseconds.</summary>
    [Id(12)] public long Preheat { get; init; }

    /// <summary>How long it must be heated while closed, in milliseconds.</summary>
    [Id(13)] public long HeatingUnoccupiedDelay { get; init; }

    /// <summary>Share of the heat of an open day from which on a closed building without a thermometer is heated, in thousandths of a percent.</summary>
    [Id(14)] public long HeatingUnoccupiedShare { get; init; }

    /// <summary>What it should draw by night, in milliwatts; 0 to learn it.</summary>
    [Id(15)] public long BaseLoadMilliwatts { get; init; }

    /// <summary>How far beyond that a night may be, in thousandths.</summary>
    [Id(16)] public int BaseLoadTolerancePermille { get; init; }

    /// <summary>Nights running that must be beyond.</summary>
    [Id(17)] public int BaseLoadNights { get; init; }

    /// <summary>Base of heating degree days, in thousandths of a degree Celsius.</summary>
    [Id(18)] public long HeatingBase { get; init; }

    /// <summary>Base of cooling degree days, in thousandths of a degree Celsius.</summary>
    [Id(19)] public long CoolingBase { get; init; }

    /// <summary>Which energy its signature is made of.</summary>
    [Id(20)] public SignatureEnergy SignatureEnergy { get; init; }

    /// <summary>The first day of its reference (days since 1970-01-01); 0 for the first that was heard.</summary>
    [Id(21)] public int SignatureFromDay { get; init; }

    /// <summary>Days from which a reference must be made.</summary>
    [Id(22)] public int SignatureLearningDays { get; init; }

    /// <summary>Highest CV(RMSE) at which a reference judges, in thousandths of a percent.</summary>
    [Id(23)] public long SignatureVariationMaximum { get; init; }

    /// <summary>How far beyond its reference it drifts, in thousandths.</summary>
    [Id(24)] public int EnergyDriftPermille { get; init; }

    /// <summary>Judged days that are looked at for a drift.</summary>
    [Id(25)] public int EnergyDriftDays { get; init; }

    /// <summary>Its floor area; null when nobody said.</summary>
    [Id(26)] public double? FloorAreaSquareMetres { get; init; }

    /// <summary>Year of the reference consumption of the décret tertiaire; null when nobody said.</summary>
    [Id(27)] public int? ReferenceYear { get; init; }

    /// <summary>Final energy of that year; null when nobody said.</summary>
    [Id(28)] public double? ReferenceKilowattHours { get; init; }

    /// <summary>Heating degree days of that year, with the base of <see cref="HeatingBase"/>; null when nobody said.</summary>
    [Id(29)] public double? ReferenceHeatingDegreeDays { get; init; }

    /// <summary>Absolute target of its category for 2030, in kWh for each square metre and year; null when nobody said.</summary>
    [Id(30)] public double? AbsoluteTargetKilowattHoursPerSquareMetre2030 { get; init; }

    /// <summary>Hours running above what is usual of its power that are abnormal; 0 where that is only shown.</summary>
    [Id(31)] public int AbnormalHours { get; init; }

    /// <summary>A power so much above what is usual, over three days, is a drift where no reference can say; thousandths, 0 for never.</summary>
    [Id(32)] public int UsualDriftPermille { get; init; }

    /// <summary>The settings of a device.</summary>
    public static BuildingSettings Parse(DeviceDescriptor descriptor) => new BuildingSettings
    {
        IndexMaximum = SharedAttributes.IndexMaximum.ThousandthsIn(descriptor),
        Occupancy = OccupancyAttribute.TextIn(descriptor) is { } hours
            ? new OccupancyCalendar { Text = hours, SchoolHolidays = SchoolHolidaysAttribute.TextIn(descriptor), Department = DepartmentOf(descriptor.Commune) }
            : null,
        SignatureEnergy = SignatureEnergyAttribute.TextIn(descriptor) switch
        {
            "electricity" => SignatureEnergy.Electricity,
            "total" => SignatureEnergy.Total,
            _ => SignatureEnergy.Heat,
        },
        SignatureFromDay = SignatureFromAttribute.TextIn(descriptor) is { } from ? DateOf(from)!.Value.DayNumber - Epoch.DayNumber : 0,
        FloorAreaSquareMetres = FloorAreaSquareMetresAttribute.In(descriptor),
        ReferenceYear = (int?)ReferenceYearAttribute.In(descriptor),
        ReferenceKilowattHours = ReferenceKilowattHoursAttribute.In(descriptor),
        ReferenceHeatingDegreeDays = ReferenceHeatingDegreeDaysAttribute.In(descriptor),
        AbsoluteTargetKilowattHoursPerSquareMetre2030 = AbsoluteTargetAttribute.In(descriptor),
    }.With(ParameterSource.Of(descriptor));

    /// <summary>The same device with other parameters.</summary>
    public BuildingSettings With(in ParameterSource source) => this with
    {
        AbnormalHours = AbnormalHoursAttribute.WholeIn(source),
        UsualDriftPermille = (int)(UsualDriftPercentAttribute.In(source)!.Value * 10),
        ComfortMinimum = ComfortMinimumCelsiusAttribute.ThousandthsIn(source),
        ComfortMaximum = ComfortMaximumCelsiusAttribute.ThousandthsIn(source),
        Co2Maximum = Co2MaximumPpmAttribute.ThousandthsIn(source),
        Frost = FrostCelsiusAttribute.ThousandthsIn(source),
        ComfortDelay = ComfortDelayMinutesAttribute.WholeIn(source) * MillisecondsPerMinute,
        FrostDelay = FrostDelayMinutesAttribute.WholeIn(source) * MillisecondsPerMinute,
        Setback = SetbackCelsiusAttribute.ThousandthsIn(source),
        SetbackTolerance = SetbackToleranceKelvinAttribute.ThousandthsIn(source),
        HeatingLimit = HeatingLimitCelsiusAttribute.ThousandthsIn(source),
        FreeGain = FreeGainKelvinAttribute.ThousandthsIn(source),
        Preheat = PreheatMinutesAttribute.WholeIn(source) * MillisecondsPerMinute,
        HeatingUnoccupiedDelay = HeatingUnoccupiedDelayMinutesAttribute.WholeIn(source) * MillisecondsPerMinute,
        HeatingUnoccupiedShare = HeatingUnoccupiedPercentAttribute.ThousandthsIn(source),
        BaseLoadMilliwatts = BaseLoadWattsAttribute.ThousandthsIn(source),
        BaseLoadTolerancePermille = PermilleIn(BaseLoadTolerancePercentAttribute, source),
        BaseLoadNights = BaseLoadNightsAttribute.WholeIn(source),
        HeatingBase = HeatingBaseCelsiusAttribute.ThousandthsIn(source),
        CoolingBase = CoolingBaseCelsiusAttribute.ThousandthsIn(source),
        SignatureLearningDays = SignatureLearningDaysAttribute.WholeIn(source),
        SignatureVariationMaximum = SignatureVariationMaximumPercentAttribute.ThousandthsIn(source),
        EnergyDriftPermille = PermilleIn(EnergyDriftPercentAttribute, source),
        EnergyDriftDays = EnergyDriftDaysAttribute.WholeIn(source),
    };

    /// <summary>Parameters that contradict each other, with the reason.</summary>
    internal static IEnumerable<(string Name, string Reason)> Contradictions(ParameterSource source) =>
        ComfortMinimumCelsiusAttribute.In(source) < ComfortMaximumCelsiusAttribute.In(source) ? [] : [(ComfortMinimumCelsiusAttribute.Name, "must be below comfortMaximumCelsius")];

    private static int PermilleIn(AttributeDefinition percent, in ParameterSource source) => (int)(percent.ThousandthsIn(source) * 10 / Thousand);

    /// <summary>INSEE codes begin with that of the department: three characters overseas, two elsewhere.</summary>
    private static string DepartmentOf(string commune) => commune.StartsWith("97", StringComparison.Ordinal) ? commune[..3] : commune[..2];

    private static string? FaultOfHours(string text) => OpeningHours.Parse(text, out var reason) is null ? reason : null;

    private static string? FaultOfDates(string text) => DateRanges.Parse(text, out var reason) is null ? reason : null;

    private static string? FaultOfDate(string text) => DateOf(text) is { Year: >= 2_000 and < 2_200 } ? null : "must be a date such as 2027-01-15";

    private static DateOnly? DateOf(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;
}
