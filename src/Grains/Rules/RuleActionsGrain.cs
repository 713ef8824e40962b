using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Rules;

/// <summary>
/// Carries out what the rules of a sector ask for: see <see cref="IRuleActionsGrain"/>. Beside the sector, so that a device store or a work order that is slow holds up no
/// reading. An action that fails for want of a store or a door is tried again; one that is refused is done, and said so.
/// </summary>
public sealed partial class RuleActionsGrain(
    [PersistentState("actions")] IPersistentState<StoredRuleActions> state,
    IDeviceRegistry registry,
    IEnumerable<IRuleOutlet> outlets,
    RuleMeter meter,
    ILogger<RuleActionsGrain> logger) : Grain, IRuleActionsGrain, IRemindable
{
    /// <summary>Actions that wait; beyond it new ones are dropped, and counted.</summary>
    public const int Bound = 2_000;

    /// <summary>Ids of done actions that are remembered: a replay after a crash brings at most about a minute's.</summary>
    public const int Remembered = 4_000;

    private const string Reminder = "actions";
    private const string Actor = "rule:";

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Expiry = TimeSpan.FromHours(1);
    private static readonly TimeSpan Safety = TimeSpan.FromMinutes(5);

    /// <summary>Actions that one turn carries out.</summary>
    private const int AtOnce = 50;

    private HashSet<string> _known = [];
    private Task _writing = Task.CompletedTask;
    private IGrainTimer _work = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _known = [.. state.State.Done, .. state.State.Open.Select(task => task.Id)];
        _work = this.RegisterGrainTimer(WorkAsync, state.State.Open.IsEmpty ? Timeout.InfiniteTimeSpan : Soon, Timeout.InfiniteTimeSpan);
        return base.OnActivateAsync(cancellationToken);
    }

    public async Task Take(ImmutableArray<RuleTask> tasks)
    {
        // What is being written for another call is not taken before that is known to be durable.
        await _writing.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Current);
        RuleTask[] news = [.. tasks.Where(task => !_known.Contains(task.Id)).DistinctBy(task => task.Id)];
        var room = Math.Max(0, Bound - state.State.Open.Length);
        if (news.Length > room)
        {
            meter.Dropped(news.Length - room);
            LogDropped(logger, this.GetPrimaryKeyString(), news.Length - room);
            news = news[..room];
        }

        if (news.Length == 0)
        {
            return;
        }

        if (state.State.Open.IsEmpty)
        {
            // Whatever becomes of this process, somebody comes back to it.
            await this.RegisterOrUpdateReminder(Reminder, Safety, Safety);
        }

        await ChangeAsync(former =>
        {
            RuleTask[] added = [.. news.Where(task => !_known.Contains(task.Id))];
            _known.UnionWith(added.Select(task => task.Id));
            return new StoredRuleActions { Open = [.. former.Open, .. added], Done = former.Done };
        });
        _work.Change(Soon, Timeout.InfiniteTimeSpan);
    }

    public ValueTask<int> CountOpen() => new(state.State.Open.Length);

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _work.Change(Soon, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        var done = new List<string>();
        var failed = false;
        var waiting = new HashSet<(string Device, string Flag)>();
        foreach (var task in state.State.Open.Take(AtOnce))
        {
            // A flag goes up and down in the order in which its rule said so.
            if (task.Flag is { } later && waiting.Contains((task.Device, later.Name)))
            {
                continue;
            }

            try
            {
                await CarryOutAsync(task, cancellationToken);
                done.Add(task.Id);
                meter.Done();
            }
            catch (Exception exception)
            {
                failed = true;
                _ = task.Flag is { } flag && waiting.Add((task.Device, flag.Name));
                LogFailed(logger, this.GetPrimaryKeyString(), task.Id, exception.Message);
            }
        }

        if (done.Count > 0)
        {
            var gone = done.ToHashSet(StringComparer.Ordinal);
            await ChangeAsync(former =>
            {
                ImmutableArray<string> remembered = [.. former.Done, .. done];
                var next = new StoredRuleActions
                {
                    Open = [.. former.Open.Where(task => !gone.Contains(task.Id))],
                    Done = remembered[^Math.Min(remembered.Length, Remembered)..],
                };
                _known = [.. next.Done, .. next.Open.Select(task => task.Id)];
                return next;
            });
        }

        if (!state.State.Open.IsEmpty)
        {
            _work.Change(failed ? Again : Soon, Timeout.InfiniteTimeSpan);
        }
        else
        {
            await EndReminderAsync();
        }
    }

    private async Task EndReminderAsync()
    {
        if (await this.GetReminder(Reminder) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }
    }

    private async Task CarryOutAsync(RuleTask task, CancellationToken cancellationToken)
    {
        var origin = new RuleOrigin(task.Device, task.Kind, this.GetPrimaryKeyString());
        if (task.Command is { } command)
        {
            await CommandAsync(origin, command, cancellationToken);
            return;
        }

        var isTold = false;
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
                await outlet.SetFlagAsync(origin, flag, cancellationToken);
            }
        }

        if (!isTold)
        {
            meter.Unheard();
            LogUnheard(logger, task.Id, this.GetPrimaryKeyString());
        }
    }

    private async Task CommandAsync(RuleOrigin origin, RuleCommand command, CancellationToken cancellationToken)
    {
        if (await registry.GetAsync(origin.Device, cancellationToken) is not { Descriptor: { } device })
        {
            LogRefused(logger, command.Id, origin.Device, "the device is gone");
            return;
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
            Note(command, origin, answer.Status, answer.Field, answer.Reason);
            return;
        }

        if (await SelectAsync(command.Receivers, device, cancellationToken) is not { } selector)
        {
            LogRefused(logger, command.Id, origin.Device, "it has no cabinet");
            return;
        }

        var group = await GrainFactory.GetGrain<IGroupCommandGrain>(command.Id).Submit(new GroupRequest
        {
            Selector = selector,
            Name = command.Name,
            Arguments = command.Arguments,
            ExpiresIn = Expiry,
            Actor = Actor + command.Rule,
        });
        Note(command, origin, group.Status, group.Field, group.Reason);
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

    private void Note(RuleCommand command, RuleOrigin origin, SubmitStatus status, string? field, string? reason)
    {
        if (status != SubmitStatus.Accepted)
        {
            meter.Refused();
            LogRefused(logger, command.Id, origin.Device, $"{field} {reason}");
        }
    }

    /// <summary>One write after the other: actions are taken while others are carried out.</summary>
    private Task ChangeAsync(Func<StoredRuleActions, StoredRuleActions> change) => _writing = ChangeAfterAsync(_writing, change);

    private async Task ChangeAfterAsync(Task earlier, Func<StoredRuleActions, StoredRuleActions> change)
    {
        await earlier.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Current);
        var former = state.State;
        state.State = change(former);
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = former;
            _known = [.. former.Done, .. former.Open.Select(task => task.Id)];
            DeactivateOnIdle();
            throw;
        }
    }

    [LoggerMessage(EventId = 1450, Level = LogLevel.Error, Message = "Sector {Sector}: {Count} actions of rules are dropped: too many wait already")]
    private static partial void LogDropped(ILogger logger, string sector, int count);

    [LoggerMessage(EventId = 1451, Level = LogLevel.Warning, Message = "Sector {Sector}: action {Action} of a rule could not be carried out and is tried again: {Reason}")]
    private static partial void LogFailed(ILogger logger, string sector, string action, string reason);

    [LoggerMessage(EventId = 1452, Level = LogLevel.Warning, Message = "Command {Command} of a rule to device {Device} was refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, string command, string device, string reason);

    [LoggerMessage(EventId = 1453, Level = LogLevel.Warning, Message = "Action {Action} of a rule in sector {Sector} has no outlet")]
    private static partial void LogUnheard(ILogger logger, string action, string sector);
}
