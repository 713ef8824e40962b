using Orleans;

namespace Grid.Grains.Buildings;

/// <summary>A day of a building as its energy signature sees it.</summary>
/// <param name="Heating">Heating degree days, in hundredths.</param>
/// <param name="Cooling">Cooling degree days, in hundredths.</param>
/// <param name="IsOpen">True when its calendar has it open on that day.</param>
/// <param name="Energy">Energy, in tens of watt-hours.</param>
public readonly record struct SignatureDay(int Heating, int Cooling, bool IsOpen, int Energy)
{
    /// <summary>Tens of watt-hours in a kilowatt-hour.</summary>
    public const double PerKilowattHour = 100;

    /// <summary>Hundredths in a degree day.</summary>
    public const double PerDegreeDay = 100;

    /// <summary>Most energy that a day may have, in tens of watt-hours: 100 MWh. A thousand of their squares sum without overflow.</summary>
    public const int MostEnergy = 10_000_000;
}

/// <summary>
/// Sums over days from which a regression follows: exact integers, so that the order of the days does not matter and nothing is lost to rounding. 128 bytes, however many days. At most
/// 1,000 days.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.SignatureSums")]
public sealed record SignatureSums
{
    /// <summary>No day.</summary>
    public static SignatureSums None { get; } = new();

    /// <summary>Days.</summary>
    [Id(0)] public int Days { get; init; }

    /// <summary>Days on which it was open.</summary>
    [Id(1)] public int OpenDays { get; init; }

    /// <summary>Sum of heating degree days.</summary>
    [Id(2)] public long Heating { get; init; }

    /// <summary>Sum of cooling degree days.</summary>
    [Id(3)] public long Cooling { get; init; }

    /// <summary>Sum of energy.</summary>
    [Id(4)] public long Energy { get; init; }

    /// <summary>Sum of heating squared.</summary>
    [Id(5)] public long HeatingHeating { get; init; }

    /// <summary>Sum of heating by cooling.</summary>
    [Id(6)] public long HeatingCooling { get; init; }

    /// <summary>Sum of heating on open days.</summary>
    [Id(7)] public long HeatingOpen { get; init; }

    /// <summary>Sum of cooling squared.</summary>
    [Id(8)] public long CoolingCooling { get; init; }

    /// <summary>Sum of cooling on open days.</summary>
    [Id(9)] public long CoolingOpen { get; init; }

    /// <summary>Sum of heating by energy.</summary>
    [Id(10)] public long HeatingEnergy { get; init; }

    /// <summary>Sum of cooling by energy.</summary>
    [Id(11)] public long CoolingEnergy { get; init; }

    /// <summary>Sum of energy on open days.</summary>
    [Id(12)] public long OpenEnergy { get; init; }

    /// <summary>Sum of energy squared.</summary>
    [Id(13)] public long EnergyEnergy { get; init; }

    /// <summary>With one more day.</summary>
    public SignatureSums With(in SignatureDay day)
    {
        var (heating, cooling, energy) = ((long)day.Heating, (long)day.Cooling, (long)day.Energy);
        var open = day.IsOpen ? 1 : 0;
        return new SignatureSums
        {
            Days = Days + 1,
            OpenDays = OpenDays + open,
            Heating = Heating + heating,
            Cooling = Cooling + cooling,
            Energy = Energy + energy,
            HeatingHeating = HeatingHeating + (heating * heating),
            HeatingCooling = HeatingCooling + (heating * cooling),
            HeatingOpen = HeatingOpen + (heating * open),
            CoolingCooling = CoolingCooling + (cooling * cooling),
            CoolingOpen = CoolingOpen + (cooling * open),
            HeatingEnergy = HeatingEnergy + (heating * energy),
            CoolingEnergy = CoolingEnergy + (cooling * energy),
            OpenEnergy = OpenEnergy + (energy * open),
            EnergyEnergy = EnergyEnergy + (energy * energy),
        };
    }
}
