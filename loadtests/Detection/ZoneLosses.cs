using System.Collections.Concurrent;
using Grid.Connectors.Simulator;
using Grid.Connectors.Simulator.Water;
using Grid.Contracts.Devices;
using Grid.Contracts.Zones;
using Grid.Grains.Devices;
using Grid.Grains.Territory;
using Grid.Grains.Zones;

namespace Grid.LoadTests.Detection;

/// <summary>The balance of water zones of the day before, as it is at noon, held against what truly came in and was lost.</summary>
internal sealed class ZoneLosses : IProbe
{
    private static readonly TimeSpan Every = TimeSpan.FromDays(1);
    private static readonly TimeSpan Noon = TimeSpan.FromHours(12); // UTC
    private static readonly LocalCalendars Calendars = new(TerritoryTable.Shared);

    private readonly ConcurrentDictionary<(string Zone, int Day), ConcurrentBag<(ZoneRole Role, ZoneSide Side)>> _sides = new();
    private readonly ConcurrentDictionary<(string Zone, int Day), WaterZoneTruth> _truth = new();

    /// <inheritdoc/>
    public TimeSpan? EveryOf(DeviceDescriptor device) => ZonePlace.Of(device) is null ? null : Every;

    /// <inheritdoc/>
    public TimeSpan First => Noon;

    /// <inheritdoc/>
    public void Look(DetectedDevice device, SimulatedFleet fleet, DateTimeOffset at)
    {
        var place = ZonePlace.Of(device.Descriptor)!.Value;
        var calendar = Calendars.OfCommune(device.Descriptor.Commune);
        var now = at.ToUnixTimeMilliseconds();
        var today = calendar.DayOf(now);
        var (day, former) = (calendar.DayOf(today.Start - 1), calendar.DayOf(calendar.DayOf(today.Start - 1).Start - 1));
        var amount = ZoneBalance.AmountOf(device.Contribution, day, former, device.SilentAfter, now);
        _sides.GetOrAdd((place.Zone, day.Day), _ => []).Add((place.Role, ZoneBalance.SideOf(amount)));
        _truth.GetOrAdd((place.Zone, day.Day), _ => Between(
            fleet.TruthOfZone(place.Zone, DateTimeOffset.FromUnixTimeMilliseconds(day.Start))!.Value, fleet.TruthOfZone(place.Zone, DateTimeOffset.FromUnixTimeMilliseconds(day.End))!.Value));
    }

    /// <summary>Days that were said to be exact and were not, of those in the results.</summary>
    public int Wrong { get; private set; }

    /// <summary>What was reached, under names of results.</summary>
    public IEnumerable<Result> Results()
    {
        var (days, whole, said, exact) = (0, 0, 0, 0);
        var errors = new List<double>();
        foreach (var (key, sides) in _sides)
        {
            ZoneSide Of(ZoneRole role) => sides.Where(side => side.Role == role).Aggregate(default(ZoneSide), (sum, side) => sum + side.Side);
            var part = new ZonePartial
            {
                Zone = key.Zone,
                Inlets = Of(ZoneRole.Inlet),
                Outlets = Of(ZoneRole.Outlet),
                Customers = Of(ZoneRole.Customer),
                NightMinimumMillilitresPerHour = 0,
                InletsWithNight = 0,
                AsOf = default,
            };
            var balance = ZoneBalance.Of(key.Zone, key.Day, [("", part)]);
            var truth = _truth[key];
            days++;
            whole += balance.MetersHeard == balance.Meters ? 1 : 0;
            if (balance.IsExact)
            {
                said++;
                exact += (balance.Inlets.Millilitres, balance.Outlets.Millilitres, balance.Customers.Millilitres, balance.LossMillilitres)
                    == (truth.InletLitres * 1_000, truth.OutletLitres * 1_000, truth.DeliveredLitres * 1_000, truth.LossLitres * 1_000) ? 1 : 0;
            }

            if (balance.EstimatedLossMillilitres is { } loss)
            {
                errors.Add(Math.Abs((loss / 1_000.0) - truth.LossLitres) / Math.Max(1, truth.InletLitres) * 100);
            }
        }

        Wrong = said - exact;
        errors.Sort();
        return
        [
            new("zoneDays", days, "zone days"),
            new("zoneDaysWhole", whole, "zone days"),
            new("zoneDaysSaidToBeExact", said, "zone days"),
            new("zoneDaysExactToTheLitre", exact, "zone days"),
            new("zoneLossErrorMedian", errors.Count == 0 ? 0 : errors[errors.Count / 2], "% of what came in"),
            new("zoneLossErrorP90", errors.Count == 0 ? 0 : errors[errors.Count * 9 / 10], "% of what came in"),
        ];
    }

    private static WaterZoneTruth Between(WaterZoneTruth from, WaterZoneTruth to) => new(
        to.InletLitres - from.InletLitres, to.OutletLitres - from.OutletLitres, to.DeliveredLitres - from.DeliveredLitres, to.UnconnectedLitres - from.UnconnectedLitres,
        to.LossLitres - from.LossLitres);
}
