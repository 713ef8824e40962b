using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;

namespace Grid.Grains.Lighting.Controllers;

/// <summary>What plans say now, at one place. Ramps are the lamp's affair: a switch point counts from its beginning.</summary>
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

    /// <summary>The level that its plan asks of a controller at an instant, 0 to 100; null when the plan is not known here.</summary>
    public double? LevelAt(Controller controller, long at) => NightOf(controller, at) is not { } night ? null
        : controller.Kind == DeviceKind.Cabinet ? FedAt(night, at)
        : LevelAt(night, at);

    /// <summary>The next instant after one at which its plan asks something of a controller, in Unix milliseconds: a switch point, or the end of the night.</summary>
    public long NextAfter(Controller controller, long at) => NightOf(controller, at) is { } night
        ? (controller.Kind == DeviceKind.Cabinet ? Fed(night).SelectMany(span => new[] { span.From, span.To }) : night.Points.Select(point => point.At))
            .Append(night.End).First(next => next > at)
        : long.MaxValue;

    /// <summary>What its plan asks of a controller from one instant to another, by time; empty when it is not known here.</summary>
    public IEnumerable<PlannedLevel> Between(Controller controller, long from, long to)
    {
        var former = default(double?);
        for (var at = from; at < to && LevelAt(controller, at) is { } level; at = NextAfter(controller, at))
        {
            if (level != former)
            {
                yield return new PlannedLevel(at, level);
                former = level;
            }
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

    /// <summary>A cabinet feeds its segments while the level is above 0, so until the end of a ramp to 0.</summary>
    private static double FedAt(NightProfile night, long at) => Fed(night).Any(span => span.From <= at && at < span.To) ? 100 : 0;

    private static IEnumerable<(long From, long To)> Fed(NightProfile night) => night.LitWithin(night.Start, night.End);

    private NightProfile? NightOf(Controller controller, long at) => NightOf(controller.Plan, controller.MinimumPercent, DateAt(at));

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
