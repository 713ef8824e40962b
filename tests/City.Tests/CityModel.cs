using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;

namespace Grid.Tests.City;

/// <summary>Short words for what tests say to a city.</summary>
internal static class Say
{
    public static DeviceDescriptor Lamp(string id, string commune, double ratedWatts = 70) =>
        Device(id, DeviceKind.Streetlight, commune, ("ratedWatts", AttributeValue.Of(ratedWatts)));

    public static DeviceDescriptor PassiveLamp(string id, string commune, string cabinet, int segment, double ratedWatts = 100) =>
        Device(id, DeviceKind.Streetlight, commune,
            ("passive", AttributeValue.Of(true)), ("cabinet", AttributeValue.Of(cabinet)), ("segment", AttributeValue.Of(segment)), ("ratedWatts", AttributeValue.Of(ratedWatts)));

    public static DeviceDescriptor WaterMeter(string id, string commune) => Device(id, DeviceKind.Meter, commune, ("fluid", AttributeValue.Of("water")));

    public static DeviceDescriptor Device(string id, DeviceKind kind, string commune, params (string Name, AttributeValue Value)[] attributes) => new()
    {
        Id = id,
        Kind = kind,
        Commune = commune,
        Name = id,
        Position = new GeoPoint(-4.5, 48.4),
        Attributes = attributes.ToImmutableSortedDictionary(attribute => attribute.Name, attribute => attribute.Value),
        Connector = new ConnectorSpec { Type = "simulator" },
    };

    public static IncomingReading Reading(string device, DateTimeOffset time, params (string Name, double Value)[] metrics) =>
        new(0, device, time, [.. metrics.Select(metric => new MetricValue(metric.Name, metric.Value))]);
}
