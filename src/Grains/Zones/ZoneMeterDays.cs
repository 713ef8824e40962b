using Grid.Contracts.Zones;
using Grid.Grains.Devices;

namespace Grid.Grains.Zones;

/// <summary>What a meter of a zone says beside its amounts.</summary>
public static class ZoneMeterDays
{
    /// <summary>Until when the amounts of the newest day and of the day before are known, and the nights; null before the first reading.</summary>
    /// <param name="points">Readings of its index.</param>
    /// <param name="night">Its nights, where they are watched.</param>
    public static ZoneReadings? Of(IndexPoint[]? points, NetworkNight? night)
    {
        if (points is not { Length: > 0 })
        {
            return null;
        }

        var day = points[^1].Day;
        return new ZoneReadings
        {
            DayReadAt = points[^1].At,
            PreviousDayReadAt = NewestOf(points, day - 1),
            BaseReadAt = NewestOf(points, day - 2),
            NightDay = night?.MinimumDay ?? 0,
            NightMinimumMillilitresPerHour = night?.Minimum ?? 0,
            PreviousNightMinimumMillilitresPerHour = night?.PreviousMinimum,
        };
    }

    private static long NewestOf(IndexPoint[] points, int day)
    {
        for (var place = points.Length - 1; place >= 0; place--)
        {
            if (points[place].Day == day)
            {
                return points[place].At;
            }
        }

        return 0;
    }
}
