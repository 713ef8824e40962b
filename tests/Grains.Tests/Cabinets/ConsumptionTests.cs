using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Cabinets;

/// <summary>
/// The power that a cabinet measures against its lamps: 1,000 W passive on segment 1; 500 W passive and 400 W with controllers of their own on segment 2; 600 W with
/// controllers of their own on segment 3.
/// </summary>
public sealed class ConsumptionTests
{
    private static readonly DateTimeOffset Evening = Entries.Start.AddHours(10);
    private static readonly SegmentLoad[] Loads = [new(1, 1_000_000, 0), new(2, 500_000, 400_000), new(3, 0, 600_000)];

    // By default it may be 20 % off, and draw 50 W for itself.
    [Theory]
    [InlineData(0, 0, 0, 0, false)]
    [InlineData(0, 0, 0, 50, false)]
    [InlineData(0, 0, 0, 51, true)] // nothing is fed, and something draws
    [InlineData(1, 0, 0, 799, true)] // 1,000 - 20 %
    [InlineData(1, 0, 0, 800, false)]
    [InlineData(1, 0, 0, 1_250, false)] // 50 + 1,000 + 20 %
    [InlineData(1, 0, 0, 1_251, true)]
    [InlineData(1, 1, 0, 1_199, true)] // 1,500 - 20 %
    [InlineData(1, 1, 0, 1_200, false)]
    [InlineData(1, 1, 0, 2_330, false)] // 50 + 1,900 + 20 %
    [InlineData(1, 1, 0, 2_331, true)]
    [InlineData(0, 0, 1, 0, false)] // all dimmed to nothing
    [InlineData(0, 0, 1, 770, false)] // 50 + 600 + 20 %
    [InlineData(0, 0, 1, 771, true)]
    public void Its_power_lies_between_what_its_lamps_draw_at_least_and_at_most(int first, int second, int third, double watts, bool isUnexpected)
    {
        var cabinet = Cabinet();
        Say(cabinet, 0, watts, first, second, third);
        Say(cabinet, 29, watts, first, second, third);
        Assert.Empty(cabinet.Conditions);

        Say(cabinet, 30, watts, first, second, third);
        Assert.Equal(isUnexpected ? ["consumptionUnexpected"] : [], cabinet.Conditions.Select(condition => condition.Condition));
        Assert.Equal(isUnexpected ? DeviceStatus.Warning : DeviceStatus.Ok, cabinet.Contribution.Status);
    }

    [Fact]
    public void It_ends_five_points_inside()
    {
        var cabinet = Cabinet();
        foreach (var (minutes, watts, holds) in new[] { (0, 700.0, false), (30, 700, true), (45, 820, true), (60, 849, true), (75, 850, false), (90, 800, false) })
        {
            Say(cabinet, minutes, watts, 1, 0, 0);
            Assert.Equal(holds ? 1 : 0, cabinet.Conditions.Length);
        }
    }

    [Fact]
    public void Its_limits_are_attributes()
    {
        var cabinet = Cabinet(("consumptionTolerancePercent", 10), ("consumptionDelayMinutes", 5), ("ownWatts", 100));
        Say(cabinet, 0, 899, 1, 0, 0);
        Say(cabinet, 5, 899, 1, 0, 0);
        Assert.Single(cabinet.Conditions);

        Say(cabinet, 6, 1_150, 1, 0, 0); // 100 + 1,000 + 5 %
        Assert.Empty(cabinet.Conditions);
        Say(cabinet, 7, 1_200, 1, 0, 0); // 100 + 1,000 + 10 %
        Say(cabinet, 12, 1_200, 1, 0, 0);
        Assert.Empty(cabinet.Conditions);
    }

    [Fact]
    public void One_good_report_in_between_begins_anew_and_one_that_measures_nothing_does_not()
    {
        var cabinet = Cabinet();
        Say(cabinet, 0, 700, 1, 0, 0);
        Say(cabinet, 15, 1_000, 1, 0, 0);
        Say(cabinet, 20, 700, 1, 0, 0);
        Say(cabinet, 45, 700, 1, 0, 0);
        Assert.Empty(cabinet.Conditions);

        cabinet.Report(Evening.Minutes(55), ("doorOpen", 0));
        Assert.Empty(cabinet.Conditions);
        Say(cabinet, 56, 700, 1, 0, 0);
        Assert.Single(cabinet.Conditions);
    }

    [Theory]
    [InlineData("supplyVolts", 20)]
    [InlineData("breakerTripped", 1)]
    public void Without_supply_nothing_is_expected(string metric, double value)
    {
        var cabinet = Cabinet();
        Say(cabinet, 0, 0, 1, 0, 0);
        cabinet.Report(Evening.Minutes(30), (metric, value), ("powerWatts", 0));
        Say(cabinet, 60, 0, 1, 0, 0);

        Assert.DoesNotContain(cabinet.Conditions, condition => condition.Condition == "consumptionUnexpected");
    }

    [Fact]
    public void It_is_judged_once_it_has_said_of_every_segment_with_lamps_whether_it_is_fed()
    {
        var cabinet = Cabinet();
        foreach (var minutes in new[] { 0, 30, 60 })
        {
            cabinet.Report(Evening.Minutes(minutes), ("powerWatts", 5_000), ("segment1On", 1), ("segment2On", 1));
            Assert.Empty(cabinet.Conditions);
        }

        Say(cabinet, 90, 5_000, 1, 1, 1);
        Say(cabinet, 120, 5_000, 1, 1, 1);
        Assert.Single(cabinet.Conditions);
    }

    [Fact]
    public void A_cabinet_of_whose_lamps_nobody_knows_is_not_judged()
    {
        var (unknown, taken) = (TestDevice.Of(DeviceKind.Cabinet), Cabinet());
        foreach (var minutes in new[] { 0, 30 })
        {
            Say(unknown, minutes, 9_000, 1, 1, 1);
            Say(taken, minutes, 9_000, 1, 1, 1);
        }

        Assert.Empty(unknown.Conditions);
        Assert.Single(taken.Conditions);
        taken.Desire(Expect([]));
        Say(taken, 45, 9_000, 1, 1, 1);
        Assert.Empty(taken.Conditions);
    }

    [Fact]
    public void What_lies_between_the_sums_of_its_lamps_is_never_unexpected_and_what_lies_beyond_them_for_long_always_is()
    {
        var cases = from first in Gen.Choose(0, 1)
                    from second in Gen.Choose(0, 1)
                    from third in Gen.Choose(0, 1)
                    from dimming in Gen.Choose(0, 100)
                    from share in Gen.Choose(-150, 150)
                    select (first, second, third, dimming, share);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(cases.ToArbitrary(), test =>
        {
            // What lamps draw that are as they were registered, at some dimming, and the same with a share of it more or less.
            var (passive, controlled) = ((1_000.0 * test.first) + (500 * test.second), (400.0 * test.second) + (600 * test.third));
            var (sound, off) = (passive + (controlled * test.dimming / 100), (passive + controlled) * test.share / 100);
            var cabinet = Cabinet();
            foreach (var minutes in new[] { 0, 15, 30, 45 })
            {
                Say(cabinet, minutes, Math.Max(0, sound + off), test.first, test.second, test.third);
            }

            var measured = Math.Max(0, sound + off);
            var isBeyond = measured < (passive * 0.8) - 0.001 || measured > 50 + ((passive + controlled) * 1.2) + 0.001;
            var isWithin = measured >= (passive * 0.8) + 0.001 && measured <= 50 + ((passive + controlled) * 1.2) - 0.001;
            return isBeyond ? cabinet.Conditions.Length == 1 : !isWithin || cabinet.Conditions.Length == 0;
        }));
    }

    private static TestDevice Cabinet(params (string, object)[] attributes)
    {
        var cabinet = TestDevice.Of(DeviceKind.Cabinet, attributes);
        cabinet.Desire(Expect(Loads));
        return cabinet;
    }

    private static DesiredChange Expect(SegmentLoad[] loads) => new()
    {
        Command = "plan:none",
        Name = CommandCatalog.FollowPlan,
        Arguments = ImmutableSortedDictionary<string, double>.Empty,
        At = Entries.Start,
        Layer = ControlLayer.Plan,
        Expected = new ExpectedSegments { Sector = TestDevice.Sector, Loads = [.. loads] },
    };

    private static void Say(TestDevice cabinet, int minutes, double watts, int first, int second, int third) => cabinet.Report(
        Evening.Minutes(minutes), ("powerWatts", watts), ("segment1On", first), ("segment2On", second), ("segment3On", third), ("supplyVolts", 230), ("breakerTripped", 0));
}
