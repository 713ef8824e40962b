using System.Collections.Immutable;
using System.Globalization;
using Grid.Connectors.Simulator.Demo;
using Grid.Connectors.Simulator.Models;
using Grid.Connectors.Simulator.Radio;
using Grid.Connectors.Simulator.Sky;
using Grid.Contracts.Devices;
using Grid.Contracts.Territories;

namespace Grid.Connectors.Simulator;

/// <summary>
/// The devices of a demo department: exactly as many as asked, shared out by population, the same for the same (seed, department, number).
/// </summary>
/// <remarks>
/// By inhabitant: 15 light points in 100 and a cabinet for 25 of them; a water meter for 2, of which one in five is connected; a public building for 250; a connected bin for 120.
/// Meters belong to water zones of some hundreds, with one or two inlets that count as meters (<see cref="WaterZones"/>). By commune: 3 environment sensors. Of the controlled lamps two in three keep programs; in two communes of five they are behind a LoRaWAN gateway. First each kind gets its share of the number, then each commune its share of the kind, both by largest remainder.
/// </remarks>
public sealed class DemoFleet
{
    /// <summary>The most devices that a demo takes.</summary>
    public const int MaximumDevices = 5_000_000;

    private const double ControlledShare = 0.2; // of the lamps of a cabinet; a lamp without a cabinet is controlled
    private const double ScheduledShare = 2.0 / 3; // of the controlled lamps: they keep programs
    private const double RadioShare = 0.4; // of the communes: their controlled lamps are behind a LoRaWAN gateway
    private const int LampsPerSegment = 12;
    private const double RapidRiseMillimetresPerHour = 600; // beyond what ordinary fronts do
    private const double TertiarySquareMetres = 1_000;
    private const double ReferenceHeatingDegreeDays = 2_300; // base 18 degrees, a year of Finistère
    private const double TenLitreShare = 0.1; // of the meters: each step of their index is ten litres
    private const double ShortRegisterShare = 0.03; // of the meters
    private const double ShortRegisterLitres = 10_000_000;
    private const double DayFrameShare = 0.2; // of the meters: they send a frame a day

    // In millionths of a device for each inhabitant, and for each commune.
    private const long LampWeight = 150_000;
    private const long CabinetWeight = LampWeight / 25;
    private const long MeterWeight = 500_000 / 5;
    private const long BuildingWeight = 1_000_000 / 250;
    private const long BinWeight = 1_000_000 / 120;
    private const long SensorWeightOfCommune = 3_000_000;

    private static readonly DeviceKind[] Kinds = Enum.GetValues<DeviceKind>();
    private static readonly ConnectorSpec Simulated = new() { Type = SimulatorDownlinkSender.ConnectorType };
    private static readonly AttributeValue True = AttributeValue.Of(true);
    private static readonly AttributeValue False = AttributeValue.Of(false);
    private static readonly double[] RatedWatts = [30, 40, 40, 55, 55, 70, 75, 100, 150];

    private readonly ulong _seed;
    private readonly Weather _weather;
    private readonly ImmutableArray<Commune> _communes;
    private readonly int[][] _counts;
    private readonly ImmutableArray<ZonePart>[] _zones;

    /// <param name="table">The country's communes.</param>
    /// <param name="department">Code of the department.</param>
    /// <param name="devices">How many devices, 0 to <see cref="MaximumDevices"/>.</param>
    /// <param name="seed">Everything that is left to chance follows from it.</param>
    /// <exception cref="ArgumentException">The department is unknown.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of its range.</exception>
    public DemoFleet(ITerritoryTable table, string department, int devices, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(devices);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(devices, MaximumDevices);
        _communes = table.CommunesOf(department);
        if (_communes.IsEmpty) throw new ArgumentException($"'{department}' is no known department", nameof(department));
        _seed = Seeded.Key((ulong)seed, department);
        _weather = Weather.Over(table, department, seed);
        Devices = devices;

        var byKind = Apportionment.Share(devices, [.. Kinds.Select(kind => _communes.Sum(commune => WeightOf(kind, commune)))]);
        _counts = [.. Kinds.Select(kind => Apportionment.Share(byKind[(int)kind], [.. _communes.Select(commune => WeightOf(kind, commune))]))];
        _zones = WaterZones.Plan(_communes, _counts[(int)DeviceKind.Meter], _seed);
    }

    /// <summary>The devices of a demo department, made as they are read.</summary>
    /// <exception cref="ArgumentException">The department is unknown, or the number out of its range.</exception>
    public static IEnumerable<DeviceDescriptor> Create(ITerritoryTable table, string department, int devices, long seed) =>
        new DemoFleet(table, department, devices, seed).Descriptors();

    /// <summary>How many devices there are.</summary>
    public int Devices { get; }

    /// <summary>How many devices of a kind there are.</summary>
    public int Count(DeviceKind kind) => _counts[(int)kind].Sum();

    /// <summary>Every device, commune by commune and, in each, cabinets before the lamps that they feed. Made as they are read.</summary>
    public IEnumerable<DeviceDescriptor> Descriptors()
    {
        for (var index = 0; index < _communes.Length; index++)
        {
            var links = new DemoLinks(
                _communes[index].InseeCode, _counts[(int)DeviceKind.Cabinet][index], _counts[(int)DeviceKind.Building][index], RiverOf(_communes[index], _counts[(int)DeviceKind.Environment][index]));
            foreach (var device in DevicesOf(index)) yield return links.Link(device);
        }
    }

    private IEnumerable<DeviceDescriptor> DevicesOf(int index)
    {
        var commune = _communes[index];
        var key = Seeded.Key(_seed, commune.InseeCode);
        var streets = new Streets(commune, key);
        var cabinets = _counts[(int)DeviceKind.Cabinet][index];
        var radio = Seeded.Unit(key ^ 0x10fa, 0) < RadioShare ? Simulated with { Gateway = LoRaGateways.Prefix + commune.InseeCode } : Simulated;
        var lamps = _counts[(int)DeviceKind.Streetlight][index];
        foreach (var device in Lighting(commune, key, streets, cabinets, lamps, radio)) yield return device;
        foreach (var device in Meters(commune, key, streets, _zones[index])) yield return device;
        for (var number = 1; number <= _counts[(int)DeviceKind.Building][index]; number++) yield return Building(commune, key, streets, number);
        for (var number = 1; number <= _counts[(int)DeviceKind.Bin][index]; number++) yield return Bin(commune, key, streets, number);
        for (var number = 1; number <= _counts[(int)DeviceKind.Environment][index]; number++) yield return Sensor(commune, key, streets, number);
    }

    private static long WeightOf(DeviceKind kind, Commune commune) => kind switch
    {
        DeviceKind.Cabinet => CabinetWeight * commune.Population,
        DeviceKind.Streetlight => LampWeight * commune.Population,
        DeviceKind.Meter => MeterWeight * commune.Population,
        DeviceKind.Building => BuildingWeight * commune.Population,
        DeviceKind.Bin => BinWeight * commune.Population,
        DeviceKind.Environment => SensorWeightOfCommune,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static IEnumerable<DeviceDescriptor> Lighting(Commune commune, ulong key, Streets streets, int cabinets, int lamps, ConnectorSpec radio)
    {
        for (var cabinet = 0; cabinet < cabinets; cabinet++)
        {
            // Lamps are dealt out evenly: cabinet c feeds those from first to last.
            var first = (int)((long)lamps * cabinet / cabinets);
            var fed = (int)((long)lamps * (cabinet + 1) / cabinets) - first;
            var controlled = Enumerable.Range(first, fed).Where(lamp => Seeded.Unit(key ^ 0x1a3f, lamp) < ControlledShare).ToHashSet();
            var passive = fed - controlled.Count;
            var sunSegments = Math.Clamp((passive + LampsPerSegment - 1) / LampsPerSegment, controlled.Count == 0 ? 1 : 0, LightingCabinet.MaximumSegments - 1);
            var segments = sunSegments + (controlled.Count == 0 ? 0 : 1);
            var id = Id(commune, "cabinet", cabinet + 1);
            yield return Make(id, DeviceKind.Cabinet, commune, $"Armoire {cabinet + 1}", streets.Cabinet(cabinet, cabinets), ("segments", AttributeValue.Of(segments)));

            var dealt = 0;
            for (var lamp = first; lamp < first + fed; lamp++)
            {
                var isPassive = !controlled.Contains(lamp);
                // Controlled lamps hang on the last segment, which is always supplied.
                var segment = isPassive ? 1 + (dealt++ % sunSegments) : segments;
                yield return Lamp(commune, key, lamp, streets.LampOf(cabinet, cabinets, lamp - first), isPassive ? Simulated : radio, isPassive,
                    ("cabinet", AttributeValue.Of(id)), ("segment", AttributeValue.Of(segment)));
            }
        }

        for (var lamp = 0; cabinets == 0 && lamp < lamps; lamp++) yield return Lamp(commune, key, lamp, streets.LampAlone(lamp), radio, isPassive: false);
    }

    private static DeviceDescriptor Lamp(
        Commune commune, ulong key, int lamp, GeoPoint position, ConnectorSpec connector, bool isPassive, params ReadOnlySpan<(string Name, AttributeValue Value)> feed)
    {
        var isScheduled = !isPassive && Seeded.Unit(key ^ 0x5c3d, lamp) < ScheduledShare;
        var watts = RatedWatts[(int)(Seeded.Unit(key ^ 0x3a77, lamp) * RatedWatts.Length)];
        ReadOnlySpan<(string, AttributeValue)> scheduler = isScheduled ? [("scheduler", True)] : [];
        return Make(Id(commune, "lamp", lamp + 1), DeviceKind.Streetlight, commune, $"Point lumineux {lamp + 1}", position,
            [.. feed, ("passive", isPassive ? True : False), ("ratedWatts", AttributeValue.Of(watts)), .. scheduler]) with
        { Connector = connector };
    }

    private static IEnumerable<DeviceDescriptor> Meters(Commune commune, ulong key, Streets streets, ImmutableArray<ZonePart> parts)
    {
        var (number, inlet) = (0, 0);
        foreach (var (zone, meters, inlets) in parts)
        {
            for (var place = 0; place < meters; place++)
            {
                number++;
                yield return place < inlets ? Inlet(commune, key, streets, zone!, number, ++inlet) : Meter(commune, key, streets, zone, number);
            }
        }
    }

    private static DeviceDescriptor Inlet(Commune commune, ulong key, Streets streets, string zone, int number, int inlet) => Make(
        Id(commune, "inlet", inlet), DeviceKind.Meter, commune, $"Compteur de secteur {inlet}", streets.Scattered(Seeded.Key(key ^ 0x3e7e, number)),
        ("fluid", AttributeValue.Of("water")),
        ("usage", AttributeValue.Of("network")),
        ("zone", AttributeValue.Of(zone)),
        ("zoneRole", AttributeValue.Of("inlet")));

    private static DeviceDescriptor Meter(Commune commune, ulong key, Streets streets, string? zone, int number)
    {
        var own = Seeded.Key(key ^ 0x3e7e, number);
        var draw = Seeded.Unit(own, 2);
        var persons = 1 + Math.Floor(4.5 * Math.Pow(Seeded.Unit(own, 1), 1.6));
        // Some have a step of ten litres, and a few old ones a register of four digits of cubic metres, which soon starts again.
        ReadOnlySpan<(string, AttributeValue)> special =
            draw < TenLitreShare ? [("pulseLitres", AttributeValue.Of(10))] : draw < TenLitreShare + ShortRegisterShare ? [("indexMaximum", AttributeValue.Of(ShortRegisterLitres))] : [];
        ReadOnlySpan<(string, AttributeValue)> framed = Seeded.Unit(own, 3) < DayFrameShare ? [(SimulatedFleet.DayFrameAttribute, True)] : [];
        ReadOnlySpan<(string, AttributeValue)> zoned = zone is null ? [] : [("zone", AttributeValue.Of(zone))];
        return Make(Id(commune, "meter", number), DeviceKind.Meter, commune, $"Compteur d'eau {number}", streets.Scattered(own),
        [
            ("fluid", AttributeValue.Of("water")),
            ("usage", AttributeValue.Of("dwelling")),
            ("persons", AttributeValue.Of(persons)),
            ("comparableLitresPerDay", AttributeValue.Of(persons * HouseholdMeter.WaterLitresPerPerson)),
            ("granularity", AttributeValue.Of("subDaily")),
            ("legalBasis", AttributeValue.Of("consent")),
            .. special,
            .. framed,
            .. zoned,
        ]);
    }

    private static DeviceDescriptor Building(Commune commune, ulong key, Streets streets, int number)
    {
        var own = Seeded.Key(key ^ 0xb11d, number);
        // A commune has its town hall first, then a school; the others as they come.
        var (type, name, least, most) = (number, Seeded.Unit(own, 1)) switch
        {
            (1, _) => ("townHall", "Mairie", 150.0, 900.0),
            (2, _) or (_, < 0.4) => ("school", "École", 400.0, 3_500.0),
            (_, < 0.6) => ("gymnasium", "Gymnase", 800.0, 2_500.0),
            (_, < 0.75) => ("library", "Médiathèque", 200.0, 1_500.0),
            (_, < 0.8) => ("pool", "Piscine", 1_200.0, 4_000.0),
            _ => ("office", "Bâtiment communal", 100.0, 1_200.0),
        };
        var area = Math.Round(Seeded.Between(own, 2, least, most));
        var week = WeekCalendar.Of(type);
        ReadOnlySpan<(string, AttributeValue)> holidays = week.HasSchoolHolidays ? [("schoolHolidays", AttributeValue.Of(SchoolTerms.Text))] : [];

        // Those that the décret tertiaire is about know their reference year.
        ReadOnlySpan<(string, AttributeValue)> reference = area < TertiarySquareMetres ? [] :
        [
            ("referenceYear", AttributeValue.Of(2015)),
            ("referenceKilowattHours", AttributeValue.Of(Math.Round(area * Seeded.Between(own, 3, 120, 220)))),
            ("referenceHeatingDegreeDays", AttributeValue.Of(ReferenceHeatingDegreeDays)),
        ];
        return Make(Id(commune, "building", number), DeviceKind.Building, commune, number == 1 ? name : $"{name} {number}", streets.Scattered(own),
            [("type", AttributeValue.Of(type)), ("floorAreaSquareMetres", AttributeValue.Of(area)), ("occupancy", AttributeValue.Of(week.Text)), .. holidays, .. reference]);
    }

    private static DeviceDescriptor Bin(Commune commune, ulong key, Streets streets, int number)
    {
        var own = Seeded.Key(key ^ 0xb125, number);
        var (stream, name, litres) = Seeded.Unit(own, 1) switch
        {
            < 0.45 => ("glass", "Conteneur à verre", 3_000.0),
            < 0.75 => ("packaging", "Conteneur à emballages", 4_000.0),
            _ => ("household", "Conteneur à ordures", 5_000.0),
        };
        return Make(Id(commune, "bin", number), DeviceKind.Bin, commune, $"{name} {number}", streets.Scattered(own),
            ("stream", AttributeValue.Of(stream)), ("volumeLitres", AttributeValue.Of(litres)));
    }

    /// <summary>Key of the commune's sensor of a river; null where it has none.</summary>
    private string? RiverOf(Commune commune, int sensors)
    {
        var key = Seeded.Key(_seed, commune.InseeCode);
        for (var number = 1; number <= sensors; number++)
        {
            if (SortOf(key, number) == "river") return Id(commune, "sensor", number);
        }

        return null;
    }

    private static string SortOf(ulong key, int number) => EnvironmentSensor.Sorts[(number - 1 + (int)(Seeded.Unit(key, 5) * 2)) % EnvironmentSensor.Sorts.Length];

    private DeviceDescriptor Sensor(Commune commune, ulong key, Streets streets, int number)
    {
        var own = Seeded.Key(key ^ 0x5e25, number);
        var sort = SortOf(key, number);
        return Make(Id(commune, "sensor", number), DeviceKind.Environment, commune, $"Capteur {number} ({FrenchName(sort)})", streets.Scattered(own),
            [("sensor", AttributeValue.Of(sort)), .. Levels(sort, _weather.OrdinaryLevelMillimetres(commune.Longitude, commune.Latitude))]);
    }

    // Where local levels 1 to 3 begin: a few days a year, now and then, and hardly ever.
    private static ImmutableArray<(string, AttributeValue)> Levels(string sort, double ordinaryMillimetres) => sort switch
    {
        "river" => [.. Levels("level{0}Millimetres", ordinaryMillimetres + 500, ordinaryMillimetres + 850, ordinaryMillimetres + 1_300), ("levelRiseMillimetresPerHour", AttributeValue.Of(RapidRiseMillimetresPerHour))],
        "rain" => Levels("rainLevel{0}MillimetresPerHour", 4, 7, 10),
        "air" => Levels("pm25Level{0}MicrogramsPerCubicMetre", 25, 50, 75),
        "noise" => Levels("noiseLevel{0}Decibels", 65, 75, 85),
        _ => [],
    };

    private static ImmutableArray<(string, AttributeValue)> Levels(string name, params ReadOnlySpan<double> from)
    {
        var levels = ImmutableArray.CreateBuilder<(string, AttributeValue)>(from.Length);
        for (var index = 0; index < from.Length; index++) levels.Add((string.Format(CultureInfo.InvariantCulture, name, index + 1), AttributeValue.Of(from[index])));
        return levels.MoveToImmutable();
    }

    private static string FrenchName(string sort) => sort switch
    {
        "river" => "rivière",
        "rain" => "pluie",
        "noise" => "bruit",
        "soil" => "sol",
        _ => sort,
    };

    private static string Id(Commune commune, string what, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{commune.InseeCode}-{what}-{number:D5}");

    private static DeviceDescriptor Make(
        string id, DeviceKind kind, Commune commune, string name, GeoPoint position, params ReadOnlySpan<(string Name, AttributeValue Value)> attributes)
    {
        var builder = ImmutableSortedDictionary.CreateBuilder<string, AttributeValue>();
        foreach (var (attribute, value) in attributes) builder.Add(attribute, value);
        return new DeviceDescriptor
        {
            Id = id,
            Kind = kind,
            Commune = commune.InseeCode,
            Name = $"{commune.Name}, {name}",
            Position = position,
            Attributes = builder.ToImmutable(),
            Connector = Simulated,
        };
    }
}
