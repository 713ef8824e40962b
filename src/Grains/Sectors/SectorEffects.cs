using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.CrossTrade;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Grid.Grains.Sectors;

/// <summary>
/// What follows from entries beyond the devices themselves: commands that the measurements confirm, and hints to the sector's controllers. Gathered while entries are
/// applied and carried out at their end; what could not be is kept for the next time.
/// </summary>
internal sealed partial class SectorEffects(string sector, IGrainFactory grains, SectorMeter meter, ILogger logger)
{
    private const string ProgramVersion = "programVersion";

    private readonly List<(string Device, CommandConfirmed Effect)> _confirmed = [];
    private readonly List<RuleTask> _ruleTasks = [];
    private int _ruleAlarms;
    private readonly List<DownlinkMember> _programs = [];
    private readonly HashSet<string> _due = new(StringComparer.Ordinal);
    private readonly List<LinkedDeviceRow> _linked = [];
    private bool _hasOtherControllers;

    /// <summary>A device was registered or removed.</summary>
    public void Registered(DeviceKind kind) => _hasOtherControllers |= IsLight(kind);

    /// <summary>A device hangs together with others, or does so no more.</summary>
    public void Linked(LinkedDeviceRow device) => _linked.Add(device);

    /// <summary>Devices of these kinds are given other parameters.</summary>
    public void Configured(IEnumerable<DeviceKind> kinds) => _hasOtherControllers |= kinds.Any(IsLight);

    /// <summary>A device is handed an entry: a controller may say that it runs another program than the one that was told last.</summary>
    public void Reported(SectorDevice device, LogEntry entry)
    {
        if (IsLight(device.Kind) && entry is ReadingEntry reading && reading.Device == device.Id && reading[ProgramVersion] is { } version && version != device.ProgramVersion)
        {
            device.ProgramVersion = version;
            _programs.Add(new DownlinkMember(device.Id, (long)version));
        }
    }

    /// <summary>What a device answered that follows from an entry.</summary>
    public void Add(SectorDevice device, ImmutableArray<DeviceEffect> effects)
    {
        foreach (var effect in effects.IsDefault ? [] : effects)
        {
            if (effect is CommandConfirmed confirmed)
            {
                _confirmed.Add((device.Id, confirmed));
            }
            else if (effect is DesiredStateDue)
            {
                _due.Add(device.Id);
            }
            else if (effect is RuleAlarm)
            {
                _ruleAlarms++;
            }
            else if (effect is RuleAction action)
            {
                _ruleTasks.Add(RuleTask.Of(device.Id, device.Kind, action));
            }
        }
    }

    /// <summary>Carries out what has gathered.</summary>
    public async ValueTask CarryOutAsync()
    {
        await ConfirmCommandsAsync();
        await ActAsync();
        await LinkAsync();
        await TellControllersAsync();
    }

    /// <summary>What rules have to have done is taken durably; who does it has its own pace.</summary>
    private async ValueTask ActAsync()
    {
        if (_ruleAlarms > 0)
        {
            meter.RuleAlarms(_ruleAlarms);
            _ruleAlarms = 0;
        }

        if (_ruleTasks.Count > 0)
        {
            await grains.GetGrain<IRuleActionsGrain>(sector).Take([.. _ruleTasks]);
            _ruleTasks.Clear();
        }
    }

    private async ValueTask LinkAsync()
    {
        if (_linked.Count > 0)
        {
            await grains.GetGrain<ICommuneFindingsGrain>(SectorMap.CommuneOf(sector)).Link([.. _linked]);
            _linked.Clear();
        }
    }

    /// <summary>Hints, and as such not waited for.</summary>
    private async ValueTask TellControllersAsync()
    {
        if (_programs.Count == 0 && _due.Count == 0 && !_hasOtherControllers)
        {
            return;
        }

        var controllers = grains.GetGrain<ISectorControllersGrain>(sector);
        if (_hasOtherControllers)
        {
            await controllers.Changed();
        }

        if (_programs.Count > 0)
        {
            await controllers.Shown([.. _programs]);
        }

        if (_due.Count > 0)
        {
            await controllers.Remind([.. _due]);
        }

        _programs.Clear();
        _due.Clear();
        _hasOtherControllers = false;
    }

    private static bool IsLight(DeviceKind kind) => kind is DeviceKind.Cabinet or DeviceKind.Streetlight;

    private async ValueTask ConfirmCommandsAsync()
    {
        if (_confirmed.Count == 0)
        {
            return;
        }

        foreach (var (_, confirmed) in _confirmed.Where(one => !GroupParts.IsPart(one.Effect.Command)))
        {
            await NoteAsync(confirmed.Command, () => grains.GetGrain<ICommandGrain>(confirmed.Command).Report(Progress(confirmed)));
        }

        // Lamps of a group confirm by the hundred, and one call notes them all.
        foreach (var lane in _confirmed.Where(one => GroupParts.IsPart(one.Effect.Command)).GroupBy(one => one.Effect.Command, StringComparer.Ordinal))
        {
            await NoteAsync(lane.Key, () => grains.GetGrain<IGroupPartGrain>(GroupParts.PartOf(lane.Key)).Report(lane.Key, [.. lane.Select(one => one.Device)], Progress(lane.First().Effect)));
        }

        _confirmed.Clear();
    }

    private async ValueTask NoteAsync(string command, Func<Task> note)
    {
        try
        {
            await note();
        }
        catch (Exception exception) when (!SectorApplier.IsUnreachable(exception))
        {
            // The command ends as expired at the latest; the ledger would be wrong, so it is loud.
            meter.EntryFailed();
            LogConfirmationFailed(logger, sector, command, exception);
        }
    }

    private static CommandProgress Progress(CommandConfirmed confirmed) => new() { State = CommandState.Confirmed, At = confirmed.At, Detail = confirmed.Detail };

    [LoggerMessage(EventId = 1102, Level = LogLevel.Error, Message = "Sector {Sector}: the confirmation of command {Command} could not be noted")]
    private static partial void LogConfirmationFailed(ILogger logger, string sector, string command, Exception exception);
}
