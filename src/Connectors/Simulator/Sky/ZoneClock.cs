using NodaTime;

namespace Grid.Connectors.Simulator.Sky;

/// <summary>Local time of a zone, with the offset of the last question kept: readings come in order, and the offset changes twice a year.</summary>
public sealed class ZoneClock
{
    private readonly DateTimeZone _zone;
    private Span _last;

    /// <param name="zoneId">IANA zone.</param>
    /// <exception cref="ArgumentException">There is no such zone.</exception>
    public ZoneClock(string zoneId)
    {
        _zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(zoneId) ?? throw new ArgumentException($"'{zoneId}' is no known IANA time zone", nameof(zoneId));
        _last = Find(0);
    }

    /// <summary>Seconds of local wall time since the origin's date: local midnight is a whole multiple of a day.</summary>
    internal double Local(double now)
    {
        var span = _last;
        if (now < span.From || now >= span.Until) _last = span = Find(now);
        return now + span.OffsetSeconds;
    }

    /// <summary>The local day of an instant, counted from the origin's date.</summary>
    internal long DayOf(double now) => (long)Math.Floor(Local(now) / SimulatedTime.Day);

    /// <summary>The instant at which a local day begins, in seconds since the origin.</summary>
    internal double StartOf(long day)
    {
        var midnight = day * SimulatedTime.Day;
        var guess = midnight - (Local(midnight) - midnight);

        // Where the clock is changed between the two, the offset is that of the midnight itself.
        return midnight - (Local(guess) - guess);
    }

    private Span Find(double now)
    {
        var interval = _zone.GetZoneInterval(Instant.FromDateTimeOffset(SimulatedTime.InstantAt(now)));
        return new Span(
            interval.HasStart ? Seconds(interval.Start) : double.NegativeInfinity,
            interval.HasEnd ? Seconds(interval.End) : double.PositiveInfinity,
            interval.WallOffset.Seconds);
    }

    private static double Seconds(Instant instant) => (instant - Instant.FromDateTimeOffset(SimulatedTime.Origin)).TotalSeconds;

    // A class, so that replacing it is atomic.
    private sealed record Span(double From, double Until, double OffsetSeconds);
}
