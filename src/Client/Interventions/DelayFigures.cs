using Grid.Contracts.Interventions;

namespace Grid.Client.Interventions;

/// <summary>What communes say of delays, together. Pure.</summary>
internal static class DelayFigures
{
    private const double MinutesOfHour = 60;
    private const double Half = 0.5;
    private const double NineOfTen = 0.9;

    /// <summary>By contractor and lot; those who have most overdue first.</summary>
    public static IReadOnlyList<DelayModel> Of(IEnumerable<WorkOrderDelays> delays) =>
    [
        .. delays.GroupBy(delay => (delay.Contractor, delay.Lot))
            .Select(group =>
            {
                int[] minutes = [.. group.SelectMany(delay => delay.Minutes).Order()];
                return new DelayModel(
                    group.Key.Contractor,
                    group.Key.Lot,
                    group.Sum(delay => delay.Count),
                    group.Sum(delay => delay.Pending),
                    group.Sum(delay => delay.Overdue),
                    minutes.Length,
                    HoursOf(minutes, Half),
                    HoursOf(minutes, NineOfTen));
            })
            .OrderByDescending(delay => delay.Overdue)
            .ThenBy(delay => delay.Contractor, StringComparer.Ordinal)
            .ThenBy(delay => delay.Lot, StringComparer.Ordinal),
    ];

    /// <summary>The nearest rank: the least value that at least that share of the values do not exceed, in hours to the hundredth.</summary>
    private static double? HoursOf(int[] sorted, double share) =>
        sorted.Length == 0 ? null : Math.Round(sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)] / MinutesOfHour, 2);
}
