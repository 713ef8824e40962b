using Grid.Connectors.Simulator;
using Grid.Connectors.Simulator.Models;
using Grid.Contracts.Devices;
using Grid.Grains.Territory;

namespace Grid.Tests.Simulator;

/// <summary>Bins: what is true of them, and how far what they say is from it.</summary>
public sealed class BinModelTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 0, 0, 0, TimeSpan.FromHours(1));
    private static readonly TerritoryTable Table = TerritoryTable.Shared;
    private static readonly List<DeviceDescriptor> Bins = [.. DemoFleet.Create(Table, "29", 10_000, 1).Where(device => device.Kind == DeviceKind.Bin)];

    private readonly SimulatedFleet _fleet = SimulatedFleet.Build(Bins, Table, 1, faultRate: 20);

    private BinTruth Truth(DeviceDescriptor bin, DateTimeOffset at) => _fleet.BinTruthOf(bin.Id, at)!.Value;

    private double Value(string bin, string metric, DateTimeOffset at) => _fleet.Read(bin, at)!.Metrics.Single(value => value.Name == metric).Value;

    [Fact]
    public void What_is_in_a_bin_only_grows_until_something_is_taken_out()
    {
        foreach (var bin in Bins.Take(100))
        {
            var emptyings = 0;
            for (var at = Monday; at < Monday.AddDays(30); at = at.AddHours(1))
            {
                var (now, next) = (Truth(bin, at), Truth(bin, at.AddHours(1)));
                Assert.True(now.EmptiedAt <= at && at < now.NextEmptiedAt);
                if (now.NextEmptiedAt > at.AddHours(1))
                {
                    Assert.InRange(next.FillPercent - now.FillPercent, 0, 15);
                    Assert.Equal((now.EmptiedAt, now.NextEmptiedAt), (next.EmptiedAt, next.NextEmptiedAt));
                }
                else
                {
                    emptyings++;
                    Assert.Equal(now.NextEmptiedAt, next.EmptiedAt);
                    Assert.True(next.FillPercent < now.FillPercent);
                }
            }

            Assert.InRange(emptyings, 1, 9);
        }
    }

    [Fact]
    public void It_is_full_when_its_truth_said_that_it_would_be()
    {
        var reached = 0;
        foreach (var bin in Bins.Take(200))
        {
            var truth = Truth(bin, Monday);
            Assert.NotNull(truth.FullAt);
            if (truth.FullAt > Monday && truth.FullAt < truth.NextEmptiedAt)
            {
                reached++;
                Assert.InRange(Truth(bin, truth.FullAt.Value.AddSeconds(2)).FillPercent, 98, 98.2);
                Assert.True(Truth(bin, truth.FullAt.Value.AddSeconds(-2)).FillPercent < 98);
            }
        }

        Assert.InRange(reached, 5, 150);
    }

    [Fact]
    public void Some_rounds_miss_a_bin_and_some_leave_a_part()
    {
        var left = new List<double>();
        var longest = 0.0;
        foreach (var bin in Bins)
        {
            for (var truth = Truth(bin, Monday); truth.NextEmptiedAt < Monday.AddDays(40); truth = Truth(bin, truth.NextEmptiedAt.AddSeconds(1)))
            {
                left.Add(Truth(bin, truth.NextEmptiedAt.AddSeconds(1)).FillPercent);
                longest = Math.Max(longest, (truth.NextEmptiedAt - truth.EmptiedAt).TotalDays);
            }
        }

        Assert.InRange(left.Count(percent => percent > 8) / (double)left.Count, 0.01, 0.09);
        Assert.InRange(longest, 27, 45);
    }

    [Fact]
    public void A_sensor_is_off_by_at_most_5_points_but_for_a_few_echoes()
    {
        var (wild, all, sum) = (0, 0, 0.0);
        foreach (var bin in Bins)
        {
            for (var hour = 0; hour < 48; hour++)
            {
                var at = Monday.AddHours(hour);
                if (Value(bin.Id, "tilted", at) != 0) continue;
                var off = Value(bin.Id, "fillPercent", at) - Math.Min(100, Truth(bin, at).FillPercent);
                all++;
                if (Math.Abs(off) > 5.1) wild++;
                else sum += off;
            }
        }

        Assert.InRange(wild / (double)all, 0.001, 0.008);
        Assert.InRange(sum / all, -0.4, 0.4);
    }

    [Fact]
    public void The_lorry_tilts_a_bin_for_a_minute_and_a_half()
    {
        var bin = Bins[0].Id;
        var emptied = Truth(Bins[0], Monday).NextEmptiedAt;

        Assert.Equal([0, 1, 1, 0], new[] { -2, 2, 80, 95 }.Select(seconds => Value(bin, "tilted", emptied.AddSeconds(seconds))));
    }

    [Fact]
    public void A_bin_on_fire_gets_hot_within_minutes_and_cools_down_after()
    {
        var fires = _fleet.PlantedFaults(Monday.AddDays(-300), Monday).Where(fault => fault.Kind == PlantedFaultKind.Fire).ToList();

        Assert.NotEmpty(fires);
        Assert.All(fires, fire =>
        {
            Assert.True(Celsius(fire, fire.From.AddMinutes(-5)) < 60);
            Assert.True(Celsius(fire, fire.From.AddMinutes(15)) > Celsius(fire, fire.From.AddMinutes(-5)) + 60);
            Assert.True(Celsius(fire, fire.Until.AddMinutes(-1)) > 150);
            Assert.True(Celsius(fire, fire.Until.AddHours(3)) < 60);
        });

        double Celsius(PlantedFault fire, DateTimeOffset at) => Value(fire.Device, "temperatureCelsius", at);
    }

    [Fact]
    public void The_sun_warms_a_bin_to_more_than_50_degrees_and_never_fast()
    {
        var quiet = SimulatedFleet.Build(Bins, Table, 1, faultRate: 0);
        var (hottest, fastest) = (0.0, 0.0);
        foreach (var bin in Bins.Take(150))
        {
            var before = double.NaN;
            for (var at = Monday.AddDays(-140); at < Monday.AddDays(-110); at = at.AddMinutes(30))
            {
                var celsius = quiet.Read(bin.Id, at)!.Metrics[1].Value;
                hottest = Math.Max(hottest, celsius);
                if (celsius - before is var rise && rise > fastest) fastest = rise;
                before = celsius;
            }
        }

        Assert.InRange(hottest, 50, 62);
        Assert.InRange(fastest, 2, 12);
    }

    [Fact]
    public void A_tipped_bin_says_so_until_it_is_put_up_again()
    {
        var tipped = _fleet.PlantedFaults(Monday.AddDays(-300), Monday).Where(fault => fault.Kind == PlantedFaultKind.Tipped)
            .Where(fault => _fleet.Read(fault.Device, fault.From) is not null && _fleet.Read(fault.Device, fault.Until) is not null).ToList();

        Assert.NotEmpty(tipped);
        Assert.All(tipped, fault => Assert.Equal((1, 1), (Value(fault.Device, "tilted", fault.From.AddMinutes(1)), Value(fault.Device, "tilted", fault.Until.AddMinutes(-1)))));
    }

    [Fact]
    public void The_same_seed_gives_the_same_truth_in_any_order()
    {
        var again = SimulatedFleet.Build(Bins, Table, 1, faultRate: 20);
        foreach (var bin in Bins.Take(50).Reverse()) again.BinTruthOf(bin.Id, Monday.AddDays(99));

        Assert.All(Bins.Take(50), bin => Assert.Equal(Truth(bin, Monday), again.BinTruthOf(bin.Id, Monday)!.Value));
        Assert.Null(_fleet.BinTruthOf("nobody", Monday));
    }
}
