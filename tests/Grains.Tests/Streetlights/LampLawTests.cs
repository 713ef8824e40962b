using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Streetlights;

/// <summary>Each rule of a light point against a plain scan over all of its reports, which keeps no state from one to the next.</summary>
public sealed class LampLawTests
{
    private const double RatedWatts = 60;

    /// <summary>22:00 in Brest, in January: dark for the next ten hours.</summary>
    private static readonly DateTimeOffset Evening = Entries.Start.AddHours(10);

    [Fact]
    public void A_lamp_has_failed_exactly_when_it_was_without_power_for_its_delay_and_no_report_has_measured_any_since()
    {
        Holds(Reports(levels: [100, 100, 0], watts: [0.3, 0.3, 60], steps: 4), Evening, "lampFailure", reports =>
        {
            var lastBurning = Array.FindLastIndex(reports, report => report.Level > 0 && report.Watts > 1);
            for (var first = lastBurning + 1; first < reports.Length; first++)
            {
                for (var last = first + 1; last < reports.Length; last++)
                {
                    if (reports[last].Minutes - reports[first].Minutes >= 5 && reports[first..(last + 1)].All(report => report.Level > 0 && report.Watts <= 1))
                    {
                        return true;
                    }
                }
            }

            return false;
        });
    }

    [Fact]
    public void A_lamp_burns_by_day_exactly_when_all_reports_of_its_delay_show_it()
    {
        // From noon on, for three hours and a half at most; what is dark draws nothing.
        var sound = Reports(levels: [100, 100, 100, 0], watts: [null], steps: 15).Select(reports => reports.Select(report => report with { Watts = report.Level > 0 ? 60 : 0.3 }).ToArray());
        Holds(sound, Entries.Start, "lampUnexpectedOn", reports =>
        {
            var lit = reports[(Array.FindLastIndex(reports, report => report.Level == 0) + 1)..];
            return lit.Length > 1 && lit[^1].Minutes - lit[0].Minutes >= 30;
        });
    }

    [Fact]
    public void A_lamp_draws_power_while_off_exactly_when_all_reports_of_its_delay_measure_it()
    {
        // A twentieth of 60 W is 3 W.
        Holds(Reports(levels: [0, 0, 0, 100], watts: [2.9, 3, 60, 60], steps: 20), Evening, "lampUnexpectedOn", reports =>
        {
            var drawing = reports[(Array.FindLastIndex(reports, report => report.Level > 0 || report.Watts < 3) + 1)..];
            return drawing.Length > 1 && drawing[^1].Minutes - drawing[0].Minutes >= 30;
        });
    }

    [Fact]
    public void A_lamp_cycles_exactly_when_its_window_holds_so_many_changes_between_reports_of_a_lamp_that_should_burn()
    {
        Holds(Reports(levels: [100, 100, 100, 100, 0], watts: [0.3, 60], steps: 20), Evening, "lampCycling", reports =>
            reports.Zip(reports.Skip(1)).Count(pair => pair.First.Level > 0 && pair.Second.Level > 0 && (pair.First.Watts > 1) != (pair.Second.Watts > 1)
                && pair.Second.Minutes >= reports[^1].Minutes - 60) >= 3, ("cyclingChanges", 3), ("cyclingWindowMinutes", 60));
    }

    [Fact]
    public void A_boost_is_missing_exactly_when_somebody_has_been_there_for_more_than_two_minutes_of_reports_at_a_low_level()
    {
        // The last number of a report is whether somebody is there.
        Holds(Reports(levels: [20, 20, 77, 78, 0], watts: [null], steps: 2), Evening, "presenceBoostMissing", reports =>
        {
            var low = reports[(Array.FindLastIndex(reports, report => !report.Flag || report.Level is 0 or >= 78) + 1)..];
            return low.Length > 0 && low[^1].Minutes - low[0].Minutes > 2;
        }, ("presenceBoostPercent", 80));
    }

    [Fact]
    public void Supply_is_lost_exactly_when_the_last_report_of_it_says_so()
    {
        Holds(Reports(levels: [100], watts: [null], steps: 10), Evening, "supplyLoss", reports => reports[^1].Flag, flagMetric: ("supplyVolts", 230, 100));
    }

    [Fact]
    public void A_lamp_whose_power_is_a_constant_share_of_its_curve_drifts_exactly_when_that_share_is_farther_off_than_its_limit()
    {
        var cases = from share in Gen.Choose(300, 1_700)
                    where Math.Abs(Math.Abs(share - 1_000) - 250) > 2
                    from levels in Gen.Choose(10, 100).NonEmptyListOf()
                    select (share, levels);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(cases.ToArbitrary(), test =>
        {
            var lamp = Lamp();
            for (var index = 0; index < test.levels.Count; index++)
            {
                // Straight lines through 17 % at 10, 54 % at 50 and 100 % at 100, worked out here.
                var level = test.levels[index];
                var curve = RatedWatts * (level < 50 ? 0.17 + ((level - 10) * 0.37 / 40) : 0.54 + ((level - 50) * 0.46 / 50));
                lamp.Report(Evening.Minutes(index), ("dimmingPercent", level), ("powerWatts", curve * test.share / 1_000));
            }

            return IsIn(lamp, "powerDrift") == (test.levels.Count >= 8 && Math.Abs(test.share - 1_000) > 250);
        }));
    }

    [Fact]
    public void What_a_passive_lamp_burns_and_what_it_saves_make_a_full_night()
    {
        // From 22:00 to midnight at most: by what its cabinet says, on each step, and of the whole time by the sun.
        var steps = (from minutes in Gen.Choose(1, 12)
                     from fed in Gen.Choose(0, 1)
                     select (minutes, fed)).NonEmptyListOf();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(steps.ToArbitrary(), reports =>
        {
            var lamp = TestDevice.Of(DeviceKind.Streetlight, ("passive", true), ("cabinet", "A1"), ("segment", 2), ("ratedWatts", RatedWatts));
            var (minute, lit, was) = (0, 0, 0);
            lamp.Take(Entries.Reading("A1", Evening, Evening, ("segment2On", 0)));
            foreach (var (minutes, on) in reports.TakeWhile(_ => minute < 108))
            {
                lit += was * minutes;
                minute += minutes;
                was = on;
                lamp.Take(Entries.Reading("A1", Evening.Minutes(minute), Evening.Minutes(minute), ("segment2On", on)));
            }

            // 60 W is 1,000 mWh a minute.
            return lamp.Contribution.DayAmount == lit * 1_000 && lamp.Contribution.DaySaved == (minute - lit) * 1_000;
        }));
    }

    [Fact]
    public void No_level_below_the_safety_minimum_is_ever_asked_of_a_lamp_and_every_other_is()
    {
        var cases = from minimum in Gen.Choose(0, 100)
                    from level in Gen.Choose(0, 100)
                    select (minimum, level);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(cases.ToArbitrary(), test =>
        {
            var lamp = Lamp(("safetyMinimumPercent", test.minimum));
            var answer = lamp.Desire(Entries.Dim("c1", test.level, Evening));
            return (answer.Reason is null) == (test.level >= test.minimum) && lamp.View(Evening).Desired.All(asked => asked.Value >= test.minimum);
        }));
    }

    private readonly record struct Said(int Minutes, double Level, double? Watts, bool Flag);

    /// <summary>Reports in the order of their time, each some minutes after the one before it.</summary>
    private static Gen<Said[]> Reports(double[] levels, double?[] watts, int steps) =>
        (from step in Gen.Choose(1, steps)
         from level in Gen.Elements(levels)
         from power in Gen.Elements(watts)
         from flag in Gen.Elements(true, true, false)
         select new Said(step, level, power, flag)).NonEmptyListOf().Select(said =>
        {
            var minutes = 0;
            return said.Take(14).Select(report => report with { Minutes = minutes += report.Minutes }).ToArray();
        });

    /// <summary>After each report, the lamp is in a condition exactly when a scan over all reports up to there says so.</summary>
    private static void Holds(
        Gen<Said[]> sequences, DateTimeOffset start, string condition, Func<Said[], bool> holds, params (string, object)[] attributes) =>
        Holds(sequences, start, condition, holds, ("presence", 0, 1), attributes);

    private static void Holds(
        Gen<Said[]> sequences, DateTimeOffset start, string condition, Func<Said[], bool> holds, (string Metric, double Clear, double Set) flagMetric, params (string, object)[] attributes)
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(sequences.ToArbitrary(), reports =>
        {
            var lamp = Lamp(attributes);
            for (var index = 0; index < reports.Length; index++)
            {
                var said = reports[index];
                (string, double)[] metrics = [("dimmingPercent", said.Level), (flagMetric.Metric, said.Flag ? flagMetric.Set : flagMetric.Clear)];
                lamp.Report(start.Minutes(said.Minutes), said.Watts is { } watts ? [.. metrics, ("powerWatts", watts)] : metrics);
                if (IsIn(lamp, condition) != holds(reports[..(index + 1)]))
                {
                    return false;
                }
            }

            return true;
        }));
    }

    private static bool IsIn(TestDevice lamp, string condition) => lamp.Conditions.Any(active => active.Condition == condition);

    private static TestDevice Lamp(params (string, object)[] attributes) => TestDevice.Of(DeviceKind.Streetlight, [("ratedWatts", RatedWatts), .. attributes]);
}
