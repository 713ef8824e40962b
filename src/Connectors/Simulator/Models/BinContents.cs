using Grid.Connectors.Simulator.Sky;

namespace Grid.Connectors.Simulator.Models;

/// <summary>
/// What is truly in a bin, in percent of its height: people throw in by day, each day another amount, more on some weekdays; the round of the commune comes twice a week, weekly or
/// fortnightly, and now and then misses a bin or leaves a part. A function of the instant: nothing is stepped.
/// </summary>
internal sealed class BinContents(ulong key, Site site)
{
    /// <summary>Beyond this it stands beside the bin, in percent.</summary>
    private const double Heaped = 110;

    private const double MissedShare = 0.05; // of the visits
    private const double PartialShare = 0.05; // of the visits: 25 to 50 % is left
    private const int CertainEvery = 6; // of so many visits one empties it for certain, so that no more of them must be looked at
    private const double LongestTour = 2 * SimulatedTime.Hour; // it is met sooner or later on the tour
    private const double WakeHour = 7; // local: nobody throws anything in before, nor after SleepHour
    private const double SleepHour = 22;
    private const double DayToDay = 0.35; // how far a day may lie from the mean, as a share of it
    private const double WeekToWeek = 0.3; // the same of some days together, in mean days
    private const double WeekdayShare = 0.3; // how far a weekday may lie from the mean

    // A commune's rounds come every half week, week or fortnight.
    private readonly float _roundSeconds = (float)(SimulatedTime.Day * (Seeded.Unit(site.Key, 7) < 0.5 ? 7 : Seeded.Unit(site.Key, 8) < 0.6 ? 3.5 : 14));
    private readonly float _firstRound = (float)((Math.Floor(Seeded.Between(site.Key, 9, 0, 14)) * SimulatedTime.Day) + Seeded.Between(key, 1, 5, 9) * SimulatedTime.Hour);
    private readonly float _fillAtRound = (float)Seeded.Between(key, 2, 35, 105);

    private double RoundDays => _roundSeconds / SimulatedTime.Day;

    /// <summary>True fill in percent, above 100 when it is heaped.</summary>
    public double PercentAt(double now)
    {
        var round = RoundAt(now);
        return Math.Min(Heaped, LeftAfter(round) + (PaceOf(round) * (DaysOfWaste(now) - DaysOfWaste(VisitOf(round)))));
    }

    /// <summary>When it reaches a level if nobody empties it: now if it has; null when not within <paramref name="days"/>.</summary>
    public double? ReachedAt(double percent, double now, double days)
    {
        if (PercentAt(now) >= percent) return now;
        // A visit that misses it changes nothing but the pace; the one that would empty it is thought away.
        var round = RoundAt(now);
        while (WhatIsLeft(round + 1) == 1 && PercentAt(VisitOf(round + 1)) < percent) round++;
        var from = DaysOfWaste(VisitOf(round));
        var wanted = (percent - LeftAfter(round)) / PaceOf(round);
        var (low, high) = (now, now + (days * SimulatedTime.Day));
        if (DaysOfWaste(high) - from < wanted) return null;
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (DaysOfWaste(middle) - from < wanted) low = middle;
            else high = middle;
        }

        return high;
    }

    /// <summary>The last visit at or before an instant that took something out.</summary>
    public double EmptiedBefore(double now)
    {
        var round = RoundAt(now);
        while (WhatIsLeft(round) == 1) round--;
        return VisitOf(round);
    }

    /// <summary>The next visit after an instant that takes something out.</summary>
    public double EmptiedAfter(double now)
    {
        var round = RoundAt(now) + 1;
        while (WhatIsLeft(round) == 1) round++;
        return VisitOf(round);
    }

    /// <summary>True in the minute and a half in which the lorry tilts it.</summary>
    public bool IsLifted(double now) => now - VisitOf(RoundAt(now)) < 90 && WhatIsLeft(RoundAt(now)) < 1;

    /// <summary>The round whose visit was the last one.</summary>
    private long RoundAt(double now)
    {
        var round = (long)Math.Floor((now - _firstRound) / _roundSeconds);
        return now < VisitOf(round) ? round - 1 : round;
    }

    private double VisitOf(long round) => _firstRound + (round * (double)_roundSeconds) + (LongestTour * Seeded.Unit(key ^ 0xb3, round));

    /// <summary>The share that a visit leaves in the bin: all when it misses it.</summary>
    private double WhatIsLeft(long round)
    {
        if (round % CertainEvery == 0) return 0;
        var chance = Seeded.Unit(key ^ 0xb4, round);
        return chance < MissedShare ? 1 : chance < MissedShare + PartialShare ? Seeded.Between(key ^ 0xb5, round, 0.25, 0.5) : 0;
    }

    /// <summary>Percent that are in it after a visit.</summary>
    private double LeftAfter(long round)
    {
        var from = round;
        while (WhatIsLeft(from) > 0) from--;
        var level = 0.0;
        for (var next = from + 1; next <= round; next++)
        {
            var before = Math.Min(Heaped, level + Dregs(next - 1) + (PaceOf(next - 1) * (DaysOfWaste(VisitOf(next)) - DaysOfWaste(VisitOf(next - 1)))));
            level = before * WhatIsLeft(next);
        }

        return level + Dregs(round);
    }

    /// <summary>What sticks to an empty bin, or how far its sensor is off, in percent.</summary>
    private double Dregs(long round) => WhatIsLeft(round) == 0 ? Seeded.Between(key ^ 0xb6, round, 0.5, 3) : 0;

    /// <summary>Percent that a mean day adds until the next round: each round's waste differs.</summary>
    private double PaceOf(long round) => _fillAtRound * Seeded.Between(key ^ 0xb1, round, 0.8, 1.2) / RoundDays;

    /// <summary>Days of waste since the origin: grows by day and stands still by night.</summary>
    private double DaysOfWaste(double now)
    {
        var local = site.Clock.Local(now);
        var day = Math.Floor(local / SimulatedTime.Day);
        var hour = (local - (day * SimulatedTime.Day)) / SimulatedTime.Hour;
        var before = DaysBefore((long)day);
        return before + ((DaysBefore((long)day + 1) - before) * Math.Clamp((hour - WakeHour) / (SleepHour - WakeHour), 0, 1));
    }

    // Whole days, plus draws that differ by less than a day from one to the next: it grows, and needs no loop.
    private double DaysBefore(long day)
    {
        var weekday = ((day % 7) + 7) % 7;
        return day + (DayToDay * Seeded.Unit(key ^ 0xb7, day)) + (WeekToWeek * Seeded.Smooth(key ^ 0xb8, day / 4.0)) + (WeekdayShare * (Seeded.Unit(key ^ 0xb9, weekday) - 0.5));
    }
}

/// <summary>What is true of a bin.</summary>
/// <param name="FillPercent">What is in it, above 100 when it is heaped.</param>
/// <param name="FullAt">When it is full if nobody empties it before; the instant asked about when it is already, null when not within a year.</param>
/// <param name="EmptiedAt">When something was taken out last.</param>
/// <param name="NextEmptiedAt">When something is taken out next.</param>
public readonly record struct BinTruth(double FillPercent, DateTimeOffset? FullAt, DateTimeOffset EmptiedAt, DateTimeOffset NextEmptiedAt);
