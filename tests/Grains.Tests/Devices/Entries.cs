using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;

namespace Grid.Tests.Grains.Devices;

/// <summary>Log entries and commands in few words.</summary>
public static class Entries
{
    /// <summary>A Thursday of winter, noon in Paris.</summary>
    public static readonly DateTimeOffset Start = new(2026, 1, 15, 11, 0, 0, TimeSpan.Zero);

    public static readonly int StartDay = DayNumber(2026, 1, 15);

    public static int DayNumber(int year, int month, int day) => new DateOnly(year, month, day).DayNumber - new DateOnly(1970, 1, 1).DayNumber;

    public static DeviceDescriptor Descriptor(string id, DeviceKind kind, params (string Name, object Value)[] attributes) => new()
    {
        Id = id,
        Kind = kind,
        Commune = "29019",
        Name = id,
        Attributes = attributes.ToImmutableSortedDictionary(
            attribute => attribute.Name,
            attribute => attribute.Value switch
            {
                string text => AttributeValue.Of(text),
                bool flag => AttributeValue.Of(flag),
                _ => AttributeValue.Of(Convert.ToDouble(attribute.Value, System.Globalization.CultureInfo.InvariantCulture)),
            }),
    };

    public static RegisteredEntry Registered(string id, DeviceKind kind, long revision, params (string Name, object Value)[] attributes) =>
        new() { Device = id, ReceivedAt = Start, Descriptor = Descriptor(id, kind, attributes), Revision = revision };

    public static RemovedEntry Removed(string id, DeviceKind kind, long revision, bool moved) =>
        new() { Device = id, ReceivedAt = Start, Kind = kind, Moved = moved, Revision = revision };

    public static ReadingEntry Reading(string id, DateTimeOffset observed, DateTimeOffset received, params (string Metric, double Value)[] metrics) => new()
    {
        Device = id,
        ObservedAt = observed,
        ReceivedAt = received,
        Metrics = [.. metrics.Select(metric => new MetricValue(metric.Metric, metric.Value))],
    };

    public static ReadingEntry InSession(this ReadingEntry entry, string? session, long sequence) => entry with { Session = session, Sequence = sequence };

    public static SilencedEntry Silenced(string id, DateTimeOffset lastHeard, DateTimeOffset received) =>
        new() { Device = id, ReceivedAt = received, LastHeardAt = lastHeard };

    public static DesiredChange Dim(string command, double percent, DateTimeOffset at, double? minutes = null) => new()
    {
        Command = command,
        Name = CommandCatalog.SetDimming,
        Arguments = minutes is { } duration
            ? ImmutableSortedDictionary<string, double>.Empty.Add("percent", percent).Add("durationMinutes", duration)
            : ImmutableSortedDictionary<string, double>.Empty.Add("percent", percent),
        At = at,
    };

    public static DateTimeOffset Minutes(this DateTimeOffset at, double minutes) => at.AddMinutes(minutes);
}
