using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Grid.Connectors.Simulator;
using Grid.Connectors.Simulator.Demo;
using Grid.Contracts.Devices;
using Grid.Grains.Territory;

namespace Grid.Tests.Simulator;

public sealed partial class DemoFleetTests
{
    private static readonly TerritoryTable Table = TerritoryTable.Shared;

    [Theory]
    [InlineData("29", 0)]
    [InlineData("29", 1)]
    [InlineData("29", 7)]
    [InlineData("29", 277)]
    [InlineData("29", 5_000)]
    [InlineData("29", 50_000)]
    [InlineData("2A", 1_000)]
    [InlineData("75", 20_000)]
    [InlineData("984", 12)]
    public void A_demo_has_exactly_as_many_devices_as_asked_each_with_a_key_of_its_own(string department, int devices)
    {
        var made = DemoFleet.Create(Table, department, devices, 1).ToList();

        Assert.Equal(devices, made.Count);
        Assert.Equal(devices, made.Select(device => device.Id).Distinct().Count());
        Assert.All(made, device =>
        {
            Assert.Matches(Key(), device.Id);
            Assert.Equal(department, Table.FindCommune(device.Commune)!.Department);
            Assert.Equal("simulator", device.Connector!.Type);
            Assert.NotNull(device.Position);
        });
    }

    [Fact]
    public void The_same_seed_gives_the_same_devices_and_another_seed_others()
    {
        static string Text(long seed) => string.Join('\n', DemoFleet.Create(Table, "29", 5_000, seed)
            .Select(device => $"{device} {string.Join(' ', device.Attributes.Select(attribute => $"{attribute.Key}={attribute.Value}"))}"));

        Assert.Equal(Text(1), Text(1));
        Assert.NotEqual(Text(1), Text(2));
    }

    [Fact]
    public void Kinds_and_communes_get_their_share_by_population()
    {
        var fleet = new DemoFleet(Table, "29", 50_000, 1);
        var made = fleet.Descriptors().ToList();

        Assert.All(Enum.GetValues<DeviceKind>(), kind => Assert.Equal(fleet.Count(kind), made.Count(device => device.Kind == kind)));
        Assert.Equal(25.0, (double)fleet.Count(DeviceKind.Streetlight) / fleet.Count(DeviceKind.Cabinet), 0.1);
        Assert.Equal(1.5, (double)fleet.Count(DeviceKind.Streetlight) / fleet.Count(DeviceKind.Meter), 0.01);
        Assert.Equal(0.15 * 250, (double)fleet.Count(DeviceKind.Streetlight) / fleet.Count(DeviceKind.Building), 0.5);
        Assert.Equal(0.15 * 120, (double)fleet.Count(DeviceKind.Streetlight) / fleet.Count(DeviceKind.Bin), 0.2);
        var lamps = made.Where(device => device.Kind == DeviceKind.Streetlight).ToList();
        Assert.InRange(lamps.Count(lamp => lamp.Flag("passive")) / (double)lamps.Count, 0.6, 0.85);
        var brest = lamps.Count(lamp => lamp.Commune == "29019");
        Assert.Equal(142_346.0 / 933_455 * lamps.Count, brest, 1.0);
        Assert.Equal(277, made.Select(device => device.Commune).Distinct().Count());
    }

    [Theory]
    [InlineData(277)]
    [InlineData(5_000)]
    [InlineData(50_000)]
    public void A_lamp_hangs_on_a_segment_of_a_cabinet_of_its_commune_or_is_controlled(int devices)
    {
        var made = DemoFleet.Create(Table, "29", devices, 1).ToList();
        var cabinets = made.Where(device => device.Kind == DeviceKind.Cabinet).ToDictionary(device => device.Id);

        Assert.All(cabinets.Values, cabinet => Assert.InRange(cabinet.Number("segments")!.Value, 1, 8));
        Assert.All(made.Where(device => device.Kind == DeviceKind.Streetlight), lamp =>
        {
            Assert.InRange(lamp.Number("ratedWatts")!.Value, 20, 200);
            if (lamp.Text("cabinet") is not { } key)
            {
                Assert.False(lamp.Flag("passive"));
                return;
            }

            Assert.Equal(lamp.Commune, cabinets[key].Commune);
            Assert.InRange(lamp.Number("segment")!.Value, 1, cabinets[key].Number("segments")!.Value);
        });
    }

    [Fact]
    public void Controlled_and_passive_lamps_share_no_segment()
    {
        var segments = DemoFleet.Create(Table, "29", 20_000, 1)
            .Where(device => device.Kind == DeviceKind.Streetlight && device.Text("cabinet") is not null)
            .GroupBy(lamp => (lamp.Text("cabinet"), lamp.Number("segment")));

        Assert.All(segments, segment => Assert.Single(segment.Select(lamp => lamp.Flag("passive")).Distinct()));
    }

    [Fact]
    public void Lamps_stand_near_their_cabinet_and_cabinets_near_their_commune()
    {
        var made = DemoFleet.Create(Table, "29", 50_000, 1).ToDictionary(device => device.Id);

        Assert.All(made.Values, device =>
        {
            var commune = Table.FindCommune(device.Commune)!;
            Assert.InRange(Kilometres(device.Position!.Value, new GeoPoint(commune.Longitude, commune.Latitude)), 0, 6);
            if (device.Text("cabinet") is { } cabinet) Assert.InRange(Kilometres(device.Position!.Value, made[cabinet].Position!.Value), 0, 0.5);
        });
    }

    [Fact]
    public void Two_in_three_controlled_lamps_keep_programs_and_in_two_communes_of_five_they_are_behind_a_radio_gateway()
    {
        var made = DemoFleet.Create(Table, "29", 50_000, 1).ToList();
        var controlled = made.Where(device => device.Kind == DeviceKind.Streetlight && !device.Flag("passive")).ToList();
        var radio = controlled.Where(lamp => lamp.Connector!.Gateway is not null).ToList();

        Assert.InRange(controlled.Count(lamp => lamp.Flag("scheduler")) / (double)controlled.Count, 0.63, 0.7);
        Assert.All(made.Except(controlled), device => Assert.False(device.Attributes.ContainsKey("scheduler") || device.Connector!.Gateway is not null));
        Assert.All(radio, lamp => Assert.Equal($"lorawan-{lamp.Commune}", lamp.Connector!.Gateway));
        var communes = radio.Select(lamp => lamp.Commune).ToHashSet();
        Assert.DoesNotContain(controlled.Except(radio), lamp => communes.Contains(lamp.Commune));
        Assert.InRange(communes.Count / (double)controlled.Select(lamp => lamp.Commune).Distinct().Count(), 0.3, 0.5);
    }

    [Fact]
    public void An_unknown_department_or_a_bad_number_is_refused()
    {
        Assert.Throws<ArgumentException>(() => DemoFleet.Create(Table, "20", 10, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DemoFleet.Create(Table, "29", -1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DemoFleet.Create(Table, "29", DemoFleet.MaximumDevices + 1, 1));
    }

    [Fact]
    public void Shares_add_up_and_differ_from_their_quota_by_less_than_one()
    {
        var cases = Gen.Choose(0, 1_000_000).SelectMany(total => Gen.Choose(0, 100_000).NonEmptyListOf().Where(list => list.Sum(weight => (long)weight) > 0).Select(list => (total, list.ToArray())));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(cases.ToArbitrary(), test =>
        {
            var (total, weights) = test;
            var shares = Apportionment.Share(total, [.. weights.Select(weight => (long)weight)]);
            var sum = weights.Sum(weight => (double)weight);
            return shares.Sum() == total && shares.Zip(weights).All(pair => Math.Abs(pair.First - ((double)total * pair.Second / sum)) < 1 + 1e-6);
        }));
    }

    private static double Kilometres(GeoPoint a, GeoPoint b) => 111.32 * Math.Sqrt(
        Math.Pow((a.Longitude - b.Longitude) * Math.Cos(a.Latitude * Math.PI / 180), 2) + Math.Pow(a.Latitude - b.Latitude, 2));

    [GeneratedRegex("^[A-Za-z0-9._:-]{1,64}$")]
    private static partial Regex Key();
}
