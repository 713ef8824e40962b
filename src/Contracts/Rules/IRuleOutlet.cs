using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Notifications;

namespace Grid.Contracts.Rules;

/// <summary>Where what rules ask of people goes: work orders, notifications and flags. Each call may come again, with the same id: it is done once.</summary>
public interface IRuleOutlet
{
    /// <summary>Opens a work order; done when answered.</summary>
    Task OpenWorkOrderAsync(RuleOrigin origin, RuleWorkOrder order, CancellationToken cancellationToken);

    /// <summary>Takes a message to be delivered: persisted when answered, delivered later.</summary>
    Task NotifyAsync(RuleOrigin origin, RuleNotification notification, CancellationToken cancellationToken);

    /// <summary>Sets or ends a flag of a commune; done when answered. Why it is not up, null when it is as it was to be.</summary>
    Task<BilingualText?> SetFlagAsync(RuleOrigin origin, RuleFlag flag, CancellationToken cancellationToken);
}

/// <summary>The device on which a rule acts, or the commune.</summary>
/// <param name="Device">Its key; of a commune, the source of its alarms.</param>
/// <param name="Kind">Its trade; of a commune, the first that the rule names.</param>
/// <param name="Sector">Its sector; of a commune, the first.</param>
public sealed record RuleOrigin(string Device, DeviceKind Kind, string Sector)
{
    /// <summary>True for a commune.</summary>
    public bool IsCommune => AlarmIds.SectorOf(Device) is not null;
}
