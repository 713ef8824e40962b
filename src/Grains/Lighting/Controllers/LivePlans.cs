using Grid.Contracts.Commands;
using Grid.Grains.Devices;

namespace Grid.Grains.Lighting.Controllers;

/// <summary>What plans say now, at one place, for devices that keep none. Ramps are the device's affair: a switch point counts from its beginning.</summary>
/// <param name="place">The place.</param>
internal sealed class LivePlans(LightingPlace place)
{
    private readonly Dictionary<string, (long Version, ParsedPlan Plan)> _plans = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Plan, double Minimum, DateOnly Night), NightProfile> _nights = [];

    /// <summary>The place.</summary>
    public LightingPlace Place { get; } = place;

    /// <summary>A plan as it is now.</summary>
    public void Set(string id, long version, ParsedPlan plan)
    {
        _plans[id] = (version, plan);
        _nights.Clear();
    }

    /// <summary>The plan's version and itself; null when it is not known here.</summary>
    public (long Version, ParsedPlan Plan)? Find(string id) => _plans.TryGetValue(id, out var plan) ? plan : null;

    /// <summary>The level that a plan asks for at an instant, 0 to 100; null when it is not known here.</summary>
    public double? LevelAt(string id, double minimumPercent, long at) =>
        NightOf(id, minimumPercent, DateAt(at)) is { } night ? LevelAt(night, at) : null;

    /// <summary>The next instant after one at which a plan asks for something, in Unix milliseconds: a switch point, or the end of the night.</summary>
    public long NextAfter(string id, double minimumPercent, long at) =>
        NightOf(id, minimumPercent, DateAt(at)) is { } night ? night.Points.Select(point => point.At).Append(night.End).First(next => next > at) : long.MaxValue;

    /// <summary>What a plan asks for from one instant to another, by time; empty when it is not known here.</summary>
    public IEnumerable<PlannedLevel> Between(string id, double minimumPercent, long from, long to)
    {
        for (var at = from; at < to && LevelAt(id, minimumPercent, at) is { } level; at = NextAfter(id, minimumPercent, at))
        {
            yield return new PlannedLevel(at, level);
        }
    }

    private static double LevelAt(NightProfile night, long at)
    {
        var level = 0.0;
        foreach (var point in night.Points)
        {
            if (point.At <= at)
            {
                level = point.Percent;
            }
        }

        return level;
    }

    /// <summary>The night that an instant is in: nights begin at noon.</summary>
    private DateOnly DateAt(long at)
    {
        var local = NodaTime.Instant.FromUnixTimeMilliseconds(at).InZone(NodaTime.DateTimeZoneProviders.Tzdb[Place.ZoneId]).LocalDateTime;
        var date = new DateOnly(local.Year, local.Month, local.Day);
        return local.Hour < 12 ? date.AddDays(-1) : date;
    }

    private NightProfile? NightOf(string id, double minimumPercent, DateOnly date)
    {
        if (!_plans.TryGetValue(id, out var plan))
        {
            return null;
        }

        if (!_nights.TryGetValue((id, minimumPercent, date), out var profile))
        {
            // Yesterday's are not asked for again.
            foreach (var old in _nights.Keys.Where(key => key.Night < date.AddDays(-1)).ToArray())
            {
                _nights.Remove(old);
            }

            var night = new LocalNight(Place, date);
            _nights.Add((id, minimumPercent, date), profile = plan.Plan.Compile(Place, night).AtLeast(night.Sunset, night.Sunrise, minimumPercent));
        }

        return profile;
    }
}
