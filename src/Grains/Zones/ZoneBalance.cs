using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Zones;
using Grid.Grains.Devices;

namespace Grid.Grains.Zones;

/// <summary>What a meter has counted on a day of which it is known.</summary>
/// <param name="Millilitres">Between its newest reading before the day and its newest one of the day.</param>
/// <param name="IsExact">True when these two are of the very midnights, and of one register: then it is what flowed on the day.</param>
public readonly record struct ZoneAmount(long Millilitres, bool IsExact);

/// <summary>
/// The balance of a water zone, from what its meters contribute. Integers in millilitres, so that partial sums may be made in any order and where the meters are. What was not
/// measured is in no measured figure.
/// </summary>
public static class ZoneBalance
{
    private static readonly TimeSpan AnyReading = TimeSpan.FromDays(1);

    /// <summary>What a meter has counted on a local day; null while the day is not known of it.</summary>
    /// <param name="contribution">What the meter contributes.</param>
    /// <param name="day">The local day.</param>
    /// <param name="former">The local day before it.</param>
    /// <param name="silentAfter">After how long the meter counts as silent; null where it never does. A day or more: any reading of a day closes it.</param>
    /// <param name="now">Unix milliseconds: a day that is under way ends here so far.</param>
    /// <remarks>
    /// The day is known when a reading closes it and one closes the day before: when the meter was not silent yet as the day ended. A meter without the one has an amount that is not the
    /// whole day's, and without the other one that is not only the day's. A reading that closes a day some time before its midnight leaves what flowed meanwhile to the next day: that
    /// is known, and not exact.
    /// </remarks>
    public static ZoneAmount? AmountOf(in Contribution contribution, LocalDay day, LocalDay former, TimeSpan? silentAfter, long now)
    {
        if (contribution.Zone is not { } readings)
        {
            return null;
        }

        var (amount, last, before, whole) = (contribution.Day - day.Day) switch
        {
            0 => (contribution.DayAmount, readings.DayReadAt, readings.PreviousDayReadAt, DayBounds.Begins | DayBounds.Ends),
            1 => (contribution.PreviousDayAmount, readings.PreviousDayReadAt, readings.BaseReadAt, DayBounds.PreviousIsWhole),
            _ => default,
        };
        var gap = silentAfter is { } silence && silence < AnyReading ? (long)silence.TotalMilliseconds : long.MaxValue;
        return Closes(last, Math.Min(day.End, now), gap) && Closes(before, former.End, gap) ? new ZoneAmount(amount, (contribution.Bounds & whole) == whole) : null;
    }

    /// <summary>The meters of a role and the amount of the day, of one meter.</summary>
    public static ZoneSide SideOf(ZoneAmount? amount) => amount is { } known ? new(1, 1, known.Millilitres, known.IsExact ? 1 : 0) : new(1, 0, 0);

    /// <summary>The zone, from what each of its sectors holds of it.</summary>
    /// <param name="zone">The zone's id.</param>
    /// <param name="day">The local day, in days since 1970-01-01.</param>
    /// <param name="parts">Each with the commune of its sector.</param>
    public static WaterZoneBalance Of(string zone, int day, IReadOnlyCollection<(string Commune, ZonePartial Part)> parts)
    {
        var (inlets, outlets, customers, night, nights) = (default(ZoneSide), default(ZoneSide), default(ZoneSide), 0L, 0);
        foreach (var (_, part) in parts)
        {
            inlets += part.Inlets;
            outlets += part.Outlets;
            customers += part.Customers;
            night += part.NightMinimumMillilitresPerHour;
            nights += part.InletsWithNight;
        }

        var supplied = inlets.Meters > 0 && inlets.Heard == inlets.Meters && outlets.Heard == outlets.Meters ? inlets.Millilitres - outlets.Millilitres : default(long?);
        var estimated = EstimateOf(customers);
        return new WaterZoneBalance
        {
            Zone = zone,
            Day = day,
            Communes = [.. parts.Select(part => part.Commune).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Inlets = inlets,
            Outlets = outlets,
            Customers = customers,
            NightMinimumMillilitresPerHour = nights > 0 && nights == inlets.Meters ? night : null,
            LossMillilitres = supplied - customers.Millilitres,
            EstimatedDeliveredMillilitres = estimated,
            EstimatedLossMillilitres = supplied - estimated,
            AsOf = parts.Max(part => part.Part.AsOf),
        };
    }

    /// <summary>What all would have counted, if those that are not known had the mean of the others; rounded down. A zone without customers delivers nothing.</summary>
    private static long? EstimateOf(ZoneSide customers) => customers.Heard > 0
        ? (long)((Int128)customers.Millilitres * customers.Meters / customers.Heard)
        : customers.Meters == 0 ? 0 : null;

    private static bool Closes(long readAt, long end, long gap) => readAt > 0 && end - readAt <= gap;
}
