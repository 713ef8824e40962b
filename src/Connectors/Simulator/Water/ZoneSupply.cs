using Grid.Connectors.Simulator.Models;
using Grid.Connectors.Simulator.Sky;

namespace Grid.Connectors.Simulator.Water;

/// <summary>
/// The network of a water zone: what its inlets have let in is what its customers' registers have counted, those that are not connected included, what has left through its
/// outlets, and what it loses itself. All in whole litres, so that a balance of the zone comes out to the litre.
/// </summary>
/// <param name="key">The zone's seed.</param>
/// <param name="faultRate">How many times as often as is believable something fails.</param>
internal sealed class ZoneSupply(ulong key, double faultRate)
{
    private const double LossesPerYear = 0.4;

    // Of the network without a leak that began: joints and fittings, in litres an hour for each customer.
    private const double LeastBackgroundLoss = 0.3;
    private const double MostBackgroundLoss = 2.5;

    private readonly List<HouseholdMeter> _customers = [];
    private readonly List<ZoneMeter> _inlets = [];
    private readonly List<ZoneMeter> _outlets = [];

    /// <summary>Share of the customers whose meters are connected, above 0 to 1.</summary>
    public double ConnectedShare { get; set; } = 1;

    public void AddCustomer(HouseholdMeter meter) => _customers.Add(meter);

    public void AddInlet(ZoneMeter meter) => Add(_inlets, meter);

    public void AddOutlet(ZoneMeter meter) => Add(_outlets, meter);

    /// <summary>What a meter of the zone has counted since the origin, and what flows there.</summary>
    public (double Litres, double PerHour) CountedAt(ZoneMeter meter, double now)
    {
        if (_outlets.IndexOf(meter) is var outlet and >= 0) return OutletAt(outlet, now);
        var (rest, perHour) = SupplyAt(now);
        foreach (var inlet in _inlets)
        {
            // Each takes its share of what those before it leave, and the last one all the rest: none of them ever falls.
            var part = inlet == _inlets[^1] ? 1 : Seeded.Between(inlet.Seed, 4, 0.3, 0.7);
            var own = Math.Floor(rest * part);
            if (inlet == meter) return (own, perHour * part);
            (rest, perHour) = (rest - own, perHour * (1 - part));
        }

        throw new ArgumentException("is no meter of this zone", nameof(meter));
    }

    /// <summary>What is true of the zone since the origin.</summary>
    public WaterZoneTruth TruthAt(double now)
    {
        var (connected, rest, _) = CustomersAt(now);
        var outlets = 0.0;
        for (var outlet = 0; outlet < _outlets.Count; outlet++) outlets += OutletAt(outlet, now).Litres;
        var loss = LossAt(now).Litres;
        return new WaterZoneTruth((long)(connected + rest + outlets + loss), (long)outlets, (long)connected, (long)rest, (long)loss);
    }

    /// <summary>Leaks of the network that begin in a year: told by the zone's first inlet.</summary>
    public IEnumerable<PlantedFault> FaultsIn(ZoneMeter meter, int year)
    {
        if (_inlets.Count == 0 || _inlets[0] != meter || Leak(year) is not { } leak) return [];
        return [new PlantedFault(meter.Id, PlantedFaultKind.NetworkLoss, SimulatedTime.InstantAt(leak.From), SimulatedTime.InstantAt(leak.Until), leak.LitresPerHour)];
    }

    private static void Add(List<ZoneMeter> meters, ZoneMeter meter)
    {
        meters.Add(meter);
        meters.Sort(static (a, b) => string.CompareOrdinal(a.Id, b.Id));
    }

    private (double Litres, double PerHour) SupplyAt(double now)
    {
        var (connected, rest, customersPerHour) = CustomersAt(now);
        var (loss, lossPerHour) = LossAt(now);
        var (litres, perHour) = (connected + rest + loss, customersPerHour + lossPerHour);
        for (var outlet = 0; outlet < _outlets.Count; outlet++)
        {
            var (counted, flow) = OutletAt(outlet, now);
            (litres, perHour) = (litres + counted, perHour + flow);
        }

        return (litres, perHour);
    }

    private (double Connected, double Others, double PerHour) CustomersAt(double now)
    {
        var (litres, perHour) = (0.0, 0.0);
        foreach (var customer in _customers)
        {
            var (counted, flow) = customer.CountedAt(now);
            (litres, perHour) = (litres + counted, perHour + flow);
        }

        return (litres, Math.Floor(litres * ((1 / ConnectedShare) - 1)), perHour / ConnectedShare);
    }

    private (double Litres, double PerHour) LossAt(double now)
    {
        var perHour = Math.Round(_customers.Count / ConnectedShare * Seeded.Between(key, 1, LeastBackgroundLoss, MostBackgroundLoss), 1);
        var litres = perHour * now / SimulatedTime.Hour;
        for (var year = 0; year <= (int)(now / SimulatedTime.Year); year++)
        {
            if (Leak(year) is not { } leak) continue;
            litres += leak.LitresAt(now);
            perHour += leak.FlowAt(now);
        }

        return (Math.Floor(litres), perHour);
    }

    /// <summary>A steady transfer to a neighbour.</summary>
    private (double Litres, double PerHour) OutletAt(int outlet, double now)
    {
        var perHour = Math.Round(Seeded.Between(_outlets[outlet].Seed, 5, 200, 1_500));
        return (Math.Floor(perHour * now / SimulatedTime.Hour), perHour);
    }

    private FlowSpell? Leak(int year)
    {
        var own = Seeded.Key(key ^ 0x1055, year);
        if (Seeded.Unit(own, 0) >= LossesPerYear * faultRate) return null;
        var length = Seeded.Between(own, 1, 10, 90) * SimulatedTime.Day;
        var from = (year * SimulatedTime.Year) + (Seeded.Unit(own, 2) * (SimulatedTime.Year - length));
        return new FlowSpell(from, from + length, Math.Round(Seeded.Between(own, 3, 200, 3_000)));
    }
}

/// <summary>What is true of a water zone, in litres since the simulator's origin.</summary>
/// <param name="InletLitres">What has come in.</param>
/// <param name="OutletLitres">What has gone out to others.</param>
/// <param name="DeliveredLitres">What the registers of the connected customers have counted.</param>
/// <param name="UnconnectedLitres">What customers have taken whose meters are not connected.</param>
/// <param name="LossLitres">What the network has lost.</param>
public readonly record struct WaterZoneTruth(long InletLitres, long OutletLitres, long DeliveredLitres, long UnconnectedLitres, long LossLitres);
