using System.Collections.Immutable;
using Grid.Connectors.Simulator.Models;
using Grid.Connectors.Simulator.Sky;
using Grid.Connectors.Simulator.Supply;
using Grid.Connectors.Simulator.Water;
using Grid.Contracts.Devices;
using Grid.Contracts.Territories;

namespace Grid.Connectors.Simulator;

/// <summary>Turns descriptors into models: cabinets last, once all the lamps that they feed are known.</summary>
internal sealed class FleetAssembly(ITerritoryTable table, long seed, double faultRate = 1)
{
    private const double DefaultRatedWatts = 60;
    private const double DefaultFloorSquareMetres = 800;
    private const int MostMinutes = 44_640; // between two reports

    private readonly Dictionary<string, SimulatedDevice?> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Site?> _sites = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ZoneClock> _clocks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Weather> _weather = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Feed> _feeds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ZoneSupply> _supplies = new(StringComparer.Ordinal);
    private readonly List<DeviceDescriptor> _cabinets = [];
    private readonly List<(string Device, string Supply)> _fed = [];
    private readonly List<(string Device, int Minutes)> _intervals = [];
    private readonly Dictionary<string, StreetSupply> _streets = new(StringComparer.Ordinal);

    /// <summary>The networks of water zones, by zone.</summary>
    public IReadOnlyDictionary<string, ZoneSupply> Supplies => _supplies;

    /// <summary>The electricity of streets.</summary>
    public IReadOnlyCollection<StreetSupply> Streets => _streets.Values;

    /// <summary>Power of a light point at full light, as it was registered.</summary>
    public static double RatedWattsOf(DeviceDescriptor lamp) => lamp.Number("ratedWatts") ?? DefaultRatedWatts;

    /// <summary>The segment on which a light point hangs, from 1.</summary>
    public static int SegmentOf(DeviceDescriptor lamp) => (int)Math.Clamp(lamp.Number("segment") ?? 1, 1, LightingCabinet.MaximumSegments);

    /// <summary>True for a water meter of a customer that sends a frame a day.</summary>
    public static bool KeepsDays(DeviceDescriptor device) =>
        device.Kind == DeviceKind.Meter && device.Flag(SimulatedFleet.DayFrameAttribute) && FluidOf(device) == MeterFluid.Water && device.Text("zoneRole") is null;

    public void Add(DeviceDescriptor device)
    {
        if (SiteOf(device.Commune) is not { } site) return;
        var key = Seeded.Key((ulong)seed, device.Id);
        if (device.Text(DeviceLinks.SupplyAttribute) is { } feeds && IsFed(device)) _fed.Add((device.Id, feeds));
        if (device.Number("reportingIntervalMinutes") is { } minutes) _intervals.Add((device.Id, (int)Math.Clamp(Math.Round(minutes), 1, MostMinutes)));
        switch (device.Kind)
        {
            case DeviceKind.Cabinet:
                _cabinets.Add(device);
                break;
            case DeviceKind.Streetlight:
                AddLamp(device, key, site);
                break;
            case DeviceKind.Meter:
                _byId[device.Id] = MakeMeter(device, key, site);
                break;
            case DeviceKind.Building:
                var area = device.Number("floorAreaSquareMetres") ?? DefaultFloorSquareMetres;
                _byId[device.Id] = new PublicBuilding(device.Id, key, site, device.Text("type") ?? "office", area);
                break;
            case DeviceKind.Bin:
                _byId[device.Id] = new WasteBin(device.Id, key, site);
                break;
            case DeviceKind.Environment:
                _byId[device.Id] = new EnvironmentSensor(device.Id, key, site, device.Text("sensor") ?? "rain");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(device), device.Kind, "a kind of device that the simulator does not know");
        }
    }

    /// <summary>The models in order of their keys, and every device by key.</summary>
    public (ImmutableArray<SimulatedDevice> Reporting, Dictionary<string, SimulatedDevice?> ById) Complete()
    {
        foreach (var cabinet in _cabinets) _byId[cabinet.Id] = MakeCabinet(cabinet, SiteOf(cabinet.Commune)!);
        foreach (var (device, supply) in _fed)
        {
            if (_byId[device] is { } model) model.Supply = StreetOf(supply);
        }

        foreach (var (device, minutes) in _intervals)
        {
            if (_byId[device] is { } model) model.OwnMinutes = minutes;
        }

        // In order of keys: the schedule then does not depend on the order in which a registry lists them.
        var reporting = _byId.Values.OfType<SimulatedDevice>().ToArray();
        Array.Sort(reporting, static (a, b) => string.CompareOrdinal(a.Id, b.Id));
        return (ImmutableArray.Create(reporting), _byId);
    }

    /// <summary>True for what has no battery of its own.</summary>
    private static bool IsFed(DeviceDescriptor device) =>
        device.Kind is DeviceKind.Cabinet or DeviceKind.Streetlight or DeviceKind.Building || (device.Kind == DeviceKind.Meter && FluidOf(device) is MeterFluid.Electricity or MeterFluid.Heat);

    private StreetSupply StreetOf(string supply)
    {
        if (!_streets.TryGetValue(supply, out var street)) _streets[supply] = street = new StreetSupply(supply, Seeded.Key((ulong)seed, supply), faultRate);
        return street;
    }

    private SimulatedDevice MakeMeter(DeviceDescriptor device, ulong key, Site site)
    {
        var fluid = FluidOf(device);
        var zone = fluid == MeterFluid.Water && device.Text("zone") is { } id ? SupplyOf(id) : null;
        switch (zone, device.Text("zoneRole"))
        {
            case ({ } supply, "inlet"):
                var inlet = new ZoneMeter(device.Id, key, site, supply);
                supply.AddInlet(inlet);
                supply.ConnectedShare = Math.Clamp(device.Number("connectedPercent") ?? 100, 1, 100) / 100;
                return inlet;
            case ({ } supply, "outlet"):
                var outlet = new ZoneMeter(device.Id, key, site, supply);
                supply.AddOutlet(outlet);
                return outlet;
            default:
                var meter = new HouseholdMeter(
                    device.Id, key, site, fluid, device.Number("persons") ?? 2, device.Number("pulseLitres") ?? 1, device.Number("indexMaximum") ?? 0,
                    isOfBuilding: device.Text(DeviceLinks.BuildingAttribute) is not null)
                { KeepsDays = KeepsDays(device) };
                zone?.AddCustomer(meter);
                return meter;
        }
    }

    private ZoneSupply SupplyOf(string zone)
    {
        if (!_supplies.TryGetValue(zone, out var supply)) _supplies[zone] = supply = new ZoneSupply(Seeded.Key((ulong)seed, zone), faultRate);
        return supply;
    }

    private void AddLamp(DeviceDescriptor device, ulong key, Site site)
    {
        var watts = RatedWattsOf(device);
        var lamp = device.Flag("passive") ? null : new ControlledLamp(device.Id, key, site, watts, SchedulingOf(device, Scheduling.Factory), device.Number("ratedLifeHours") ?? ControlledLamp.UsualLifeHours);
        _byId[device.Id] = lamp;
        if (device.Text("cabinet") is not { } cabinet) return;
        if (!_feeds.TryGetValue(cabinet, out var feed)) _feeds[cabinet] = feed = new Feed();
        var segment = SegmentOf(device);
        feed.Segments = Math.Max(feed.Segments, segment);
        if (lamp is null)
        {
            feed.PassiveWatts[segment - 1] += watts;
        }
        else
        {
            feed.Controlled.Add(lamp);
            feed.HasControlled[segment - 1] = true;
        }
    }

    private LightingCabinet MakeCabinet(DeviceDescriptor cabinet, Site site)
    {
        var feed = _feeds.GetValueOrDefault(cabinet.Id) ?? new Feed();
        var segments = (int)Math.Clamp(cabinet.Number("segments") ?? feed.Segments, Math.Max(1, feed.Segments), LightingCabinet.MaximumSegments);
        Span<bool> isPermanent = stackalloc bool[segments];
        for (var index = 0; index < segments; index++) isPermanent[index] = feed.HasControlled[index] && feed.PassiveWatts[index] == 0;
        return new LightingCabinet(
            cabinet.Id, Seeded.Key((ulong)seed, cabinet.Id), site, feed.PassiveWatts.AsSpan(0, segments), isPermanent, [.. feed.Controlled],
            SchedulingOf(cabinet, Scheduling.Own));
    }

    private Site? SiteOf(string inseeCode)
    {
        if (_sites.TryGetValue(inseeCode, out var site)) return site;
        if (table.FindCommune(inseeCode) is { } commune && table.FindDepartment(commune.Department) is { } department)
        {
            if (!_clocks.TryGetValue(department.ZoneId, out var clock)) _clocks[department.ZoneId] = clock = new ZoneClock(department.ZoneId);
            if (!_weather.TryGetValue(department.Code, out var weather)) _weather[department.Code] = weather = Weather.Over(table, department.Code, seed);
            site = new Site((ulong)seed, commune, clock, weather) { FaultRate = faultRate, Floods = weather.Floods(faultRate) };
        }

        _sites[inseeCode] = site;
        return site;
    }

    /// <summary>Attribute <c>scheduler</c>; <paramref name="otherwise"/> without it.</summary>
    private static Scheduling SchedulingOf(DeviceDescriptor device, Scheduling otherwise) => device.Attributes.GetValueOrDefault("scheduler").Flag switch
    {
        true => Scheduling.Own,
        false => Scheduling.None,
        null => otherwise,
    };

    private static MeterFluid FluidOf(DeviceDescriptor device) => device.Text("fluid") switch
    {
        "electricity" => MeterFluid.Electricity,
        "gas" => MeterFluid.Gas,
        "heat" => MeterFluid.Heat,
        _ => MeterFluid.Water,
    };

    private sealed class Feed
    {
        public double[] PassiveWatts { get; } = new double[LightingCabinet.MaximumSegments];

        public bool[] HasControlled { get; } = new bool[LightingCabinet.MaximumSegments];

        public List<ControlledLamp> Controlled { get; } = [];

        public int Segments { get; set; } = 1;
    }
}
