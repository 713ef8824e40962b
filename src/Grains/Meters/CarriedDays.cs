using System.Text.Json.Serialization;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Meters;

/// <summary>
/// Consumption of two local days without the readings that it came from: when a meter becomes another person's, what the commune has counted stays, and what was
/// measured goes.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.CarriedDays")]
public sealed record CarriedDays
{
    /// <summary>The local day.</summary>
    [Id(0)] public int Day { get; init; }

    /// <summary>Consumption of that day, in thousandths.</summary>
    [Id(1)] public long Amount { get; init; }

    /// <summary>Consumption of the day before, in thousandths.</summary>
    [Id(2)] public long PreviousAmount { get; init; }

    /// <summary>The same.</summary>
    [JsonIgnore] public DayAmounts Amounts => new(Day, Amount, PreviousAmount);

    /// <summary>Both together, by day. Of a day that two have counted on, no bound is known.</summary>
    public static DayAmounts Add(in DayAmounts one, in DayAmounts other)
    {
        var (newer, older) = one.Day >= other.Day ? (one, other) : (other, one);
        return (newer.Day - older.Day) switch
        {
            0 => new DayAmounts(newer.Day, newer.Amount + older.Amount, newer.PreviousAmount + older.PreviousAmount),
            1 => newer with { PreviousAmount = newer.PreviousAmount + older.Amount, Bounds = newer.Bounds & ~DayBounds.PreviousIsWhole },
            _ => newer,
        };
    }
}
