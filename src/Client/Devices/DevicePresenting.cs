using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Grid.Client.Json;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;

namespace Grid.Client.Devices;

/// <summary>From what Grid holds of a device to what GET shows.</summary>
internal static class DevicePresenting
{
    /// <param name="device">What is registered.</param>
    /// <param name="view">What it has reported.</param>
    /// <param name="alarms">Its alarms, whatever their state.</param>
    /// <param name="withPersonal">True to show what is personal of a person's device.</param>
    public static DeviceModel Present(DeviceDescriptor device, DeviceView view, IReadOnlyList<AlarmView> alarms, bool withPersonal)
    {
        var shown = Shown(device, withPersonal);
        return new()
        {
            Id = shown.Id,
            Kind = shown.Kind,
            Commune = shown.Commune,
            Name = shown.Name,
            Position = Position(shown),
            Attributes = Attributes(shown),
            Connector = Connector(shown.Connector),
            Status = view.Status,
            LastSeen = view.LastSeen,
            Reported = Reports(device, withPersonal)
                ? view.Reported.ToDictionary(metric => metric.Name, metric => new ReportedModel(metric.Value, metric.ObservedAt))
                : new Dictionary<string, ReportedModel>(),
            Desired = view.Desired.ToDictionary(metric => metric.Name, metric => metric.Value),
            Alarms = Alarms(view, alarms),
            Derived = Reports(device, withPersonal) && !view.Derived.IsDefault
                ? view.Derived.ToDictionary(figure => figure.Name, Derived)
                : new Dictionary<string, DerivedModel>(),
        };
    }

    /// <summary>The conditions that hold, each with its alarm; and alarms of no condition of its own that hold, such as those of rules.</summary>
    private static IReadOnlyList<ConditionModel> Alarms(DeviceView view, IReadOnlyList<AlarmView> alarms)
    {
        var shown = new List<ConditionModel>(view.Conditions.Length);
        foreach (var condition in view.Conditions)
        {
            var alarm = alarms.FirstOrDefault(alarm => alarm.Condition == condition.Condition);
            shown.Add(new ConditionModel(condition.Condition, condition.Severity, condition.Since, alarm?.Id, alarm?.Priority, alarm?.State));
        }

        foreach (var alarm in alarms.Where(alarm => alarm.IsActive && view.Conditions.All(condition => condition.Condition != alarm.Condition)))
        {
            shown.Add(new ConditionModel(
                alarm.Condition, alarm.Priority >= AlarmPriority.High ? DeviceStatus.Fault : DeviceStatus.Warning, alarm.LastAt, alarm.Id, alarm.Priority, alarm.State));
        }

        return shown;
    }

    /// <param name="device">What is registered.</param>
    /// <param name="glance">What its sector knows, null when the sector has not heard of it yet.</param>
    /// <param name="withPersonal">True to show what is personal of a person's device.</param>
    public static DeviceItem PresentItem(DeviceDescriptor device, DeviceGlance? glance, bool withPersonal)
    {
        var shown = Shown(device, withPersonal);
        return new()
        {
            Id = shown.Id,
            Kind = shown.Kind,
            Commune = shown.Commune,
            Name = shown.Name,
            Position = Position(shown),
            Attributes = Attributes(shown),
            Connector = Connector(shown.Connector),
            Status = glance?.Status ?? DeviceStatus.Unknown,
            LastSeen = glance?.LastSeen,
        };
    }

    /// <summary>A figure that follows from reports.</summary>
    public static DerivedModel Derived(DerivedFigure figure) => new(figure.Value, figure.Low, figure.High, figure.At, figure.Basis);

    /// <summary>True when the device's values may be shown.</summary>
    public static bool Reports(DeviceDescriptor device, bool withPersonal) => withPersonal || PersonalData.SubscriberOf(device) is null;

    private static DeviceDescriptor Shown(DeviceDescriptor device, bool withPersonal) =>
        Reports(device, withPersonal) ? device : PersonalData.WithoutPersonal(device);

    /// <summary>Where a device stands, null when unknown. Of a person's device that is personal.</summary>
    public static PositionModel? Position(DeviceDescriptor device) =>
        device.Position is { } point ? new(point.Longitude, point.Latitude) : null;

    private static SortedDictionary<string, JsonElement> Attributes(DeviceDescriptor device)
    {
        var attributes = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (name, value) in device.Attributes)
        {
            attributes[name] = value switch
            {
                { Text: { } text } => JsonSerializer.SerializeToElement(text, GridJson.Default.String),
                { Number: { } number } => JsonSerializer.SerializeToElement(number, GridJson.Default.Double),
                _ => JsonSerializer.SerializeToElement(value.Flag == true, GridJson.Default.Boolean),
            };
        }

        return attributes;
    }

    private static ConnectorModel? Connector(ConnectorSpec? connector) => connector is null
        ? null
        : new(
            connector.Type,
            connector.Url,
            connector.DeviceId,
            connector.DevEui,
            connector.Topic,
            connector.Gateway,
            connector.Codec,
            connector.Mapping.IsEmpty ? null : connector.Mapping);

    /// <summary>A device for the audit log: no secret in it.</summary>
    public static string Describe(DeviceDescriptor device) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Words<DeviceKind>.Of(device.Kind)} in {device.Commune}, connector {device.Connector?.Type ?? "none"}");
}
