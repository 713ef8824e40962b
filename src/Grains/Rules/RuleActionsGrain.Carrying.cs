using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Notifications;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Orleans;

namespace Grid.Grains.Rules;

/// <summary>How an action of a rule is carried out: a command by the grain of commands, all else by the outlets.</summary>
public sealed partial class RuleActionsGrain
{
    /// <summary>Has it done; what kept it from being done otherwise, null for nothing.</summary>
    private async Task<BilingualText?> CarryOutAsync(RuleTask task, CancellationToken cancellationToken)
    {
        var origin = new RuleOrigin(task.Device, task.Kind, this.GetPrimaryKeyString());
        if (task.Command is { } command)
        {
            if (command.IsCut)
            {
                return new(
                    "elle découle de sa propre commande, ou de celles de plusieurs règles l’une après l’autre : la boucle est coupée",
                    "it follows from its own command, or from those of several rules in turn: the loop is cut");
            }

            if (clock.GetUtcNow() - task.TakenAt >= Expiry)
            {
                return new("elle n’a pas pu être donnée tant qu’elle valait", "it could not be given while it was valid");
            }

            return await CommandAsync(origin, command, cancellationToken);
        }

        var isTold = false;
        BilingualText? refusal = null;
        foreach (var outlet in outlets)
        {
            isTold = true;
            if (task.WorkOrder is { } order)
            {
                await outlet.OpenWorkOrderAsync(origin, order, cancellationToken);
            }
            else if (task.Notification is { } notification)
            {
                await outlet.NotifyAsync(origin, notification, cancellationToken);
            }
            else if (task.Flag is { } flag)
            {
                refusal = await outlet.SetFlagAsync(origin, flag, cancellationToken) ?? refusal;
            }
        }

        if (!isTold)
        {
            meter.Unheard();
            LogUnheard(logger, task.Id, this.GetPrimaryKeyString());
        }

        return refusal;
    }

    private async Task<BilingualText?> CommandAsync(RuleOrigin origin, RuleCommand command, CancellationToken cancellationToken)
    {
        if (origin.IsCommune)
        {
            return await CommandGroupAsync(command, new GroupSelector { Commune = SectorMap.CommuneOf(origin.Sector) });
        }

        if (await registry.GetAsync(origin.Device, cancellationToken) is not { Descriptor: { } device })
        {
            return new("l’équipement n’est plus là", "the device is gone");
        }

        if (command.Receivers == RuleReceivers.Device)
        {
            var answer = await GrainFactory.GetGrain<ICommandGrain>(command.Id).Submit(new CommandRequest
            {
                Device = device.Id,
                Kind = device.Kind,
                Name = command.Name,
                Arguments = command.Arguments,
                ExpiresIn = Expiry,
                Actor = Actor + command.Rule,
                Connector = device.Connector?.Type ?? string.Empty,
                Gateway = ConnectorSpec.GatewayOf(device.Connector),
            });
            return Refusal(answer.Status, answer.Field, answer.Reason, answer.ReasonFrench);
        }

        return await SelectAsync(command.Receivers, device, cancellationToken) is { } selector ? await CommandGroupAsync(command, selector) : new("il n’a pas d’armoire", "it has no cabinet");
    }

    private async Task<BilingualText?> CommandGroupAsync(RuleCommand command, GroupSelector selector)
    {
        var group = await GrainFactory.GetGrain<IGroupCommandGrain>(command.Id).Submit(new GroupRequest
        {
            Selector = selector,
            Name = command.Name,
            Arguments = command.Arguments,
            ExpiresIn = Expiry,
            Actor = Actor + command.Rule,
        });
        return Refusal(group.Status, group.Field, group.Reason, group.ReasonFrench);
    }

    private async Task<GroupSelector?> SelectAsync(RuleReceivers receivers, DeviceDescriptor device, CancellationToken cancellationToken)
    {
        if (receivers == RuleReceivers.Commune)
        {
            return new GroupSelector { Commune = device.Commune };
        }

        var cabinet = device.Kind == DeviceKind.Cabinet ? device.Id : device.FedBy();
        if (cabinet is null)
        {
            return null;
        }

        var lamps = await registry.ListAsync(new DeviceQuery { Communes = [(device.Commune, DeviceKinds.Streetlight)], Limit = GroupCatalog.MaximumIds }, cancellationToken);
        return new GroupSelector { Ids = [.. lamps.Where(lamp => lamp.Descriptor.FedBy() == cabinet).Select(lamp => lamp.Descriptor.Id)] };
    }

    /// <summary>Under an id that is of this action alone there can only be this command: one that says something else, such as of a group that has changed since, was given before.</summary>
    private static BilingualText? Refusal(SubmitStatus status, string? field, string? reason, string? french) =>
        status is SubmitStatus.Accepted or SubmitStatus.Conflict ? null : new($"{field} : {french ?? reason}", $"{field}: {reason}");
}
