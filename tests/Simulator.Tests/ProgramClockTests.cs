using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Grid.Connectors.Simulator.Programs;
using Grid.Connectors.Simulator.Sky;
using Grid.Contracts.Lighting;
using Grid.Grains.Lighting;

namespace Grid.Tests.Simulator;

public sealed class ProgramClockTests
{
    private const double PercentTolerance = 1e-9;

    private static readonly (string Zone, double Longitude, double Latitude)[] Places =
    [
        ("Europe/Paris", -4.4861, 48.3904), ("Europe/Paris", 7.75, 48.58), ("America/Cayenne", -52.33, 4.92), ("Pacific/Noumea", 166.44, -22.27),
        ("Arctic/Longyearbyen", 15.65, 78.22), ("Pacific/Kiritimati", -157.4, 1.87), ("America/St_Johns", -52.7, 47.56), ("Pacific/Auckland", 174.76, -36.85),
    ];

    private static readonly DateOnly[] Changes = [new(2026, 3, 28), new(2026, 10, 24), new(2027, 3, 27), new(2026, 4, 4), new(2026, 9, 26), new(2026, 11, 1)];

    [Fact]
    public void A_controller_does_what_the_preview_of_its_plan_says_anywhere_on_any_night()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(Cases().ToArbitrary(), test =>
        {
            var (program, date, seed) = test;
            var clock = new ProgramClock(program);
            var random = new Random(seed);
            var nights = Enumerable.Range(0, 4).Select(number => Profile(program, date.AddDays(number))).ToList();
            for (var look = 0; look < 40; look++)
            {
                var night = nights[random.Next(nights.Count)];
                var instant = look < night.Points.Length ? night.Points[look].At : random.NextInt64(night.Start, night.End);
                Assert.Equal(night.LevelAt(instant), 100 * clock.At(Seconds(instant)).Level, PercentTolerance);
            }

            for (var look = 0; look < 20; look++)
            {
                var (from, to) = (random.NextInt64(nights[0].Start, nights[^1].End), random.NextInt64(nights[0].Start, nights[^1].End));
                if (from > to) (from, to) = (to, from);
                var sums = clock.Between(Seconds(from), Seconds(to));
                var burning = nights.Sum(night => night.LitWithin(from, to).Sum(span => span.To - span.From)) / 1_000.0;
                var full = nights.Sum(night => night.FullMilliseconds(from, to)) / 1_000;
                Assert.Equal(burning, sums.BurningSeconds, 1e-6);
                Assert.Equal(full, sums.FullSeconds, 1e-6);
            }
        }));
    }

    [Fact]
    public void Nights_are_as_the_plan_page_says_on_both_changes_of_the_clock()
    {
        var clock = new ProgramClock(Program([Point(SwitchAnchor.Clock, 2 * 60, 100), Point(SwitchAnchor.Clock, 4 * 60, 0)]));

        Assert.Equal(1, LitHours(new DateTime(2026, 3, 28)));
        Assert.Equal(2, LitHours(new DateTime(2026, 3, 27)));
        Assert.Equal(3, LitHours(new DateTime(2026, 10, 24)));

        double LitHours(DateTime date) => clock.Between(SecondsOf(date.AddHours(12)), SecondsOf(date.AddHours(34))).BurningSeconds / 3_600;
    }

    [Fact]
    public void Sums_are_the_same_in_whatever_order_they_are_asked_for()
    {
        var program = Program([Point(SwitchAnchor.Sunset, -5, 100, 600), Point(SwitchAnchor.Clock, 23 * 60, 30), Point(SwitchAnchor.Sunrise, 0, 0)]);
        var (ordered, other) = (new ProgramClock(program), new ProgramClock(program));
        var start = SecondsOf(new DateTime(2026, 6, 1, 0, 0, 0));
        var spans = Enumerable.Range(0, 100).Select(day => (From: start + (day * 86_400), To: start + (day * 86_400) + 100_000)).ToList();

        var sums = spans.Select(span => ordered.Between(span.From, span.To)).ToList();

        foreach (var index in Enumerable.Range(0, spans.Count).Reverse())
        {
            var again = other.Between(spans[index].From, spans[index].To);
            Assert.Equal(sums[index].BurningSeconds, again.BurningSeconds, 1e-6);
            Assert.Equal(sums[index].FullSeconds, again.FullSeconds, 1e-6);
        }
    }

    [Fact]
    public void The_calendar_counts_by_the_date_of_the_evening()
    {
        var program = Program([Point(SwitchAnchor.Clock, 22 * 60, 40)]) with
        {
            Programs = [[Point(SwitchAnchor.Clock, 22 * 60, 40)], [Point(SwitchAnchor.Clock, 22 * 60, 80)]],
            Calendar = [new ProgramNight(new DateOnly(2026, 5, 1), 0), new ProgramNight(new DateOnly(2026, 5, 3), 1), new ProgramNight(new DateOnly(2026, 5, 4), 0)],
        };
        var clock = new ProgramClock(program);

        Assert.Equal(0.4, clock.At(SecondsOf(new DateTime(2026, 5, 3, 3, 0, 0))).Level);
        Assert.Equal(0.8, clock.At(SecondsOf(new DateTime(2026, 5, 4, 3, 0, 0))).Level);
        Assert.Equal(0.4, clock.At(SecondsOf(new DateTime(2026, 5, 5, 3, 0, 0))).Level);
        Assert.Equal(0.4, clock.At(SecondsOf(new DateTime(2026, 4, 1, 3, 0, 0))).Level);
        Assert.Equal(0.4, clock.At(SecondsOf(new DateTime(2031, 4, 1, 3, 0, 0))).Level);
    }

    [Fact]
    public void What_no_controller_can_run_is_refused_with_its_reason()
    {
        var good = Program([Point(SwitchAnchor.Clock, 22 * 60, 40)]);

        Assert.Null(ProgramClock.FindFault(good));
        Assert.Contains("no program", ProgramClock.FindFault(null), StringComparison.Ordinal);
        Assert.Contains("zoneId", ProgramClock.FindFault(good with { ZoneId = "Europe/Nowhere" }), StringComparison.Ordinal);
        Assert.Contains("latitude", ProgramClock.FindFault(good with { Latitude = double.NaN }), StringComparison.Ordinal);
        Assert.Contains("minimumPercent", ProgramClock.FindFault(good with { MinimumPercent = 101 }), StringComparison.Ordinal);
        Assert.Contains("empty", ProgramClock.FindFault(good with { Programs = [] }), StringComparison.Ordinal);
        Assert.Contains("switch point", ProgramClock.FindFault(good with { Programs = [[Point(SwitchAnchor.Clock, 0, double.NaN)]] }), StringComparison.Ordinal);
        Assert.Contains("calendar", ProgramClock.FindFault(good with { Calendar = [new ProgramNight(new DateOnly(2026, 1, 1), 1)] }), StringComparison.Ordinal);
        Assert.Contains("order", ProgramClock.FindFault(good with { Calendar = [.. good.Calendar, .. good.Calendar] }), StringComparison.Ordinal);
        Assert.Contains("span", ProgramClock.FindFault(good with { Spans = [new ProgramSpan(default, default, -1, null)] }), StringComparison.Ordinal);
    }

    private static Gen<(ControllerProgram Program, DateOnly Date, int Seed)> Cases() =>
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select Case(new Random(seed), seed);

    private static (ControllerProgram Program, DateOnly Date, int Seed) Case(Random random, int seed)
    {
        var (zone, longitude, latitude) = Places[random.Next(Places.Length)];
        var date = random.Next(3) == 0 ? Changes[random.Next(Changes.Length)].AddDays(-random.Next(3)) : new DateOnly(2026, 1, 1).AddDays(random.Next(900));
        var programs = Enumerable.Range(0, 1 + random.Next(3)).Select(_ => ImmutableArray.CreateRange(Enumerable.Range(0, random.Next(7)).Select(_ => RandomPoint(random)))).ToImmutableArray();
        return (new ControllerProgram
        {
            Version = 1,
            Plan = "p",
            PlanVersion = 1,
            ZoneId = zone,
            Longitude = longitude,
            Latitude = latitude,
            MinimumPercent = random.Next(2) == 0 ? 0 : random.Next(101),
            Programs = programs,
            Calendar = [.. Enumerable.Range(0, 4).Select(day => new ProgramNight(date.AddDays(day), random.Next(programs.Length)))],
            Spans = [.. Enumerable.Range(0, random.Next(4)).Select(_ => RandomSpan(random, date))],
        }, date, seed);
    }

    // Levels from a few, so that neighbours are often the same.
    private static ProgramPoint RandomPoint(Random random)
    {
        var anchor = (SwitchAnchor)random.Next(5);
        var minutes = anchor == SwitchAnchor.Clock ? random.Next(24 * 60) : random.Next(3) == 0 ? 0 : random.Next(-720, 721);
        return new ProgramPoint(anchor, minutes, random.Next(5) * 25, random.Next(2) == 0 ? 0 : random.Next(3_601));
    }

    private static ProgramSpan RandomSpan(Random random, DateOnly date)
    {
        var from = date.ToDateTime(TimeOnly.MinValue).AddMinutes(random.Next(-1_440, 5 * 1_440));
        return new ProgramSpan(from, from.AddMinutes(1 + random.Next(2_000)), random.Next(101), random.Next(2) == 0 ? null : random.Next(101));
    }

    private static NightProfile Profile(ControllerProgram program, DateOnly date)
    {
        var night = new LocalNight(new LightingPlace("29019", "29", program.ZoneId, program.Longitude, program.Latitude), date);
        var points = program.Programs[program.Calendar.Last(entry => entry.From <= date).Program];
        var profile = NightProfile.Of(night.Start, night.End, points.Select(point => (night.Instant(new SwitchTime(point.Anchor, point.Minutes)), point.Percent, point.RampSeconds * 1_000L)));
        foreach (var span in program.Spans)
        {
            var (from, to) = (night.Instant(span.From), night.Instant(span.To));
            profile = profile.With(from, to, span.Percent);
            if (span.NightPercent is { } percent) profile = profile.With(Math.Max(from, night.Sunset), Math.Min(to, night.Sunrise), percent);
        }

        return profile.AtLeast(night.Sunset, night.Sunrise, program.MinimumPercent);
    }

    private static ProgramPoint Point(SwitchAnchor anchor, int minutes, double percent, int ramp = 0) => new(anchor, minutes, percent, ramp);

    private static ControllerProgram Program(ImmutableArray<ProgramPoint> points) => new()
    {
        Version = 1,
        Plan = "p",
        PlanVersion = 1,
        ZoneId = "Europe/Paris",
        Longitude = -4.4861,
        Latitude = 48.3904,
        Programs = [points],
        Calendar = [new ProgramNight(new DateOnly(2026, 1, 1), 0)],
        Spans = [],
    };

    private static double Seconds(long instant) => SimulatedTime.SecondsAt(DateTimeOffset.FromUnixTimeMilliseconds(instant));

    /// <summary>By the clock of Brest, in the offset of the first of twice.</summary>
    private static double SecondsOf(DateTime local) => Seconds(new ProgramPlace("Europe/Paris", 0, 0).ByClock(local));
}
