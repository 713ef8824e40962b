using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Grains.History;

namespace Grid.Grains.Intake;

/// <summary>Which readings may pass the door. Pure.</summary>
public static class ReadingRules
{
    /// <summary>Metrics in one reading, at most.</summary>
    public const int MaximumMetrics = 32;

    /// <summary>Characters in a metric's name, at most.</summary>
    public const int MaximumNameLength = 64;

    /// <summary>How far a source's clock may be ahead of Grid's.</summary>
    public static readonly TimeSpan MaximumAhead = TimeSpan.FromMinutes(10);

    /// <summary>The fault of a reading of a known device, null when it has none.</summary>
    public static Rejection? Check(IncomingReading reading, DateTimeOffset now)
    {
        if (reading.Time is { } time && time - now > MaximumAhead)
        {
            return Reject(reading, "time", $"is more than {MaximumAhead.TotalMinutes:0} minutes ahead of the server's clock");
        }

        if (reading.Time is { } early && early < DateTimeOffset.UnixEpoch)
        {
            return Reject(reading, "time", "is before 1970");
        }

        if (reading.Metrics.Length is 0 or > MaximumMetrics)
        {
            return Reject(reading, "metrics", $"must hold 1 to {MaximumMetrics} metrics");
        }

        foreach (var (name, value) in reading.Metrics)
        {
            if (CheckMetric(name, value) is { } reason)
            {
                return Reject(reading, $"metrics.{name}", reason);
            }
        }

        return null;
    }

    private static string? CheckMetric(string name, double value)
    {
        if (name.Length is 0 or > MaximumNameLength)
        {
            return $"a metric's name has 1 to {MaximumNameLength} characters";
        }

        if (name[0] == Course.Mark)
        {
            return $"a metric's name does not begin with '{Course.Mark}'";
        }

        if (!double.IsFinite(value))
        {
            return "must be a finite number";
        }

        if (!MetricCatalog.ByName.TryGetValue(name, out var metric))
        {
            return null;
        }

        if (MetricCatalog.Flags.Contains(name))
        {
            return value is 0 or 1 ? null : "must be 0 or 1";
        }

        if (value >= metric.Minimum && value <= metric.Maximum)
        {
            return null;
        }

        return double.IsPositiveInfinity(metric.Maximum)
            ? $"must be at least {metric.Minimum:0}"
            : $"must be between {metric.Minimum:0} and {metric.Maximum:0}";
    }

    private static Rejection Reject(IncomingReading reading, string field, string reason) => new(reading.Index, reading.Device, field, reason);
}
