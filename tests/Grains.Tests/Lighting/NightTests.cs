using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Lighting;
using Grid.Grains.Lighting;

namespace Grid.Tests.Grains.Lighting;

/// <summary>From local rules to the instants of a night.</summary>
public sealed class NightTests
{
    private const long Hour = 3_600_000;

    [Fact]
    public void A_night_belongs_to_the_date_of_its_evening_and_runs_from_noon_to_noon()
    {
        var night = new LocalNight(Plans.Brest, new DateOnly(2026, 11, 21));

        Assert.Equal(Plans.At("2026-11-21T12:00+01:00"), night.Start);
        Assert.Equal(Plans.At("2026-11-22T12:00+01:00"), night.End);
        Assert.Equal(Plans.At("2026-11-21T22:30+01:00"), night.Instant(SwitchTime.Parse("22:30")!.Value));
        Assert.Equal(Plans.At("2026-11-22T05:30+01:00"), night.Instant(SwitchTime.Parse("05:30")!.Value));
        Assert.True(night.Sunset < night.CivilDusk && night.CivilDusk < night.CivilDawn && night.CivilDawn < night.Sunrise);
    }

    [Fact]
    public void Offsets_count_from_the_event_of_the_sun()
    {
        var night = new LocalNight(Plans.Brest, new DateOnly(2026, 11, 21));

        Assert.Equal(night.Sunset - (10 * 60_000), night.Instant(SwitchTime.Parse("sunset-00:10")!.Value));
        Assert.Equal(night.CivilDusk + (5 * 60_000), night.Instant(SwitchTime.Parse("civilDusk+00:05")!.Value));
        Assert.Equal(night.Sunrise, night.Instant(SwitchTime.Parse("sunrise")!.Value));
        Assert.Equal(night.CivilDawn + (90 * 60_000), night.Instant(SwitchTime.Parse("civilDawn+01:30")!.Value));
    }

    [Fact]
    public void A_program_crosses_midnight()
    {
        var date = new DateOnly(2026, 11, 21);
        var profile = Plans.Compile(Plans.Plan("sunset 100", "23:00 0", "05:30 100", "sunrise 0"), Plans.Brest, date);

        // The sun sets at 17:32 and rises at 08:35 there; that it does is for SunTests to hold against almanacs.
        Assert.Equal(["17:32 100", "23:00 0", "05:30 100", "08:35 0"], Plans.Clock(profile, Plans.Brest, date));
        Assert.Equal(0, profile.LevelAt(Plans.At("2026-11-21T17:00+01:00")));
        Assert.Equal(100, profile.LevelAt(Plans.At("2026-11-21T22:59+01:00")));
        Assert.Equal(0, profile.LevelAt(Plans.At("2026-11-22T00:00+01:00")));
        Assert.Equal(100, profile.LevelAt(Plans.At("2026-11-22T06:00+01:00")));
    }

    [Fact]
    public void In_summer_the_morning_point_does_not_light_by_day()
    {
        var date = new DateOnly(2026, 6, 20);
        var profile = Plans.Compile(Plans.Plan("sunset 100", "23:00 0", "05:30 100", "sunrise 0"), Plans.Strasbourg, date);

        // The sun rises in Strasbourg at 05:24: the point at sunrise waits for the one before it, and takes its place.
        Assert.Equal(["21:34 100", "23:00 0"], Plans.Clock(profile, Plans.Strasbourg, date));
    }

    [Fact]
    public void A_point_that_comes_before_the_one_listed_before_it_takes_its_place()
    {
        var date = new DateOnly(2026, 6, 20);
        var profile = Plans.Compile(Plans.Plan("sunset 100", "22:00 50", "sunrise 0"), Plans.Brest, date);

        // The sun sets in Brest at 22:22: the lights come on dimmed.
        Assert.Equal(["22:22 50", "06:16 0"], Plans.Clock(profile, Plans.Brest, date));
    }

    [Theory]
    [InlineData("2026-03-28", 1)] // the clock goes from 02:00 to 03:00
    [InlineData("2026-10-24", 3)] // the clock goes from 03:00 to 02:00
    [InlineData("2026-11-24", 2)]
    public void Two_to_four_in_the_morning_lasts_as_long_as_the_clock_says(string evening, int hours)
    {
        var date = DateOnly.Parse(evening, System.Globalization.CultureInfo.InvariantCulture);
        var profile = Plans.Compile(Plans.Plan("18:00 100", "02:00 0", "04:00 100", "07:00 0"), Plans.Brest, date);

        Assert.Equal(4, profile.Points.Length);
        Assert.Equal(hours * Hour, profile.Points[2].At - profile.Points[1].At);
        Assert.Equal((24 - 2 + hours) * Hour, profile.End - profile.Start);
    }

    [Fact]
    public void A_time_that_the_clock_skips_is_the_instant_of_the_change()
    {
        var night = new LocalNight(Plans.Brest, new DateOnly(2026, 3, 28));

        Assert.Equal(Plans.At("2026-03-29T01:00Z"), night.Instant(SwitchTime.Parse("02:30")!.Value));
        Assert.Equal(Plans.At("2026-03-29T01:00Z"), night.Instant(SwitchTime.Parse("03:00")!.Value));
    }

    [Fact]
    public void A_time_that_comes_twice_is_the_first_of_the_two()
    {
        var night = new LocalNight(Plans.Brest, new DateOnly(2026, 10, 24));

        Assert.Equal(Plans.At("2026-10-25T02:30+02:00"), night.Instant(SwitchTime.Parse("02:30")!.Value));
        Assert.Equal(Plans.At("2026-10-25T03:00+01:00"), night.Instant(SwitchTime.Parse("03:00")!.Value));
    }

    [Fact]
    public void Where_the_sun_does_not_rise_the_whole_night_is_dark_and_lit()
    {
        var night = new LocalNight(Plans.Tromso, new DateOnly(2026, 12, 20));
        var profile = Plans.Compile(Plans.Plan("sunset 100", "sunrise 0"), Plans.Tromso, night.Date);

        Assert.Equal((night.Start, night.End), (night.Sunset, night.Sunrise));
        Assert.Equal(24 * Hour, profile.FullMilliseconds(night.Start, night.End));
    }

    [Fact]
    public void Where_the_sun_does_not_set_there_is_no_night_to_light()
    {
        var night = new LocalNight(Plans.Tromso, new DateOnly(2026, 6, 20));
        var profile = Plans.Compile(Plans.Plan("sunset 100", "sunrise 0"), Plans.Tromso, night.Date);

        Assert.Equal(night.Sunset, night.Sunrise);
        Assert.InRange(night.Local(night.Sunset).TimeOfDay, TimeSpan.FromMinutes(40), TimeSpan.FromMinutes(50)); // solar midnight, at 18.96 E in UTC+2
        Assert.Equal(0, profile.FullMilliseconds(night.Start, night.End));
    }

    [Fact]
    public void Beyond_the_date_line_the_night_is_that_of_the_local_date()
    {
        var wallis = new LightingPlace("98613", "986", "Pacific/Wallis", -176.2, -13.3);
        var night = new LocalNight(wallis, new DateOnly(2026, 11, 21));

        Assert.InRange(night.Local(night.Sunset).TimeOfDay.TotalHours, 17, 19);
        Assert.Equal(21, night.Local(night.Sunset).Day);
        Assert.Equal(22, night.Local(night.Sunrise).Day);
    }

    [Fact]
    public void A_ramp_goes_evenly_and_is_cut_by_the_next_point()
    {
        var date = new DateOnly(2026, 11, 21);
        var profile = Plans.Compile(Plans.Plan("18:00 100", "22:00 50 600", "23:00 0 3600", "23:30 80 60"), Plans.Brest, date);

        Assert.Equal(75, profile.LevelAt(Plans.At("2026-11-21T22:05+01:00")), 1e-9);
        Assert.Equal(50, profile.LevelAt(Plans.At("2026-11-21T22:10+01:00")), 1e-9);
        Assert.Equal(25, profile.Points[3].FromPercent, 1e-9); // half of the way from 50 to 0
        // 4 h at 100, 10 min at 75 on average, 50 min at 50, 30 min from 50 to 25, 60 s from 25 to 80.
        var until = Plans.At("2026-11-21T23:31+01:00");
        Assert.Equal((4 * 60) + 7.5 + 25 + (30 * 0.375) + 0.525, profile.FullMilliseconds(profile.Start, until) / 60_000, 1e-9);
    }

    [Fact]
    public void A_safety_minimum_holds_from_its_beginning_to_its_end_and_takes_no_light_away()
    {
        const long Minute = 60_000;
        var points = Gen.Choose(0, 1_439).SelectMany(at => Gen.Choose(0, 4).SelectMany(level => Gen.Choose(0, 3).Select(ramp => (at, level, ramp))));
        var cases = points.ListOf(6).SelectMany(list => Gen.Choose(-60, 1_500).SelectMany(from => Gen.Choose(1, 900).Select(length => (list, from, length))));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(cases.ToArbitrary(), test =>
        {
            var profile = NightProfile.Of(0, 1_440 * Minute, test.list.Select(point => (point.at * Minute, point.level * 25.0, point.ramp * 15 * Minute)));
            var (from, to) = (test.from * Minute, (test.from + test.length) * Minute);
            var raised = profile.AtLeast(from, to, 30);
            for (var at = 0L; at < 1_440 * Minute; at += 7 * Minute)
            {
                var (before, after) = (profile.LevelAt(at), raised.LevelAt(at));
                if (at < from || at >= to)
                {
                    Assert.Equal(before, after, 1e-9);
                }
                else
                {
                    Assert.True(after >= Math.Max(before, 30) - 1e-9, $"{after} at {at}, {before} without a minimum");
                }
            }
        }));
    }

    [Fact]
    public void What_is_lit_and_how_much_light_it_is_agree_with_the_level_at_every_moment()
    {
        var points = Gen.Choose(0, 1_439).SelectMany(at => Gen.Choose(0, 4).SelectMany(level => Gen.Choose(0, 3).Select(ramp => (at, level, ramp))));
        var spans = Gen.Choose(-60, 1_500).SelectMany(from => Gen.Choose(1, 600).SelectMany(length => Gen.Choose(0, 4).Select(level => (from, length, level))));
        var cases = points.ListOf(6).SelectMany(list => spans.ListOf(2).Select(over => (list, over)));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(cases.ToArbitrary(), test =>
        {
            const long Minute = 60_000;
            var profile = NightProfile.Of(0, 1_440 * Minute, test.list.Select(point => (point.at * Minute, point.level * 25.0, point.ramp * 15 * Minute)));
            foreach (var (from, length, level) in test.over)
            {
                var before = profile;
                profile = profile.With(from * Minute, (from + length) * Minute, level * 25);
                for (var at = 0L; at < 1_440 * Minute; at += 7 * Minute)
                {
                    var expected = at >= from * Minute && at < (from + length) * Minute ? level * 25 : before.LevelAt(at);
                    Assert.Equal(expected, profile.LevelAt(at), 1e-9);
                }
            }

            Assert.Equal(profile.Points.Select(point => point.At).Distinct().Order(), profile.Points.Select(point => point.At));

            // By a sum over half seconds of the night, which the trapezoids must equal.
            const long Step = 30_000;
            var sum = 0.0;
            var lit = 0L;
            for (var at = 0L; at < profile.End; at += Step)
            {
                sum += profile.LevelAt(at + (Step / 2)) / 100 * Step;
                lit += profile.LevelAt(at + (Step / 2)) > 0 ? Step : 0;
            }

            Assert.Equal(sum, profile.FullMilliseconds(0, profile.End), 1);
            Assert.Equal(lit, profile.LitWithin(0, profile.End).Sum(span => span.To - span.From));
        }));
    }
}
