using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Zones;

/// <summary>
/// The least flow by night of a meter of the network: of the stretches of about an hour between 02:00 and 04:00 local into which its readings cut the night, the one in which
/// least flowed. Pure; 88 bytes, and only inlets and outlets have one. Late readings change nothing.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.NetworkNight")]
public sealed record NetworkNight
{
    /// <summary>A stretch is at least so long, in milliseconds: an hour, less what the clock of an hourly meter may drift. What flows in less says more of one tap than of the network.</summary>
    private const long ShortestStretch = 55 * 60_000;

    private const long Hour = 3_600_000;

    /// <summary>The local day of <see cref="Minimum"/>; 0 before the first night that is known.</summary>
    [Id(0)] public int MinimumDay { get; init; }

    /// <summary>Least flow of that night, in thousandths an hour.</summary>
    [Id(1)] public long Minimum { get; init; }

    /// <summary>The same for the night before it; null when it is not known.</summary>
    [Id(2)] public long? PreviousMinimum { get; init; }

    /// <summary>Where the stretch that is under way began, in Unix milliseconds; 0 when none is.</summary>
    [Id(3)] public long From { get; init; }

    /// <summary>The index there, as reported.</summary>
    [Id(4)] public long FromRaw { get; init; }

    /// <summary>The same on the virtual index.</summary>
    [Id(5)] public long FromVirtual { get; init; }

    /// <summary>The nights after one more reading, the newest so far.</summary>
    /// <param name="former">Null before the first.</param>
    /// <param name="reading">The reading.</param>
    /// <param name="day">The local day of its instant.</param>
    /// <param name="night">When it is 02:00 and 04:00 on that day, in Unix milliseconds.</param>
    public static NetworkNight? After(NetworkNight? former, in IndexPoint reading, int day, (long Start, long End) night)
    {
        if (reading.At < night.Start || reading.At > night.End)
        {
            return former is null or { From: 0 } ? former : former with { From = 0 };
        }

        var nights = former ?? new NetworkNight();
        if (nights.From < night.Start || IsAnother(nights, reading))
        {
            return nights.Beginning(reading);
        }

        var lasted = reading.At - nights.From;
        return lasted < ShortestStretch
            ? nights
            : nights.WithFlow(day, (long)((Int128)(reading.Virtual - nights.FromVirtual) * Hour / lasted)).Beginning(reading);
    }

    /// <summary>True when the register went on elsewhere since the stretch began: replaced, where what flowed is not known, or rolled over, which is rare enough to be left out.</summary>
    private static bool IsAnother(NetworkNight nights, in IndexPoint reading) => reading.Raw - nights.FromRaw != reading.Virtual - nights.FromVirtual;

    private NetworkNight Beginning(in IndexPoint reading) => this with { From = reading.At, FromRaw = reading.Raw, FromVirtual = reading.Virtual };

    private NetworkNight WithFlow(int day, long flow) => day == MinimumDay
        ? this with { Minimum = Math.Min(Minimum, flow) }
        : this with { MinimumDay = day, Minimum = flow, PreviousMinimum = MinimumDay == day - 1 && MinimumDay != 0 ? Minimum : null };
}
