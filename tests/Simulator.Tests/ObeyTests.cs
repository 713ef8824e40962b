using FsCheck;
using FsCheck.Fluent;
using Grid.Connectors.Simulator;
using Grid.Contracts.Devices;
using Grid.Grains.Territory;

namespace Grid.Tests.Simulator;

public sealed class ObeyTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 11, 0, 0, TimeSpan.Zero);
    private static readonly TerritoryTable Table = TerritoryTable.Shared;
    private static readonly List<DeviceDescriptor> Devices = [.. DemoFleet.Create(Table, "29", 2_000, 1)];
    private static readonly string Lamp = Devices.First(device => device is { Kind: DeviceKind.Streetlight, Commune: "29019" } && !device.Flag("passive")).Id;

    private readonly SimulatedFleet _fleet = SimulatedFleet.Build(Devices, Table, 1);

    [Fact]
    public void A_controlled_lamp_dims_at_once_and_returns_to_its_program_when_the_time_is_over()
    {
        Obey("setDimming", Noon, ("percent", 40), ("durationMinutes", 30));

        Assert.Equal(40, Value("dimmingPercent", Noon));
        Assert.InRange(Value("powerWatts", Noon), 5, 150);
        Assert.Equal(40, Value("dimmingPercent", Noon.AddMinutes(29.9)));
        Assert.Equal(0, Value("dimmingPercent", Noon.AddMinutes(30)));
        Assert.Equal(100, Value("dimmingPercent", Noon.AddHours(8)));
    }

    [Fact]
    public void Without_a_duration_it_stays_until_it_is_told_to_follow_its_plan()
    {
        Obey("setDimming", Noon, ("percent", 70));
        Assert.Equal(70, Value("dimmingPercent", Noon.AddDays(3)));

        Obey("followPlan", Noon.AddDays(3));
        Assert.Equal(0, Value("dimmingPercent", Noon.AddDays(3)));
    }

    [Fact]
    public void A_lamp_switched_off_at_night_burns_nothing_meanwhile()
    {
        var night = Noon.AddHours(9);
        Obey("setDimming", night, ("percent", 0), ("durationMinutes", 60));

        Assert.Equal(Value("burningHours", night), Value("burningHours", night.AddMinutes(60)));
        Assert.InRange(Value("energyWattHours", night.AddMinutes(60)) - Value("energyWattHours", night), 0, 1);
        Assert.True(Value("burningHours", night.AddMinutes(120)) > Value("burningHours", night));
    }

    [Fact]
    public void Indexes_grow_by_what_was_commanded_in_any_sequence_of_commands()
    {
        var step = Gen.Choose(0, 100).SelectMany(percent => Gen.Choose(1, 2_000).SelectMany(minutes => Gen.Choose(0, 600).Select(duration => (percent, minutes, duration))));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(100), Prop.ForAll(step.ListOf().ToArbitrary(), steps =>
        {
            var fleet = SimulatedFleet.Build(Devices.Where(device => device.Id == Lamp), Table, 1);
            var (at, energy, burning) = (Noon, 0.0, 0.0);
            foreach (var (percent, minutes, duration) in steps)
            {
                var arguments = new Dictionary<string, double> { ["percent"] = percent };
                if (duration > 0) arguments["durationMinutes"] = duration;
                fleet.Obey(Lamp, percent % 7 == 0 ? "followPlan" : "setDimming", arguments, at);
                for (var part = 0; part <= 3; part++)
                {
                    var metrics = fleet.Read(Lamp, at.AddMinutes(minutes * part / 3.0))!.Metrics;
                    var (nowEnergy, nowBurning) = (metrics[2].Value, metrics[4].Value);
                    if (nowEnergy < energy || nowBurning < burning || nowBurning > burning + (minutes / 60.0 / 3) + 0.02 && part > 0) return false;
                    (energy, burning) = (nowEnergy, nowBurning);
                }

                at = at.AddMinutes(minutes);
            }

            return true;
        }));
    }

    [Fact]
    public void An_older_desired_state_changes_nothing()
    {
        _fleet.Obey(Lamp, "setDimming", new Dictionary<string, double> { ["percent"] = 80 }, Noon, version: 5);
        _fleet.Obey(Lamp, "setDimming", new Dictionary<string, double> { ["percent"] = 20 }, Noon, version: 4);
        Assert.Equal(80, Value("dimmingPercent", Noon));

        _fleet.Obey(Lamp, "setDimming", new Dictionary<string, double> { ["percent"] = 20 }, Noon, version: 6);
        Assert.Equal(20, Value("dimmingPercent", Noon));
    }

    [Fact]
    public void Passive_lamps_strangers_and_nonsense_are_refused_with_a_reason()
    {
        var passive = Devices.First(device => device.Flag("passive")).Id;
        var meter = Devices.First(device => device.Kind == DeviceKind.Meter).Id;
        var half = new Dictionary<string, double> { ["percent"] = 50 };

        Assert.Contains("passive", _fleet.FindRefusal(passive, "setDimming", half), StringComparison.Ordinal);
        Assert.NotNull(_fleet.FindRefusal("nobody", "setDimming", half));
        Assert.NotNull(_fleet.FindRefusal(meter, "setDimming", half));
        Assert.NotNull(_fleet.FindRefusal(Lamp, "explode", half));
        Assert.Contains("percent", _fleet.FindRefusal(Lamp, "setDimming", new Dictionary<string, double> { ["percent"] = double.NaN }), StringComparison.Ordinal);
        Assert.Contains("percent", _fleet.FindRefusal(Lamp, "setDimming", new Dictionary<string, double>()), StringComparison.Ordinal);
        Assert.Null(_fleet.FindRefusal(Lamp, "setDimming", half));
        Assert.Null(_fleet.Read(passive, Noon));
    }

    [Fact]
    public void A_fleet_that_is_built_again_goes_on_obeying()
    {
        Obey("setDimming", Noon, ("percent", 40));

        var again = SimulatedFleet.Build(Devices, Table, 1, _fleet);

        Assert.Equal(_fleet.Read(Lamp, Noon.AddHours(1))!.Metrics, again.Read(Lamp, Noon.AddHours(1))!.Metrics);
    }

    private void Obey(string command, DateTimeOffset at, params (string Name, double Value)[] arguments)
    {
        var named = arguments.ToDictionary(argument => argument.Name, argument => argument.Value);
        Assert.Null(_fleet.FindRefusal(Lamp, command, named));
        _fleet.Obey(Lamp, command, named, at);
    }

    private double Value(string metric, DateTimeOffset at) => _fleet.Read(Lamp, at)!.Metrics.Single(value => value.Name == metric).Value;
}
