using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Interventions;
using Grid.Contracts.Notifications;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Grains.Notifications;
using Orleans;

namespace Grid.Grains.Rules;

/// <summary>Where what rules ask of people goes: the work orders of the commune, the notifications, and the flags of the commune.</summary>
public sealed class RuleOutlet(IGrainFactory grains, Notifier notifier) : IRuleOutlet
{
    private const int LongestTitle = 200;

    private static readonly BilingualText Waits = new(
        $"la commune a déjà {ICommuneFlagsGrain.MaximumFlags} drapeaux : celui-ci attend que l’un d’eux soit baissé",
        $"the commune has {ICommuneFlagsGrain.MaximumFlags} flags already: this one waits until one of them goes down");

    private static readonly BilingualText LeftOut = new(
        $"la commune a déjà {ICommuneFlagsGrain.MaximumFlags} drapeaux, et {ICommuneFlagsGrain.MaximumWaiting} autres attendent : celui-ci n’est pas levé",
        $"the commune has {ICommuneFlagsGrain.MaximumFlags} flags already, and {ICommuneFlagsGrain.MaximumWaiting} others wait: this one is left out");

    /// <inheritdoc/>
    public async Task OpenWorkOrderAsync(RuleOrigin origin, RuleWorkOrder order, CancellationToken cancellationToken)
    {
        var commune = SectorMap.CommuneOf(origin.Sector);
        // Where the rule alarms too, the order closes and reopens with that.
        var alarm = await grains.GetGrain<ISectorGrain>(origin.Sector).GetAlarm(AlarmIds.Of(origin.Device, AlarmIds.RulePrefix + order.Rule));
        var isOfAlarm = alarm is { IsActive: true };
        var title = order.Note is { Length: > 0 } note ? note : $"{order.Rule}: {(origin.IsCommune ? commune : origin.Device)}";
        await grains.GetGrain<IWorkOrdersGrain>(commune).Open(new WorkOrderRequest
        {
            Commune = commune,
            Origin = WorkOrderOrigin.Rule,
            By = order.Rule,
            Priority = WorkOrderPriority.Medium,
            Title = title.Length > LongestTitle ? title[..LongestTitle] : title,
            Device = origin.IsCommune ? null : origin.Device,
            Kind = origin.Kind,
            Alarm = isOfAlarm ? alarm!.Id : null,
            AlarmRaisedAt = isOfAlarm ? alarm!.RaisedAt : null,
            AlarmCommunes = isOfAlarm ? alarm!.FormerCommunes : [],
            Key = order.Id,
        });
    }

    /// <inheritdoc/>
    public async Task NotifyAsync(RuleOrigin origin, RuleNotification notification, CancellationToken cancellationToken)
    {
        var text = new BilingualText(notification.Message, notification.Message);
        await notifier.NotifyAsync(grains, notification.Endpoint, new NotificationText(
            NotificationIds.Of("rule", notification.Id),
            "rule.notify",
            text,
            text,
            FieldsOf(origin, notification)));
    }

    private static ImmutableSortedDictionary<string, string> FieldsOf(RuleOrigin origin, RuleNotification notification)
    {
        var fields = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal)
            .Add("rule", notification.Rule).Add("commune", SectorMap.CommuneOf(origin.Sector));
        return origin.IsCommune ? fields : fields.Add("device", origin.Device);
    }

    /// <inheritdoc/>
    public async Task<BilingualText?> SetFlagAsync(RuleOrigin origin, RuleFlag flag, CancellationToken cancellationToken) =>
        await grains.GetGrain<ICommuneFlagsGrain>(SectorMap.CommuneOf(origin.Sector)).Hold(flag.Name, flag.Rule, origin.Device, flag.IsSet, flag.At) switch
        {
            FlagAnswer.Done => null,
            FlagAnswer.Waits => Waits,
            _ => LeftOut,
        };
}
