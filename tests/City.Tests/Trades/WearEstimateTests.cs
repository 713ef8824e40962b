using Grid.Connectors.Simulator;
using Grid.Connectors.Simulator.Models;
using Grid.Contracts.Devices;
using Grid.Grains.Bins;
using Grid.Grains.Devices;
using Grid.Grains.Environment;
using Grid.Grains.Streetlights;
using Grid.Grains.Territory;

namespace Grid.Tests.City.Trades;

/// <summary>When lamps and batteries are expected to fail, held against when they do.</summary>
public sealed class WearEstimateTests
{
    private static readonly DateTimeOffset Start = new(2027, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Asked = Start.AddDays(150);
    private static readonly DateTimeOffset NextMonth = Asked.AddDays(31);
    private static readonly LocalCalendar Calendar = new("Europe/Paris");

    private readonly List<DeviceDescriptor> _devices = [.. DemoFleet.Create(TerritoryTable.Shared, "29", 6_000, 2)];
    private readonly SimulatedFleet _fleet;

    public WearEstimateTests() => _fleet = SimulatedFleet.Build(_devices, TerritoryTable.Shared, 2, faultRate: 30);

    private DerivedFigure? EstimateOf(DeviceDescriptor device) => device.Kind switch
    {
        DeviceKind.Streetlight => Follow<StreetlightRules, StreetlightSettings, StreetlightState>(device, 3),
        DeviceKind.Bin => Follow<BinRules, BinSettings, BinState>(device, 12),
        _ => Follow<EnvironmentRules, EnvironmentSettings, EnvironmentState>(device, 12),
    };

    private DerivedFigure? Follow<TRules, TSettings, TState>(DeviceDescriptor device, int everyHours)
        where TRules : IDeviceRules<TSettings, TState>
        where TSettings : class
        where TState : struct
    {
        var (settings, state) = (TRules.Parse(device), default(TState));
        for (var at = Start; at < Asked; at = at.AddHours(everyHours))
        {
            if (_fleet.Read(device.Id, at) is not { } reading)
            {
                continue;
            }

            var entry = new ReadingEntry { Device = device.Id, ObservedAt = at, ReceivedAt = at, Metrics = reading.Metrics };
            state = TRules.Apply(state, settings, new Report(entry, at.ToUnixTimeMilliseconds(), IsLate: false), Calendar);
        }

        return TRules.Explain(state, settings, Asked.ToUnixTimeMilliseconds(), Calendar).FirstOrDefault(figure => figure.Name is "lampFailureAt" or "batteryEmptyAt");
    }

    private Dictionary<string, DateTimeOffset> FailuresAfter(PlantedFaultKind kind) => _fleet.PlantedFaults(Asked, Asked.AddYears(2))
        .Where(fault => fault.Kind == kind && fault.From > Asked).GroupBy(fault => fault.Device).ToDictionary(faults => faults.Key, faults => faults.Min(fault => fault.From));

    [Fact]
    public void Batteries_that_are_empty_next_month_are_expected_to_be()
    {
        var failures = FailuresAfter(PlantedFaultKind.BatteryEmpty);
        var devices = _devices.Where(device => device.Kind is DeviceKind.Bin or DeviceKind.Environment).ToList();
        var estimates = devices.ToDictionary(device => device.Id, device => EstimateOf(device)?.At);
        var failing = devices.Where(device => failures.TryGetValue(device.Id, out var at) && at < NextMonth).ToList();
        var listed = devices.Where(device => estimates[device.Id] < NextMonth).ToList();

        Assert.InRange(failing.Count, 3, 100);
        Assert.InRange(listed.Count(failing.Contains) / (double)failing.Count, 0.8, 1);

        // Nobody is sent in vain: who is listed is silent already, or near its end.
        var silent = _fleet.PlantedFaults(Asked, Asked).Where(fault => fault.Kind == PlantedFaultKind.BatteryEmpty).Select(fault => fault.Device).ToHashSet();
        Assert.All(listed.Where(device => !silent.Contains(device.Id)), device => Assert.InRange(failures.GetValueOrDefault(device.Id, DateTimeOffset.MaxValue), Asked, Asked.AddDays(120)));
    }

    [Fact]
    public void Lamps_that_end_next_month_are_mostly_expected_to_and_those_far_from_their_end_are_not()
    {
        var failures = FailuresAfter(PlantedFaultKind.LampEndOfLife);
        var lamps = _devices.Where(device => device.Kind == DeviceKind.Streetlight && !device.Flag("passive")).ToList();
        var failing = lamps.Where(lamp => failures.TryGetValue(lamp.Id, out var at) && at < NextMonth).ToList();
        var late = failing.Count(lamp => !(EstimateOf(lamp)?.At < NextMonth));

        Assert.InRange(failing.Count, 3, 200);
        Assert.InRange(late / (double)failing.Count, 0, 0.6);

        // Two years of drift or of hours lie before them.
        var sound = lamps.Where(lamp => !failures.ContainsKey(lamp.Id)).Where(lamp => _fleet.Read(lamp.Id, Asked)?.Metrics.Any(metric => metric is { Name: "burningHours", Value: < 85_000 }) == true).Take(100).ToList();
        Assert.NotEmpty(sound);
        Assert.All(sound, lamp => Assert.False(EstimateOf(lamp)?.At < NextMonth));
    }
}
