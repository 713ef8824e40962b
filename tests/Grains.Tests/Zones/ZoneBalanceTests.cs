using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Zones;
using Grid.Grains.Zones;

namespace Grid.Tests.Grains.Zones;

public sealed class ZoneBalanceTests
{
    private const int Yesterday = 2;
    private const int FirstDay = ZoneMeter.FirstDay;

    [Fact]
    public void A_day_is_known_when_a_reading_closes_it_and_one_closes_the_day_before()
    {
        var meter = new ZoneMeter(ZoneRole.Customer).Read(47, 100).Read(60, 130).Read(71, 150);

        Assert.Equal(50_000, meter.AmountOn(Yesterday));
        // The next day does not change it.
        Assert.Equal(50_000, meter.Read(80, 190).AmountOn(Yesterday));
    }

    [Fact]
    public void An_index_of_exactly_midnight_closes_the_day_before() =>
        Assert.Equal(50_000, new ZoneMeter(ZoneRole.Customer).Read(48, 100).Read(72, 150).Read(96, 170).AmountOn(Yesterday));

    [Fact]
    public void A_day_is_exact_when_it_was_read_at_both_midnights()
    {
        var meter = new ZoneMeter(ZoneRole.Customer).Read(48, 100).Read(60, 130).Read(72, 150);

        Assert.True(meter.IsExactOn(Yesterday));
        Assert.True(meter.Read(80, 190).IsExactOn(Yesterday));
        Assert.False(meter.IsExactOn(3));
    }

    [Theory]
    [InlineData(47.0, 72.0)] // a midnight lost before it
    [InlineData(48.0, 71.0)] // and at its end
    [InlineData(47.9, 71.9)] // never at midnight
    public void A_day_that_was_read_near_its_midnights_is_known_and_not_exact(double before, double last)
    {
        var meter = new ZoneMeter(ZoneRole.Customer).Read(before, 100).Read(last, 150);

        Assert.Equal((50_000, false), (meter.AmountOn(Yesterday), meter.IsExactOn(Yesterday)));
        // The index of midnight comes late.
        Assert.Equal(before < 48 ? 47_000 : 50_000, meter.Read(48, 103).Read(72, 150).AmountOn(Yesterday));
        Assert.True(meter.IsExactOn(Yesterday));
    }

    [Theory]
    [InlineData(47.0, 67.5)] // silent from the evening on: the amount is not the whole day's
    [InlineData(44.5, 71.0)] // silent the evening before: the amount is not only the day's
    [InlineData(23.0, 71.0)] // not heard on the day before at all
    public void A_day_without_its_closing_readings_is_not_known(double before, double last)
    {
        var meter = new ZoneMeter(ZoneRole.Customer).Read(before, 100).Read(last, 150);

        Assert.Null(meter.AmountOn(Yesterday));
        Assert.Null(meter.Read(80, 190).AmountOn(Yesterday));
    }

    [Fact]
    public void The_first_day_of_a_meter_is_not_known_for_want_of_a_reading_before_it() =>
        Assert.Null(new ZoneMeter(ZoneRole.Customer).Read(50, 100).Read(71, 150).AmountOn(Yesterday));

    [Fact]
    public void A_meter_that_reports_once_a_day_closes_its_day_whenever_it_does()
    {
        var meter = new ZoneMeter(ZoneRole.Customer) { SilentAfter = TimeSpan.FromDays(3) }.Read(30, 100).Read(54, 150);

        Assert.Equal(50_000, meter.AmountOn(Yesterday));
        Assert.Equal(50_000, meter.Read(78, 190).AmountOn(Yesterday));
        // A day that is left out is in the next one's amount, and is neither's.
        var gap = new ZoneMeter(ZoneRole.Customer) { SilentAfter = TimeSpan.FromDays(3) }.Read(6, 100).Read(54, 150);
        Assert.Null(gap.AmountOn(Yesterday));
    }

    [Fact]
    public void Late_readings_amend_their_day()
    {
        var meter = new ZoneMeter(ZoneRole.Customer).Read(47, 100).Read(60, 130).Read(80, 190);
        Assert.Null(meter.AmountOn(Yesterday));

        Assert.Equal(50_000, meter.Read(71, 150).AmountOn(Yesterday));
        Assert.Equal(50_000, meter.Read(71, 150).AmountOn(Yesterday));
    }

    [Fact]
    public void A_register_that_starts_again_and_a_meter_that_is_replaced_count_what_flowed()
    {
        var rolled = new ZoneMeter(ZoneRole.Customer, modulus: 10_000).Read(47, 9_980).Read(60, 9_999).Read(71, 30);
        Assert.Equal(50_000, rolled.AmountOn(Yesterday));

        // What flowed between the last reading of the old meter and the first of the new one is not known, and counts as nothing.
        var swapped = new ZoneMeter(ZoneRole.Customer).Read(47, 900_000).Read(60, 900_030).Read(61, 0).Read(71, 20);
        Assert.Equal(50_000, swapped.AmountOn(Yesterday));

        Assert.True(new ZoneMeter(ZoneRole.Customer, modulus: 10_000).Read(48, 9_980).Read(60, 9_999).Read(72, 30).IsExactOn(Yesterday));
        Assert.False(new ZoneMeter(ZoneRole.Customer).Read(48, 900_000).Read(60, 900_030).Read(61, 0).Read(72, 20).IsExactOn(Yesterday));
    }

    [Fact]
    public void Of_the_day_under_way_counts_what_is_known_so_far()
    {
        var meter = new ZoneMeter(ZoneRole.Customer).Read(47, 100).Read(71, 150).Read(80, 190);

        Assert.Equal(40_000, meter.AmountOn(3, askedAt: 82));
        Assert.Null(meter.AmountOn(3, askedAt: 84));
    }

    [Fact]
    public void A_balance_is_what_came_in_less_what_left_and_what_was_delivered()
    {
        var balance = Of(Part(new(2, 2, 900_000), new(1, 1, 100_000), new(10, 10, 700_000), night: 3_000, nights: 2));

        Assert.Equal(100_000, balance.LossMillilitres);
        Assert.Equal((700_000, 100_000), (balance.EstimatedDeliveredMillilitres, balance.EstimatedLossMillilitres));
        Assert.Equal((13, 13, 3_000), (balance.Meters, balance.MetersHeard, balance.NightMinimumMillilitresPerHour));
    }

    [Fact]
    public void A_balance_is_exact_when_every_meter_is()
    {
        Assert.True(Of(Part(new(1, 1, 100, 1), new(1, 1, 10, 1), new(2, 2, 80, 2))).IsExact);
        Assert.False(Of(Part(new(1, 1, 100, 1), new(1, 1, 10, 1), new(2, 2, 80, 1))).IsExact);
        Assert.Equal(3, Of(Part(new(1, 1, 100, 1), new(1, 1, 10, 1), new(2, 2, 80, 1))).MetersExact);
        Assert.False(Of(Part(default, default, default)).IsExact);
    }

    [Fact]
    public void Customers_that_are_missing_are_estimated_apart_from_what_was_measured()
    {
        var balance = Of(Part(new(1, 1, 1_000_000), default, new(10, 8, 640_000)));

        Assert.Equal((640_000, 360_000), (balance.Customers.Millilitres, balance.LossMillilitres));
        Assert.Equal((800_000, 200_000), (balance.EstimatedDeliveredMillilitres, balance.EstimatedLossMillilitres));
        Assert.Equal((11, 9), (balance.Meters, balance.MetersHeard));
    }

    [Theory]
    [InlineData(0, 0, 0, 0)] // no inlet
    [InlineData(2, 1, 0, 0)] // an inlet is missing
    [InlineData(1, 1, 1, 0)] // an outlet is missing
    public void Without_every_inlet_and_outlet_there_is_no_loss(int inlets, int inletsHeard, int outlets, int outletsHeard)
    {
        var balance = Of(Part(new(inlets, inletsHeard, 1_000_000 * inletsHeard), new(outlets, outletsHeard, 0), new(10, 10, 700_000), night: 2_000, nights: inletsHeard));

        Assert.Null(balance.LossMillilitres);
        Assert.Null(balance.EstimatedLossMillilitres);
        Assert.Equal(700_000, balance.Customers.Millilitres);
        Assert.Equal(inlets > 0 && inlets == inletsHeard ? 2_000 : null, balance.NightMinimumMillilitresPerHour);
    }

    [Fact]
    public void Where_no_customer_is_known_nothing_is_estimated_and_where_there_is_none_nothing_is_delivered()
    {
        var unheard = Of(Part(new(1, 1, 500), default, new(3, 0, 0)));
        Assert.Null(unheard.EstimatedDeliveredMillilitres);
        Assert.Null(unheard.EstimatedLossMillilitres);

        var main = Of(Part(new(1, 1, 500), new(1, 1, 400), default));
        Assert.Equal((0, 100), (main.EstimatedDeliveredMillilitres, main.EstimatedLossMillilitres));
    }

    [Fact]
    public void An_estimate_of_the_largest_figures_does_not_overflow()
    {
        var balance = Of(Part(new(1, 1, long.MaxValue / 8), default, new(1_000_000, 999_999, long.MaxValue / 8)));

        Assert.True(balance.EstimatedDeliveredMillilitres >= long.MaxValue / 8);
    }

    [Fact]
    public void A_zone_names_its_communes_and_is_as_new_as_its_newest_part()
    {
        var old = Part(default, default, new(1, 1, 1));
        var balance = ZoneBalance.Of("Z", 5, [("29232", old), ("29019", old with { AsOf = DateTimeOffset.UnixEpoch.AddDays(9) }), ("29232", old)]);

        Assert.Equal(["29019", "29232"], balance.Communes);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddDays(9), balance.AsOf);
        Assert.Equal(3, balance.Customers.Meters);
    }

    /// <summary>
    /// Whatever the meters take, in whichever order their readings come, how often, and in whichever sectors they are: with every reading the figures are the truth to the litre, and without
    /// some they are that of the meters that are known, and say so.
    /// </summary>
    [Fact]
    public void Measured_figures_are_the_truth_of_the_meters_that_are_known() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var losesSome = random.Next(2) == 0;
            var (meters, truth, known) = (new List<ZoneMeter>(), new long[3], new long[3]);
            var heard = 0;
            for (var number = random.Next(1, 30); number >= 0; number--)
            {
                var role = number == 0 ? ZoneRole.Inlet : (ZoneRole)random.Next(3);
                var meter = new ZoneMeter(role);
                var (index, readings) = (random.NextInt64(1_000_000), new List<(double Hours, long Litres)>());
                var (before, after) = (0L, 0L);
                for (var hour = 20; hour < 90; hour++)
                {
                    index += random.Next(50);
                    readings.Add((hour + (random.NextDouble() * 0.9), index));
                    (before, after) = (hour < 48 ? index : before, hour < 72 ? index : after);
                }

                truth[(int)role] += (after - before) * 1_000;
                if (losesSome && random.Next(3) == 0)
                {
                    readings.RemoveAll(reading => reading.Hours is > 62 and < 72);
                }
                else
                {
                    known[(int)role] += (after - before) * 1_000;
                    heard++;
                }

                readings.AddRange(readings.Where(_ => random.Next(4) == 0).ToList());
                foreach (var (hours, litres) in readings.OrderBy(reading => reading.Hours + (random.Next(8) == 0 ? 5 * random.NextDouble() : 0)))
                {
                    meter.Read(hours, litres);
                }

                meters.Add(meter);
            }

            var sectors = meters.GroupBy(_ => random.Next(3)).Select(sector => ("29019", Sum(sector))).ToList();
            var balance = ZoneBalance.Of("Z", FirstDay + Yesterday, sectors);

            return balance.Inlets.Millilitres == known[(int)ZoneRole.Inlet]
                && balance.Outlets.Millilitres == known[(int)ZoneRole.Outlet]
                && balance.Customers.Millilitres == known[(int)ZoneRole.Customer]
                && balance.Meters == meters.Count
                && balance.MetersHeard == heard
                && (heard < meters.Count || balance.LossMillilitres == truth[(int)ZoneRole.Inlet] - truth[(int)ZoneRole.Outlet] - truth[(int)ZoneRole.Customer])
                && (heard < meters.Count || balance.EstimatedLossMillilitres == balance.LossMillilitres);
        }));

    private static ZonePartial Sum(IEnumerable<ZoneMeter> meters)
    {
        var sides = new ZoneSide[3];
        foreach (var meter in meters)
        {
            sides[(int)meter.Role] += ZoneBalance.SideOf(meter.KnownOf(Yesterday));
        }

        return Part(sides[(int)ZoneRole.Inlet], sides[(int)ZoneRole.Outlet], sides[(int)ZoneRole.Customer]);
    }

    private static WaterZoneBalance Of(ZonePartial part) => ZoneBalance.Of("Z", FirstDay + Yesterday, [("29019", part)]);

    private static ZonePartial Part(ZoneSide inlets, ZoneSide outlets, ZoneSide customers, long night = 0, int nights = 0) => new()
    {
        Zone = "Z",
        Inlets = inlets,
        Outlets = outlets,
        Customers = customers,
        NightMinimumMillilitresPerHour = night,
        InletsWithNight = nights,
        AsOf = DateTimeOffset.UnixEpoch,
    };
}
