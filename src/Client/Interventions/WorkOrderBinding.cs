using System.Globalization;
using Grid.Client.Errors;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;
using Grid.Contracts.Territories;

namespace Grid.Client.Interventions;

/// <summary>From what POST and PATCH send to what grains take. Form only: lengths and what belongs to which action is the grain's to judge.</summary>
internal static class WorkOrderBinding
{
    /// <summary>The request; null when there are errors.</summary>
    /// <param name="input">What was sent.</param>
    /// <param name="device">The device that it names; null when it names none, or none that is registered.</param>
    /// <param name="alarm">The alarm that it names; null when it names none, or none that there is.</param>
    /// <param name="table">The communes.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="key">Under which it is the same; null for none.</param>
    /// <param name="errors">Where errors go.</param>
    public static WorkOrderRequest? Bind(
        WorkOrderInput input, DeviceDescriptor? device, AlarmView? alarm, ITerritoryTable table, string actor, string? key, List<FieldError> errors)
    {
        var commune = input.Commune ?? device?.Commune ?? alarm?.Commune;
        if (input.Alarm is not null && alarm is null)
        {
            errors.Add(new("alarm", "is no alarm that there is, or was"));
        }
        else if (alarm is not null && input.Device is { } other && other != alarm.Source)
        {
            errors.Add(new("device", $"is not the source of the alarm, which is {alarm.Source}"));
        }

        if (input.Device is not null && device is null)
        {
            errors.Add(new("device", "is no device that is registered"));
        }
        else if (commune is null)
        {
            errors.Add(new("commune", "is missing, and so are a device and an alarm"));
        }
        else if (table.FindCommune(commune) is null)
        {
            errors.Add(new("commune", "is no commune that is known"));
        }
        else if (device is not null && commune != device.Commune)
        {
            errors.Add(new("commune", $"is not that of the device, which is in {device.Commune}"));
        }

        if (device is not null && input.Kind is { } kind && kind != device.Kind)
        {
            errors.Add(new("kind", "is not that of the device"));
        }

        if (input.Title is null)
        {
            errors.Add(new("title", "is missing"));
        }

        var position = PositionOf(input.Position, errors) ?? OpenPositionOf(device);
        return errors.Count > 0 ? null : new()
        {
            Commune = commune!,
            Origin = input.Alarm is null ? WorkOrderOrigin.Person : WorkOrderOrigin.Alarm,
            By = actor,
            Priority = input.Priority ?? (alarm is null ? WorkOrderPriority.Medium : PriorityOf(alarm.Priority)),
            Title = input.Title!,
            Description = input.Description,
            Device = device?.Id,
            Kind = device?.Kind ?? alarm?.Kind ?? input.Kind,
            Position = position,
            Alarm = alarm?.Id,
            AlarmRaisedAt = alarm?.LastAt,
            AlarmCommunes = alarm?.FormerCommunes ?? [],
            Key = key is null ? null : KeyOf(actor, key),
        };
    }

    /// <summary>The action; null when there are errors.</summary>
    public static WorkOrderAction? Bind(WorkOrderActionInput input, string actor, string? key, List<FieldError> errors)
    {
        if (input.Action is not { } verb)
        {
            errors.Add(new("action", "is missing"));
            return null;
        }

        var parts = input.Parts ?? [];
        for (var index = 0; index < parts.Count; index++)
        {
            if (parts[index] is not { Name: not null, Quantity: not null })
            {
                errors.Add(new($"parts[{index}]", "misses its name or its quantity"));
            }
        }

        return errors.Count > 0 ? null : new()
        {
            Verb = verb,
            By = input.By ?? actor,
            Note = input.Note,
            Contractor = input.Contractor,
            Lot = input.Lot,
            Priority = input.Priority,
            Parts = [.. parts.Select(part => new UsedPart(part!.Name!, part.Quantity!.Value))],
            Key = key is null ? null : KeyOf(actor, key),
        };
    }

    /// <summary>Where a device stands; null when that is not known, and for a person's device.</summary>
    public static GeoPoint? OpenPositionOf(DeviceDescriptor? device) => device is not null && PersonalData.SubscriberOf(device) is null ? device.Position : null;

    private static WorkOrderPriority PriorityOf(AlarmPriority priority) => priority switch
    {
        AlarmPriority.Low => WorkOrderPriority.Low,
        AlarmPriority.Medium => WorkOrderPriority.Medium,
        AlarmPriority.High => WorkOrderPriority.High,
        AlarmPriority.Urgent => WorkOrderPriority.Urgent,
        _ => throw new ArgumentOutOfRangeException(nameof(priority), priority, "Unknown priority."),
    };

    /// <summary>Keys of different callers are different.</summary>
    private static string KeyOf(string actor, string key) => string.Create(CultureInfo.InvariantCulture, $"{actor.Length}:{actor}:{key}");

    private static GeoPoint? PositionOf(Devices.PositionInput? input, List<FieldError> errors)
    {
        if (input is null)
        {
            return null;
        }

        if (input is { Lon: >= -180 and <= 180, Lat: >= -90 and <= 90 })
        {
            return new GeoPoint(input.Lon.Value, input.Lat.Value);
        }

        errors.Add(new("position", "is no lon from -180 to 180 with lat from -90 to 90"));
        return null;
    }
}
