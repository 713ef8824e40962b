using Grid.Contracts.Storage;

namespace Grid.Client.Energy;

/// <summary>Energy of a local day.</summary>
internal readonly record struct DayOfEnergy(DateOnly Date, decimal KilowattHours, decimal? Euros);

/// <summary>
/// From the recorded "energy today" of a territory, which grows from 0 at each local midnight, to energy and its price by day. What is seen in a quarter of an hour is priced as
/// of that quarter; a figure that falls (a device was removed) takes nothing back.
/// </summary>
internal static class EnergyAccount
{
    /// <summary>The days that have a value, by date.</summary>
    /// <param name="quarters">Roll-ups of the figure to 15 minutes, in watt-hours, by time.</param>
    /// <param name="local">The local time of an instant.</param>
    /// <param name="options">Prices.</param>
    public static List<DayOfEnergy> ByDay(IEnumerable<HistoryBucket> quarters, Func<DateTimeOffset, DateTime> local, EnergyOptions options)
    {
        var days = new List<DayOfEnergy>();
        var reached = 0m;
        foreach (var quarter in quarters)
        {
            var time = local(quarter.Start);
            var date = DateOnly.FromDateTime(time);
            if (days.Count == 0 || days[^1].Date != date)
            {
                days.Add(new DayOfEnergy(date, 0, options.EurosPerKilowattHour is null ? null : 0));
                reached = 0;
            }

            // Held in thousandths of a watt-hour: the binary value that history keeps is that decimal.
            var wattHours = Math.Round((decimal)quarter.Maximum, 3);
            if (wattHours > reached)
            {
                var kilowattHours = (wattHours - reached) / 1_000;
                days[^1] = new DayOfEnergy(date, days[^1].KilowattHours + kilowattHours, days[^1].Euros + (kilowattHours * options.PriceAt(time)));
                reached = wattHours;
            }
        }

        return days;
    }
}
