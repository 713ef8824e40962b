using System.Globalization;
using Grid.Client.Json;
using Grid.Contracts.Zones;

namespace Grid.Client.WaterZones;

/// <summary>From the balance of a zone to what is shown.</summary>
internal static class WaterZonePresenting
{
    private const int LeastShareTenths = -100_000;
    private const int WholeTenths = 1_000;

    public static WaterZoneModel Present(string department, WaterZoneBalance balance)
    {
        var supplied = balance.Inlets.Millilitres - balance.Outlets.Millilitres;
        return new()
        {
            Zone = balance.Zone,
            Department = department,
            Communes = balance.Communes,
            Date = DateOnly.FromDayNumber(DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber + balance.Day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            AsOf = balance.AsOf <= DateTimeOffset.UnixEpoch ? null : balance.AsOf,
            Meters = balance.Meters,
            MetersHeard = balance.MetersHeard,
            MetersExact = balance.MetersExact,
            Exact = balance.IsExact,
            CoveragePercent = Percent.Of(balance.MetersHeard, balance.Meters),
            ByRole = new(CountOf(balance.Inlets), CountOf(balance.Outlets), CountOf(balance.Customers)),
            InletLitres = new(balance.Inlets.Millilitres),
            OutletLitres = new(balance.Outlets.Millilitres),
            DeliveredLitres = new(balance.Customers.Millilitres),
            LossLitres = Litres(balance.LossMillilitres),
            LossPercent = balance.LossMillilitres is { } loss && supplied > 0
                ? new((int)Int128.Clamp((Int128)loss * WholeTenths / supplied, LeastShareTenths, WholeTenths))
                : null,
            EstimatedDeliveredLitres = Litres(balance.EstimatedDeliveredMillilitres),
            EstimatedLossLitres = Litres(balance.EstimatedLossMillilitres),
            NightMinimumLitresPerHour = Litres(balance.NightMinimumMillilitresPerHour),
        };
    }

    private static WaterZoneCount CountOf(ZoneSide side) => new(side.Meters, side.Heard, side.Exact);

    private static Thousandths? Litres(long? millilitres) => millilitres is { } value ? new(value) : null;
}
