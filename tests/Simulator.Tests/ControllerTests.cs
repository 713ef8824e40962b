using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Grid.Connectors.Simulator;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;
using Grid.Grains.Territory;

namespace Grid.Tests.Simulator;

/// <summary>Lamps and cabinets at Brest in the night of 23 November 2026: the sun sets at 17:31 and rises at 08:38, UTC+1.</summary>
public sealed class ControllerTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.FromHours(1));
    private static readonly TerritoryTable Table = TerritoryTable.Shared;
    private static readonly ImmutableArray<DeviceDescriptor> Devices =
    [
        Device("scheduled", DeviceKind.Streetlight, ("scheduler", AttributeValue.Of(true)), ("ratedWatts", AttributeValue.Of(100))),
        Device("plain", DeviceKind.Streetlight, ("ratedWatts", AttributeValue.Of(100))),
        Device("bare", DeviceKind.Streetlight, ("scheduler", AttributeValue.Of(false)), ("ratedWatts", AttributeValue.Of(100))),
        Device("cabinet", DeviceKind.Cabinet, ("segments", AttributeValue.Of(3))),
        Device("bare-cabinet", DeviceKind.Cabinet, ("segments", AttributeValue.Of(1)), ("scheduler", AttributeValue.Of(false))),
        .. Enumerable.Range(1, 4).Select(lamp => Device(
            $"passive-{lamp}", DeviceKind.Streetlight, ("passive", AttributeValue.Of(true)), ("cabinet", AttributeValue.Of("cabinet")),
            ("segment", AttributeValue.Of(1 + (lamp % 2))), ("ratedWatts", AttributeValue.Of(50)))),
        Device("fed", DeviceKind.Streetlight, ("cabinet", AttributeValue.Of("cabinet")), ("segment", AttributeValue.Of(3))),
    ];

    private readonly SimulatedFleet _fleet = SimulatedFleet.Build(Devices, Table, 1);

    [Fact]
    public void A_lamp_with_a_scheduler_follows_its_program_from_the_moment_on_that_it_has_it()
    {
        Assert.Equal(0, Value("scheduled", "programVersion", Noon));
        Assert.Equal(100, Value("scheduled", "dimmingPercent", At(22)));

        Load("scheduled", Programs.Midnight(version: 3), At(22));

        Assert.Equal(3, Value("scheduled", "programVersion", At(22)));
        Assert.Equal(100, Value("scheduled", "dimmingPercent", At(22.99)));
        Assert.Equal(30, Value("scheduled", "dimmingPercent", At(23)));
        Assert.Equal(100, Value("scheduled", "dimmingPercent", At(29)));
        Assert.Equal(0, Value("scheduled", "dimmingPercent", At(33)));
        Assert.Equal(30, Value("scheduled", "dimmingPercent", At(24 * 400)));
    }

    [Fact]
    public void An_older_program_changes_nothing_and_the_versions_of_program_and_desired_state_are_apart()
    {
        Obey("scheduled", "setDimming", Noon, 900, ("percent", 70));
        Load("scheduled", Programs.Midnight(version: 5, dimmed: 50), Noon);
        Load("scheduled", Programs.Midnight(version: 4, dimmed: 10), Noon.AddMinutes(1));
        Obey("scheduled", "followPlan", Noon.AddMinutes(2), 901);

        Assert.Equal((5, 50), (Value("scheduled", "programVersion", At(23)), Value("scheduled", "dimmingPercent", At(23))));
    }

    [Fact]
    public void A_program_that_comes_during_an_override_waits_for_its_end()
    {
        Obey("scheduled", "setDimming", At(22), 1, ("percent", 70), ("durationMinutes", 120));
        Load("scheduled", Programs.Midnight(), At(22.5));

        Assert.Equal(70, Value("scheduled", "dimmingPercent", At(23.99)));
        Assert.Equal(30, Value("scheduled", "dimmingPercent", At(24)));
    }

    [Fact]
    public void A_lamp_without_a_scheduler_takes_no_program_and_returns_to_the_level_that_it_held()
    {
        Assert.Contains("no scheduler", Refusal("plain", "loadProgram", Programs.Midnight()), StringComparison.Ordinal);
        Assert.DoesNotContain(_fleet.Read("plain", Noon)!.Metrics, metric => metric.Name == "programVersion");
        Assert.Equal(100, Value("plain", "dimmingPercent", At(22)));

        Obey("plain", "setDimming", At(22), 1, ("percent", 60));
        Obey("plain", "setDimming", At(23), 2, ("percent", 90), ("durationMinutes", 30));

        Assert.Equal(90, Value("plain", "dimmingPercent", At(23.4)));
        Assert.Equal(60, Value("plain", "dimmingPercent", At(23.5)));
        Assert.Equal(60, Value("plain", "dimmingPercent", At(36)));
    }

    [Fact]
    public void A_lamp_that_says_it_has_no_scheduler_is_dark_until_it_is_told_something()
    {
        Assert.Equal(0, Value("bare", "dimmingPercent", At(22)));
        Assert.NotNull(Refusal("bare", "followPlan"));

        Obey("bare", "setDimming", At(22), 1, ("percent", 90), ("durationMinutes", 30));
        Assert.Equal(90, Value("bare", "dimmingPercent", At(22.4)));
        Assert.Equal(0, Value("bare", "dimmingPercent", At(22.5)));

        Obey("bare", "setDimming", At(23), 2, ("percent", 40));
        Assert.True(_fleet.SwapController("bare", At(24)));
        Assert.Equal(0, Value("bare", "dimmingPercent", At(24)));
    }

    [Fact]
    public void A_cabinets_segments_are_on_while_its_program_has_a_level()
    {
        Load("cabinet", Programs.Midnight(version: 2, dimmed: 0), Noon);

        Assert.Equal(2, Value("cabinet", "programVersion", Noon));
        Assert.Equal((0, 0, 1), Segments(Noon));
        Assert.Equal((1, 1, 1), Segments(At(22)));
        Assert.Equal((0, 0, 1), Segments(At(23)));
        Assert.Equal((1, 1, 1), Segments(At(29)));
        Assert.Equal((0, 0, 1), Segments(At(33)));
        Assert.Equal(200, Value("cabinet", "powerWatts", At(22)) - Value("cabinet", "powerWatts", At(23)), 0.2);
    }

    [Fact]
    public void Each_segment_is_told_apart_and_follows_the_program_again()
    {
        Load("cabinet", Programs.Midnight(), Noon);
        Obey("cabinet", "setSegment", Noon, 2, ("segment", 2), ("on", 1));
        Obey("cabinet", "setSegment", Noon, 1, ("segment", 1), ("on", 1), ("durationMinutes", 60));
        Assert.Equal((1, 1, 1), Segments(Noon.AddMinutes(59)));
        Assert.Equal((0, 1, 1), Segments(Noon.AddMinutes(60)));

        Obey("cabinet", "setSegment", At(14), 4, ("segment", 1), ("on", 1));
        Obey("cabinet", "followPlan", At(14.5), 3);

        Assert.Equal((1, 0, 1), Segments(At(15)));
    }

    [Fact]
    public void A_cabinet_without_a_scheduler_keeps_no_program()
    {
        Assert.NotNull(Refusal("bare-cabinet", "loadProgram", Programs.Midnight()));
        Assert.NotNull(Refusal("bare-cabinet", "followPlan"));
        Assert.Equal(0, Value("bare-cabinet", "segment1On", At(22)));
        Assert.DoesNotContain(_fleet.Read("bare-cabinet", Noon)!.Metrics, metric => metric.Name == "programVersion");

        Obey("bare-cabinet", "setSegment", At(22), 1, ("segment", 1), ("on", 1));

        Assert.Equal(1, Value("bare-cabinet", "segment1On", At(40)));
    }

    [Fact]
    public void A_segment_that_there_is_not_or_that_feeds_controllers_is_refused()
    {
        Assert.Contains("segment", Refusal("cabinet", "setSegment", null, ("segment", 4), ("on", 1)), StringComparison.Ordinal);
        Assert.Contains("always supplied", Refusal("cabinet", "setSegment", null, ("segment", 3), ("on", 0)), StringComparison.Ordinal);
        Assert.Contains("on must", Refusal("cabinet", "setSegment", null, ("segment", 1), ("on", 0.5)), StringComparison.Ordinal);
        Assert.Contains("durationMinutes", Refusal("cabinet", "setSegment", null, ("segment", 1), ("on", 1), ("durationMinutes", 0)), StringComparison.Ordinal);
        Assert.NotNull(Refusal("cabinet", "setDimming", null, ("percent", 10)));
        Assert.NotNull(Refusal("scheduled", "setSegment", null, ("segment", 1), ("on", 1)));
        Assert.Contains("zoneId", Refusal("scheduled", "loadProgram", Programs.Midnight() with { ZoneId = "Moon/Base" }), StringComparison.Ordinal);
        Assert.NotNull(Refusal("scheduled", "loadProgram"));
    }

    [Fact]
    public void A_swapped_controller_knows_no_program_until_it_is_sent_again()
    {
        foreach (var device in (string[])["scheduled", "cabinet"])
        {
            Load(device, Programs.Midnight(version: 8, dimmed: 0), Noon);
            Obey(device, "followPlan", Noon, 50);
            Assert.True(_fleet.SwapController(device, At(20)));
            Assert.Equal(0, Value(device, "programVersion", At(20)));

            Load(device, Programs.Midnight(version: 8, dimmed: 0), At(21));
            Obey(device, device == "cabinet" ? "setSegment" : "setDimming", At(21), 1, ("percent", 70), ("segment", 1), ("on", 1), ("durationMinutes", 5));

            Assert.Equal(8, Value(device, "programVersion", At(21)));
        }

        Assert.Equal(0, Value("scheduled", "dimmingPercent", At(23)));
        Assert.Equal((0, 0, 1), Segments(At(23)));
        Assert.False(_fleet.SwapController("passive-1", At(23)));
    }

    [Fact]
    public void Energy_is_the_integral_of_power_over_programs_ramps_overrides_and_a_swap()
    {
        Load("scheduled", Programs.Midnight(rampSeconds: 1_800), Noon);
        var (sum, start) = (0.0, Value("scheduled", "energyWattHours", Noon));
        for (var minute = 0; minute < 24 * 60; minute++)
        {
            if (minute == 8 * 60) Obey("scheduled", "setDimming", Noon.AddMinutes(minute), 1, ("percent", 55), ("durationMinutes", 90));
            if (minute == 14 * 60) _fleet.SwapController("scheduled", Noon.AddMinutes(minute));
            if (minute == 15 * 60) Load("scheduled", Programs.Midnight(rampSeconds: 1_800), Noon.AddMinutes(minute));
            sum += Value("scheduled", "powerWatts", Noon.AddMinutes(minute + 0.5)) / 60;
        }

        Assert.Equal(sum, Value("scheduled", "energyWattHours", Noon.AddHours(24)) - start, 3.0);
    }

    [Fact]
    public void A_ramp_is_told_when_it_begins_and_when_it_ends()
    {
        foreach (var device in (string[])["scheduled", "cabinet"]) Load(device, Programs.Midnight(rampSeconds: 600), Noon);
        _fleet.TakeSwitched(At(22.9));

        var told = Enumerable.Range(0, 1_000).Select(second => (Second: second, Count: _fleet.TakeSwitched(At(23).AddSeconds(second)).Count(device => _fleet.IdOf(device) == "scheduled"))).Where(look => look.Count > 0).ToList();

        Assert.Equal([(0, 1), (600, 1)], told);
    }

    [Fact]
    public void Counters_never_fall_whatever_is_told_in_whatever_order()
    {
        var steps = Gen.Choose(0, int.MaxValue - 1).ListOf();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(100), Prop.ForAll(steps.ToArbitrary(), list =>
        {
            var fleet = SimulatedFleet.Build(Devices, Table, 1);
            var at = Noon;
            var former = new Dictionary<(string, string), double>();
            var version = 0L;
            foreach (var seed in list)
            {
                var random = new Random(seed);
                var device = random.Next(2) == 0 ? "scheduled" : "cabinet";
                at = at.AddMinutes(random.Next(900));
                Step(fleet, random, device, at, ++version);
                if (random.Next(6) == 0) fleet = SimulatedFleet.Build(Devices, Table, 1, fleet);
                foreach (var name in (string[])["scheduled", "cabinet"])
                {
                    foreach (var metric in fleet.Read(name, at)!.Metrics.Where(metric => metric.Name is "energyWattHours" or "burningHours"))
                    {
                        Assert.True(metric.Value >= former.GetValueOrDefault((name, metric.Name)), $"{name} {metric.Name} fell to {metric.Value}");
                        former[(name, metric.Name)] = metric.Value;
                    }
                }
            }
        }));
    }

    [Fact]
    public void A_fleet_that_is_built_again_runs_the_same_programs()
    {
        Load("scheduled", Programs.Midnight(version: 2), Noon);
        Load("cabinet", Programs.Midnight(version: 3, dimmed: 0), Noon);
        Obey("cabinet", "setSegment", Noon, 2, ("segment", 2), ("on", 1));

        var again = SimulatedFleet.Build(Devices, Table, 1, _fleet);
        var recalled = SimulatedFleet.Build(Devices, Table, 1);
        foreach (var device in Devices.Where(device => _fleet.MemoryOf(device.Id) is not null)) recalled.Recall(device.Id, _fleet.MemoryOf(device.Id)!);

        foreach (var device in (string[])["scheduled", "cabinet", "plain"])
        {
            Assert.Equal(_fleet.Read(device, At(40))!.Metrics, again.Read(device, At(40))!.Metrics);
            Assert.Equal(_fleet.Read(device, At(40))!.Metrics, recalled.Read(device, At(40))!.Metrics);
        }
    }

    [Fact]
    public void One_program_of_many_controllers_is_kept_once_and_those_that_nobody_runs_are_dropped()
    {
        Load("scheduled", Programs.Midnight(version: 1), Noon);
        Load("cabinet", Programs.Midnight(version: 7), Noon);
        Assert.Equal(1, _fleet.Programs);

        for (var version = 2; version <= 500; version++) Load("scheduled", Programs.Midnight(version, version % 100, version), Noon.AddMinutes(version));

        Assert.InRange(_fleet.Programs, 2, 80);
        Assert.Equal((500, 7), (Value("scheduled", "programVersion", At(40)), Value("cabinet", "programVersion", At(40))));
        Assert.Equal((1, 1, 1), Segments(At(23.5)));
    }

    [Fact]
    public void What_is_true_of_a_lamp_can_be_held_against_what_is_reported()
    {
        Load("scheduled", Programs.Midnight(dimmed: 0), Noon);
        Load("cabinet", Programs.Midnight(dimmed: 0), Noon);
        var scheduled = Devices.First(device => device.Id == "scheduled");
        var passive = Devices.First(device => device.Id == "passive-1");

        // From 17:31 to 08:38, dark from 23:00 to 05:00.
        foreach (var lamp in (DeviceDescriptor[])[scheduled, passive])
        {
            var (from, to) = (_fleet.TruthOf(lamp, Noon)!.Value, _fleet.TruthOf(lamp, Noon.AddHours(24))!.Value);
            Assert.Equal(15.1 - 6, to.BurningHours - from.BurningHours, 0.05);
            Assert.Equal(15.1 * to.FullWatts, to.FullNightWattHours - from.FullNightWattHours, 0.05 * to.FullWatts);
            Assert.Equal(9.1 * to.FullWatts, to.WattHours - from.WattHours, (0.05 * to.FullWatts) + 10);
        }

        Assert.Equal(Value("scheduled", "energyWattHours", Noon.AddHours(24)), _fleet.TruthOf(scheduled, Noon.AddHours(24))!.Value.WattHours, 1.0);
        Assert.Null(_fleet.TruthOf(Devices.First(device => device.Kind == DeviceKind.Cabinet), Noon));
    }

    private static void Step(SimulatedFleet fleet, Random random, string device, DateTimeOffset at, long version)
    {
        var none = new Dictionary<string, double>();
        var told = new Dictionary<string, double> { ["percent"] = random.Next(101), ["segment"] = 1 + random.Next(2), ["on"] = random.Next(2) };
        if (random.Next(2) == 0) told["durationMinutes"] = 1 + random.Next(1_440);
        switch (random.Next(5))
        {
            case 0:
                fleet.Obey(device, "followPlan", none, at, version);
                break;
            case 1:
                fleet.Obey(device, "loadProgram", none, at, 0, Programs.Midnight(version, random.Next(101), random.Next(3_600)));
                break;
            case 2:
                fleet.SwapController(device, at);
                break;
            default:
                fleet.Obey(device, device == "cabinet" ? "setSegment" : "setDimming", told, at, version);
                break;
        }
    }

    private static DeviceDescriptor Device(string id, DeviceKind kind, params ReadOnlySpan<(string Name, AttributeValue Value)> attributes) => new()
    {
        Id = id,
        Kind = kind,
        Commune = "29019",
        Name = id,
        Attributes = attributes.ToArray().ToImmutableSortedDictionary(attribute => attribute.Name, attribute => attribute.Value),
        Connector = new ConnectorSpec { Type = "simulator" },
    };

    /// <summary>Hours after midnight of 23 November by the clock of Brest.</summary>
    private static DateTimeOffset At(double hours) => Noon.AddHours(hours - 12);

    private void Load(string device, ControllerProgram program, DateTimeOffset at)
    {
        Assert.Null(Refusal(device, "loadProgram", program));
        _fleet.Obey(device, "loadProgram", ImmutableSortedDictionary<string, double>.Empty, at, 0, program);
    }

    private void Obey(string device, string command, DateTimeOffset at, long version, params (string Name, double Value)[] arguments)
    {
        Assert.Null(Refusal(device, command, null, arguments));
        _fleet.Obey(device, command, arguments.ToDictionary(argument => argument.Name, argument => argument.Value), at, version);
    }

    private string? Refusal(string device, string command, ControllerProgram? program = null, params (string Name, double Value)[] arguments) =>
        _fleet.FindRefusal(device, command, arguments.ToDictionary(argument => argument.Name, argument => argument.Value), program);

    private (double, double, double) Segments(DateTimeOffset at) => (Value("cabinet", "segment1On", at), Value("cabinet", "segment2On", at), Value("cabinet", "segment3On", at));

    private double Value(string device, string metric, DateTimeOffset at) => _fleet.Read(device, at)!.Metrics.Single(value => value.Name == metric).Value;
}
