using System.Numerics;
using System.Text.Json.Serialization;
using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Buildings;

/// <summary>The weather of one local day as a building's own sensor saw it: the lowest and the highest outdoor temperature, and the hours in which it was heard. 20 bytes.</summary>
[GenerateSerializer, Immutable, Alias("grid.OutdoorDay")]
public readonly record struct OutdoorDay
{
    /// <summary>Hours of a day that must be heard, so that both its cold and its warm end were seen.</summary>
    private const int HoursNeeded = 18;

    private const int MillisecondsPerHour = 3_600_000;

    /// <summary>The local day; 0 for none.</summary>
    [Id(0)] public int Day { get; init; }

    /// <summary>In thousandths of a degree Celsius.</summary>
    [Id(1)] public int Lowest { get; init; }

    /// <summary>In thousandths of a degree Celsius.</summary>
    [Id(2)] public int Highest { get; init; }

    /// <summary>Hours heard, a bit each, counted from local midnight: at most 25.</summary>
    [Id(3)] public int Hours { get; init; }

    /// <summary>True when one of its last two hours was heard, so that the index of its end is known.</summary>
    [Id(4)] public bool IsHeardToItsEnd { get; init; }

    /// <summary>True when enough of it was heard for its degree days.</summary>
    [JsonIgnore] public bool IsKnown => BitOperations.PopCount((uint)Hours) >= HoursNeeded && IsHeardToItsEnd;

    /// <summary>Middle of the two, as meteorologists take it for the mean.</summary>
    [JsonIgnore] public int Middle => (Lowest + Highest) / 2;

    /// <summary>With one more temperature of the same day, or another day that begins with it.</summary>
    public OutdoorDay With(int temperature, long at, LocalDay day)
    {
        var hour = (int)Math.Clamp((at - day.Start) / MillisecondsPerHour, 0, 24);
        var isSame = Day == day.Day;
        return new OutdoorDay
        {
            Day = day.Day,
            Lowest = isSame ? Math.Min(Lowest, temperature) : temperature,
            Highest = isSame ? Math.Max(Highest, temperature) : temperature,
            Hours = (isSame ? Hours : 0) | (1 << hour),
            IsHeardToItsEnd = (isSame && IsHeardToItsEnd) || day.End - at <= 2 * MillisecondsPerHour,
        };
    }
}
