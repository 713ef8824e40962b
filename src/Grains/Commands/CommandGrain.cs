using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Lighting;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Commands;

/// <summary>
/// One command: see <see cref="ICommandGrain"/>. Order of writes: desired state, outbox, command. A stop in between leaves a command that
/// nobody was told of, and it drops its row when progress is reported for it.
/// </summary>
public sealed class CommandGrain(
    [PersistentState("command")] IPersistentState<StoredCommand> state,
    IOutbox outbox,
    IDeviceDirectory directory,
    TimeProvider clock) : Grain, ICommandGrain
{
    public async Task<SubmitAnswer> Submit(CommandRequest request)
    {
        if (state.State is { Request: { } former, View: { } view })
        {
            return CommandRules.AreSame(former, request)
                ? new SubmitAnswer { Status = SubmitStatus.Accepted, Command = view }
                : new SubmitAnswer { Status = SubmitStatus.Conflict };
        }

        var id = this.GetPrimaryKeyString();
        var now = Now();
        var accepted = CommandRules.Accept(id, request, now);
        var (change, refusal) = await ChangeAsync(id, request, now, accepted.ExpiresAt);
        var desired = refusal ?? await DeviceGrains.Get(GrainFactory, request.Kind, request.Device).SetDesired(change);
        if (desired.Reason is not null)
        {
            return new SubmitAnswer { Status = SubmitStatus.Refused, Field = desired.Field, Reason = desired.Reason, ReasonFrench = desired.ReasonFrench };
        }

        if (desired.HeldBy is { } layer)
        {
            accepted = CommandRules.Apply(accepted, new CommandProgress { State = CommandState.Superseded, At = now, Detail = CommandRules.HeldBy(layer) });
        }
        else
        {
            // A program is sent with those of its controller's sector: this row only ends the command in time.
            var order = desired.Order ?? new DeviceOrder(request.Name, request.Arguments);
            var connector = desired.Order is null ? string.Empty : request.Connector;
            var downlink = new Downlink(id, request.Device, connector, order.Name, order.Arguments, desired.Version, accepted.ExpiresAt, request.Gateway);
            await outbox.AddAsync(downlink, now, CancellationToken.None);
        }

        if (desired.Resumes is { } resumes && ControllersOf(request.Device) is { } controllers)
        {
            await controllers.Watch([request.Device], resumes);
        }

        await PersistAsync(request, accepted);
        foreach (var superseded in desired.Superseded.Where(superseded => superseded != id))
        {
            await CommandFollowers.Report(
                GrainFactory, superseded, request.Device, new CommandProgress { State = CommandState.Superseded, At = now, Detail = $"by command {id}" });
        }

        return new SubmitAnswer { Status = SubmitStatus.Accepted, Command = accepted };
    }

    /// <summary>The change that a request asks for, with what only its controller's sector knows; or why there is none.</summary>
    private async Task<(DesiredChange Change, DesiredAnswer? Refusal)> ChangeAsync(string id, CommandRequest request, DateTimeOffset now, DateTimeOffset expiresAt)
    {
        var change = new DesiredChange { Command = id, Name = request.Name, Arguments = request.Arguments, At = now, Layer = request.Layer };
        if (ControllersOf(request.Device) is not { } controllers)
        {
            return (change, null);
        }

        switch (request.Name)
        {
            case CommandCatalog.FollowPlan:
                return (change with { Planned = await controllers.GetPlanned(request.Device, now, expiresAt) }, null);
            case CommandCatalog.LoadProgram:
                var program = await controllers.Reload(request.Device, id);
                return (change with { ProgramVersion = program.Version }, program.Reason is { } reason ? new DesiredAnswer { Field = "device", Reason = reason, ReasonFrench = program.ReasonFrench } : null);
            default:
                return (change, null);
        }
    }

    private ISectorControllersGrain? ControllersOf(string device) =>
        directory.Find(device) is { } address ? GrainFactory.GetGrain<ISectorControllersGrain>(address.Sector) : null;

    public ValueTask<CommandView?> Get() => new(state.State.View);

    public async Task Report(CommandProgress progress)
    {
        if (state.State.View is not { } view)
        {
            // Asked for and never stored: nobody was told that it is accepted. Here, where no submission of it can be under way.
            await outbox.RemoveAsync(this.GetPrimaryKeyString(), CancellationToken.None);
            return;
        }

        if (CommandRules.Apply(view, progress) is var next && ReferenceEquals(next, view))
        {
            return;
        }

        await PersistAsync(state.State.Request!, next);
        if (CommandRules.IsFinal(next.State))
        {
            await outbox.RemoveAsync(next.Id, CancellationToken.None);
        }
    }

    /// <summary>Live clients are told once it is persisted.</summary>
    private async Task PersistAsync(CommandRequest request, CommandView view)
    {
        var former = state.State;
        state.State = new StoredCommand { Request = request, View = view };
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            // What is not stored is not so: the next who asks must not be told otherwise.
            state.State = former;
            throw;
        }

        if (directory.Find(view.Device) is { } address)
        {
            await GrainFactory.GetGrain<ISectorGrain>(address.Sector).Announce(view);
        }
    }

    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
