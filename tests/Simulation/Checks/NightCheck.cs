using System.Collections.Immutable;
using System.Globalization;
using Grid.Client;
using Grid.Connectors.Simulator;
using Grid.Connectors.Simulator.Radio;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Lighting;
using Grid.Contracts.Sky;
using Grid.Contracts.Territories;
using Grid.Grains.Lighting;
using Grid.Grains.Lighting.Controllers;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Checks;

/// <summary>
/// A night of a whole department under one plan: every light point does what the plan says within a minute of each switch point, and the saving that Grid reports is the
/// one that follows from what the light points truly took. What should be is worked out here from the plan and the sun, what is from the simulated devices themselves.
/// </summary>
internal sealed class NightCheck
{
    /// <summary>A light point has done what its plan says within this time.</summary>
    public static readonly TimeSpan SwitchesWithin = TimeSpan.FromSeconds(60);

    private const string PlanId = "midnight-dimming";
    private const double LevelTolerance = 0.5;

    /// <summary>Passive light points are seen to be switched when their cabinet reports, every quarter of an hour: over many of them the error evens out.</summary>
    private const double PassiveTolerance = 0.02;

    /// <summary>An index is whole watt-hours.</summary>
    private const double ControlledToleranceWattHours = 3;

    private static readonly LightingPlan Plan = new()
    {
        Name = "Midnight dimming",
        Programs = [new ControlProgram("night", [new SwitchPoint("sunset", 100, 0), new SwitchPoint("23:00", 30, 0), new SwitchPoint("05:30", 100, 0), new SwitchPoint("sunrise", 0, 0)])],
        Calendar = [new CalendarEntry("always", "night", 0)],
    };

    private readonly World _world;
    private readonly Dictionary<string, Watched> _lights = new(StringComparer.Ordinal);
    private ILookup<string, Watched> _byCommune = Enumerable.Empty<Watched>().ToLookup(light => light.Descriptor.Commune);
    private ILookup<string, Watched>? _fed;

    public NightCheck(World world) => _world = world;

    /// <summary>Light points under the plan.</summary>
    public int Lights => _lights.Count;

    /// <summary>How often a light point was looked at after a switch point.</summary>
    public long Looks { get; private set; }

    /// <summary>Looks at which one did something else.</summary>
    public long Late { get; private set; }

    /// <summary>What controlled light points saved, by what Grid reports and by what they took.</summary>
    public Saving Controlled { get; private set; }

    /// <summary>The same of passive light points, which are seen when their cabinet reports.</summary>
    public Saving Passive { get; private set; }

    /// <summary>Light points that are switched live through a gateway with a budget, and what their gateways may send.</summary>
    public RadioNight Radio { get; private set; } = new(0, 0, 0, 0);

    /// <summary>Makes the plan, assigns it to every commune, and looks after each of its switch points.</summary>
    public async Task PlanAsync(GridProcess process)
    {
        var plan = process.Grains.GetGrain<ILightingPlanGrain>(PlanId);
        var faults = (await plan.Put(Plan)).Faults.AddRange((await plan.Assign([.. _world.Communes.Select(commune => new PlanAssignment { Commune = commune.InseeCode })])).Faults);
        if (!faults.IsEmpty)
        {
            throw new InvalidOperationException($"The plan was refused: {faults[0]}");
        }

        foreach (var record in _world.Registry.Devices.Values.Where(record => record.Descriptor.Kind == DeviceKind.Streetlight))
        {
            _lights.Add(record.Descriptor.Id, new Watched(record.Descriptor));
        }

        _byCommune = _lights.Values.ToLookup(light => light.Descriptor.Commune, StringComparer.Ordinal);
        var gateways = _lights.Values.Select(light => light.Descriptor)
            .Where(light => !light.Flag("passive") && !ControllerRules.HasScheduler(light) && LoRaGateways.Contains(ConnectorSpec.GatewayOf(light.Connector)))
            .CountBy(light => ConnectorSpec.GatewayOf(light.Connector)).Select(gateway => gateway.Value).ToArray();

        // After a pause: what the bucket holds, and what flows into it meanwhile.
        var unicast = LoRaGateways.Budget.Burst + (int)(LoRaGateways.Budget.PerHour * SwitchesWithin.TotalHours);
        Radio = new RadioNight(gateways.Sum(), gateways.Length, gateways.Length * unicast, gateways.Length == 0 ? 0 : (double)unicast / gateways.Min());
        var parsed = PlanParsing.Parse(Plan, out _)!;
        var today = DateOnly.FromDateTime(SimulationOptions.Start.UtcDateTime);
        foreach (var commune in _world.Communes)
        {
            var place = PlaceOf(commune);
            var profile = parsed.Compile(place, new LocalNight(place, today));
            foreach (var point in profile.Points)
            {
                var at = DateTimeOffset.FromUnixTimeMilliseconds(point.At) + SwitchesWithin;
                _world.After(at - _world.Clock.GetUtcNow(), () => Look(commune.InseeCode, point.Percent));
            }
        }
    }

    /// <summary>A device says something.</summary>
    public void Judge(IncomingReading reading)
    {
        if (_lights.Count == 0)
        {
            return;
        }

        if (_lights.TryGetValue(reading.Device, out var light))
        {
            Note(light, reading.Time!.Value);
        }
        else if (_lights.Count > 0 && reading.Metrics.Length > 0 && reading.Metrics[0].Name == "segment1On")
        {
            foreach (var fed in FedBy(reading.Device))
            {
                Note(fed, reading.Time!.Value);
            }
        }
    }

    /// <summary>Compares the saving of every light point that did not fail meanwhile.</summary>
    public async Task CompareAsync(GridProcess process)
    {
        var grains = process.Get<IGridGrains>();
        foreach (var light in _lights.Values.Where(light => light.LastAt > light.FirstAt && !light.HasFailed))
        {
            var descriptor = light.Descriptor;
            var place = PlaceOf(_world.Territory.FindCommune(descriptor.Commune)!);
            var full = (descriptor.Number("ratedWatts") ?? 0) * DarkHours(place, light.FirstAt, light.LastAt);
            var wanted = full - (light.Last.WattHours - light.First.WattHours);
            var contribution = await grains.Device(DeviceKind.Streetlight, descriptor.Id).GetContribution();
            var reported = (contribution.DaySaved + contribution.PreviousDaySaved) / 1_000.0;
            if (descriptor.Flag("passive"))
            {
                Passive = Passive.With(full, reported, wanted);
                continue;
            }

            Controlled = Controlled.With(full, reported, wanted);
            if (Math.Abs(reported - wanted) > ControlledToleranceWattHours)
            {
                Violated($"{descriptor.Id} saved {reported} Wh by its reports, and {wanted} Wh by what it took");
            }
        }

        // Where light points were converted the simulator's cabinets go on drawing what those drew before.
        var judged = _world.Options.RadioRetrofitShare > 0 ? [] : _world.Registry.Devices.Values.Where(device => device.Descriptor.Kind == DeviceKind.Cabinet);
        foreach (var cabinet in judged.Select(device => device.Descriptor.Id))
        {
            foreach (var condition in (await grains.Device(DeviceKind.Cabinet, cabinet).GetView()).Conditions.Where(
                condition => condition.Condition.StartsWith("segment", StringComparison.Ordinal) || condition.Condition.StartsWith("consumption", StringComparison.Ordinal)))
            {
                Violated($"{cabinet} did what its plan says, drew what its lamps drew, and is in {condition.Condition} since {condition.Since:O}");
            }
        }

        if (Math.Abs(Passive.ReportedWattHours - Passive.TrueWattHours) > Passive.FullWattHours * PassiveTolerance)
        {
            Violated($"passive light points saved {Passive.ReportedWattHours} Wh by their reports, and {Passive.TrueWattHours} Wh by what they took, of {Passive.FullWattHours} Wh at full power");
        }
    }

    private void Look(string commune, double percent)
    {
        foreach (var light in _byCommune[commune])
        {
            Looks++;
            if (!IsAt(light.Descriptor, percent, out var shown))
            {
                Late++;
                Violated($"{light.Descriptor.Id} is at {shown} a minute after its plan went to {percent}");
            }
        }
    }

    private bool IsAt(DeviceDescriptor light, double percent, out string shown)
    {
        if (light.Flag("passive"))
        {
            var segment = string.Create(CultureInfo.InvariantCulture, $"segment{light.Number("segment") ?? 1}On");
            var on = _world.Field.Look(light.Text("cabinet")!, segment);
            shown = $"{segment} {on}";
            return on == (percent > 0 ? 1 : 0);
        }

        var level = _world.Field.Look(light.Id, "dimmingPercent");
        shown = $"{level} %";
        return Math.Abs((level ?? double.NaN) - percent) <= LevelTolerance;
    }

    private void Violated(FormattableString what) => _world.Violated("night", what.ToString(CultureInfo.InvariantCulture));

    private void Note(Watched light, DateTimeOffset at)
    {
        if (_world.Field.TruthOf(light.Descriptor, at) is { } truth)
        {
            if (light.FirstAt == default)
            {
                (light.FirstAt, light.First) = (at, truth);
                light.HasFailed = _world.Field.HasFault(light.Descriptor.Id, at, at.AddDays(1));
            }

            (light.LastAt, light.Last) = (at, truth);
        }
    }

    private IEnumerable<Watched> FedBy(string cabinet) =>
        (_fed ??= _lights.Values.Where(light => light.Descriptor.Flag("passive")).ToLookup(light => light.Descriptor.Text("cabinet")!))[cabinet];

    /// <summary>Hours between sunset and sunrise, by the sun alone.</summary>
    private static double DarkHours(LightingPlace place, DateTimeOffset from, DateTimeOffset to)
    {
        var hours = 0.0;
        for (var day = DateOnly.FromDateTime(from.UtcDateTime).AddDays(-1); day <= DateOnly.FromDateTime(to.UtcDateTime); day = day.AddDays(1))
        {
            var set = Sun.Set(day, place.Longitude, place.Latitude, Sun.RiseAndSetDegrees)!.Value;
            var rise = Sun.Rise(day.AddDays(1), place.Longitude, place.Latitude, Sun.RiseAndSetDegrees)!.Value;
            var (begin, end) = (set > from ? set : from, rise < to ? rise : to);
            hours += end > begin ? (end - begin).TotalHours : 0;
        }

        return hours;
    }

    private LightingPlace PlaceOf(Commune commune) =>
        new(commune.InseeCode, commune.Department, _world.Territory.FindDepartment(commune.Department)!.ZoneId, commune.Longitude, commune.Latitude);

    private sealed class Watched(DeviceDescriptor descriptor)
    {
        public DeviceDescriptor Descriptor { get; } = descriptor;

        public DateTimeOffset FirstAt { get; set; }

        public LampTruth First { get; set; }

        public DateTimeOffset LastAt { get; set; }

        public LampTruth Last { get; set; }

        public bool HasFailed { get; set; }
    }
}
