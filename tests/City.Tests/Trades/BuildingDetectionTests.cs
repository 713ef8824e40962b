using Grid.Connectors.Simulator;
using Grid.Connectors.Simulator.Models;
using Grid.Contracts.Devices;
using Grid.Grains.Buildings;
using Grid.Grains.Devices;
using Grid.Grains.Environment;
using Grid.Grains.Territory;

namespace Grid.Tests.City.Trades;

/// <summary>What the rules find in the reports of simulated buildings and rivers, held against what was planted.</summary>
public sealed class BuildingDetectionTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(15);
    private static readonly LocalCalendar Calendar = new("Europe/Paris");
    private const int Days = 75;

    // Until then they learn what is usual.
    private static readonly DateTimeOffset Judged = Start.AddDays(30);
    private static readonly DateTimeOffset End = Start.AddDays(Days);

    private sealed record Alarm(string Device, Conditions Condition, DateTimeOffset From, DateTimeOffset Until);

    private static (List<Alarm> Alarms, List<PlantedFault> Faults, int Devices) Run<TRules, TSettings, TState>(
        DeviceKind kind, int devices, double faultRate, Func<DeviceDescriptor, bool>? which = null)
        where TRules : IDeviceRules<TSettings, TState>
        where TState : struct
    {
        List<DeviceDescriptor> chosen = [.. DemoFleet.Create(TerritoryTable.Shared, "29", devices, 5).Where(device => device.Kind == kind && which?.Invoke(device) != false)];
        var fleet = SimulatedFleet.Build(chosen, TerritoryTable.Shared, 5, faultRate: faultRate);
        var alarms = new List<Alarm>();
        foreach (var device in chosen)
        {
            var (settings, state) = (TRules.Parse(device), default(TState));
            var since = new Dictionary<Conditions, DateTimeOffset>();
            for (var at = Start; at < End; at += Step)
            {
                if (fleet.Read(device.Id, at) is not { } reading) continue;
                var entry = new ReadingEntry { Device = device.Id, ObservedAt = at, ReceivedAt = at, Metrics = reading.Metrics };
                state = TRules.Apply(state, settings, new Report(entry, at.ToUnixTimeMilliseconds(), IsLate: false), Calendar);
                var holds = TRules.ConditionsOf(state);
                foreach (var condition in since.Keys.Where(condition => !holds.HasFlag(condition)).ToList())
                {
                    alarms.Add(new Alarm(device.Id, condition, since[condition], at));
                    since.Remove(condition);
                }

                foreach (var condition in Enum.GetValues<Conditions>().Where(condition => condition != Conditions.None && holds.HasFlag(condition))) since.TryAdd(condition, at);
            }

            alarms.AddRange(since.Select(item => new Alarm(device.Id, item.Key, item.Value, End)));
        }

        return (alarms, [.. fleet.PlantedFaults(Start, End)], chosen.Count);
    }

    /// <summary>How many of the faults that begin in time are found within a time, and alarms that nothing that was planted explains.</summary>
    private static (int Faults, int Found, int False) Judge(
        (List<Alarm> Alarms, List<PlantedFault> Faults, int Devices) run, Conditions condition, TimeSpan within, TimeSpan outlasts, PlantedFaultKind kind, params PlantedFaultKind[] alsoExplain)
    {
        var alarms = run.Alarms.Where(alarm => alarm.Condition == condition && alarm.Until > Judged).ToLookup(alarm => alarm.Device);
        var faults = run.Faults.Where(fault => fault.Kind == kind && fault.From >= Judged && fault.From + within <= End).ToList();
        var found = faults.Count(fault => alarms[fault.Device].Any(alarm => alarm.From <= fault.From + within && alarm.Until >= fault.From));
        var explained = run.Faults.Where(fault => fault.Kind == kind || alsoExplain.Contains(fault.Kind)).ToLookup(fault => fault.Device);
        var unexplained = alarms.SelectMany(group => group).Where(alarm => alarm.From >= Judged)
            .Where(alarm => !explained[alarm.Device].Any(fault => alarm.From >= fault.From && alarm.From <= fault.Until + outlasts)).ToList();
        var wrong = unexplained.Count;
        foreach (var alarm in unexplained) TestContext.Current.TestOutputHelper?.WriteLine($"{alarm} of {string.Join("; ", run.Faults.Where(fault => fault.Device == alarm.Device))}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{condition}: {found} of {faults.Count} found, {wrong} wrong, {run.Devices} devices");
        return (faults.Count, found, wrong);
    }

    [Fact]
    public void Buildings_that_fail_are_found_and_those_that_do_not_are_left_in_peace()
    {
        var run = Run<BuildingRules, BuildingSettings, BuildingState>(DeviceKind.Building, 12_000, faultRate: 8);

        var heated = Judge(run, Conditions.HeatingUnoccupied, TimeSpan.FromHours(10), TimeSpan.FromHours(12), PlantedFaultKind.HeatedWhileClosed);
        var night = Judge(run, Conditions.BaseLoadHigh, TimeSpan.FromDays(4), TimeSpan.FromDays(2), PlantedFaultKind.BaseLoad);
        var air = Judge(run, Conditions.ComfortBreach, TimeSpan.FromDays(18), TimeSpan.FromDays(1), PlantedFaultKind.BadVentilation, PlantedFaultKind.HeatingFailure);
        var frost = Judge(run, Conditions.FrostRisk, TimeSpan.FromHours(1), TimeSpan.FromHours(6), PlantedFaultKind.Frost);
        var drift = Judge(run, Conditions.EnergyDrift, TimeSpan.FromDays(10), TimeSpan.FromDays(10), PlantedFaultKind.EfficiencyDrift, PlantedFaultKind.HeatedWhileClosed);

        Assert.Multiple(
            () => Assert.True(heated.Faults >= 20 && heated.Found >= 0.9 * heated.Faults, $"{heated}"),
            () => Assert.True(night.Faults >= 5 && night.Found >= 0.9 * night.Faults, $"{night}"),
            () => Assert.True(air.Faults >= 3 && air.Found >= 0.8 * air.Faults, $"{air}"),
            () => Assert.True(frost.Faults >= 1 && frost.Found == frost.Faults, $"{frost}"),
            () => Assert.True(drift.Faults >= 5 && drift.Found >= 0.7 * drift.Faults, $"{drift}"),
            // A building that cools slowly near its setback, with the noise of its thermometer, is taken for heated for a quarter of an hour or two in its seventh hour.
            () => Assert.InRange(heated.False, 0, run.Devices / 30),
            () => Assert.Equal(0, night.False),
            () => Assert.InRange(air.False, 0, 1),
            () => Assert.Equal(0, frost.False),
            () => Assert.InRange(drift.False, 0, run.Devices / 20));
    }

    [Fact]
    public void Buildings_that_do_not_fail_raise_nothing()
    {
        var run = Run<BuildingRules, BuildingSettings, BuildingState>(DeviceKind.Building, 6_000, faultRate: 0);
        Conditions[] own = [Conditions.HeatingUnoccupied, Conditions.BaseLoadHigh, Conditions.ComfortBreach, Conditions.FrostRisk, Conditions.EnergyDrift];

        Assert.DoesNotContain(run.Alarms, alarm => own.Contains(alarm.Condition));
    }

    [Fact]
    public void Floods_are_found_within_an_hour_and_a_half_and_neither_rain_nor_bad_values_are_taken_for_one()
    {
        var run = Run<EnvironmentRules, EnvironmentSettings, EnvironmentState>(DeviceKind.Environment, 40_000, faultRate: 8, sensor => sensor.Text("sensor") == "river");
        var (faults, found, wrong) = Judge(run, Conditions.RapidRise, TimeSpan.FromMinutes(90), TimeSpan.FromHours(2), PlantedFaultKind.Flood);

        Assert.True(faults >= 5 && found == faults, $"{found} of {faults}");
        Assert.Equal(0, wrong);
    }
}
