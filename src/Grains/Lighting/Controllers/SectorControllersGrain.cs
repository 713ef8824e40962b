using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Lighting;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Commands;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Lighting.Controllers;

/// <summary>
/// The controllers of a sector: see <see cref="ISectorControllersGrain"/>. It looks at the directory of plans from time to time; what it then finds is persisted before
/// rows of the outbox are added for it, and a row asks what is still to be sent: so that nothing is lost by a stop, and what is done twice changes nothing.
/// </summary>
public sealed class SectorControllersGrain(
    [PersistentState("controllers")] IPersistentState<StoredControllers> state,
    IDeviceRegistry registry,
    ITerritoryTable table,
    IOutbox outbox,
    ControllersOptions options,
    TimeProvider clock) : Grain, ISectorControllersGrain
{
    private string _sector = "";
    private ControllersBook _book = new(new StoredControllers());
    private ControllerRows _rows = null!;
    private ControllerMessages _messages = null!;
    private Renewals _renewals = null!;
    private LivePlans? _plans;
    private SectorPlans? _sectorPlans;
    private LiveSwitching? _live;
    private CabinetExpectations? _expectations;
    private IGrainTimer _timer = null!;
    private DateTimeOffset _lookedAt;
    private bool _mayHaveChanged;
    private bool _isResumed;

    private ILightingDirectoryGrain Directory => GrainFactory.GetGrain<ILightingDirectoryGrain>(ILightingDirectoryGrain.Key);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _sector = this.GetPrimaryKeyString();
        _book = new ControllersBook(state.State);
        _rows = new ControllerRows(_sector, _book, outbox, options);
        _messages = new ControllerMessages(_book, options);
        _renewals = new Renewals(_book, registry, GrainFactory, options);
        if (table.FindCommune(SectorMap.CommuneOf(_sector)) is { } commune)
        {
            _plans = new LivePlans(LightingPlaces.Of(table, commune));
            _sectorPlans = new SectorPlans(_sector, _plans, _book, registry, GrainFactory);
            _live = new LiveSwitching(_plans, _book, GrainFactory);
            _expectations = new CabinetExpectations(_sector, _plans, _book, GrainFactory);
        }

        // Its lights are switched when nobody calls: a timer alone does not keep a grain.
        DelayDeactivation(TimeSpan.MaxValue);
        _timer = this.RegisterGrainTimer(LookAsync, options.RefreshAfter, options.RefreshEvery);
        return base.OnActivateAsync(cancellationToken);
    }

    public Task Wake() => Task.CompletedTask;

    public Task Changed()
    {
        _mayHaveChanged = true;
        _timer.Change(options.RefreshAfter, options.RefreshEvery);
        return Task.CompletedTask;
    }

    public async Task Shown(ImmutableArray<DownlinkMember> shown)
    {
        var now = Now();
        var changed = new List<Controller>();
        foreach (var (device, version) in shown)
        {
            if (_book.Find(device) is { } controller && ControllerRules.Shown(controller, version, now) is var next && next != controller)
            {
                _book.Set(next);
                changed.Add(next);
            }
        }

        if (changed.Count > 0)
        {
            await WriteAsync();
            await _rows.AddProgramsAsync(changed.Where(ControllerRules.IsWaiting), now);
            LookSoonIfDue(changed, now);
        }
    }

    public async Task Remind(ImmutableArray<string> devices) => _book.Watch(await RenewAsync(devices, Now()));

    public async Task Watch(ImmutableArray<string> devices, DateTimeOffset at)
    {
        _book.Watch([.. devices.Select(device => new WatchedDevice(device, at))]);
        await WriteAsync();
        Arm(Now());
    }

    public async Task<ProgramChoice> Reload(string device, string command)
    {
        await RefreshIfDueAsync(Now());
        if (_book.Find(device) is not { } controller)
        {
            return new ProgramChoice { Reason = "this device is under no lighting plan", ReasonFrench = "cet équipement n’est sous aucun plan d’éclairage" };
        }

        if (controller.State == ControllerState.Live)
        {
            return new ProgramChoice
            {
                Reason = "this device keeps no program: it is switched live (its attribute scheduler)",
                ReasonFrench = "cet équipement ne garde aucun programme : il est commuté en direct (son attribut scheduler)",
            };
        }

        var now = Now();
        var pending = controller with { State = ControllerState.Pending, Since = now, Detail = string.Empty, Sent = 0, Command = command };
        _book.Set(pending);
        await WriteAsync();
        await _rows.AddProgramsAsync([pending], now);
        return new ProgramChoice { Version = controller.Version };
    }

    public async Task<ImmutableArray<PlannedLevel>> GetPlanned(string device, DateTimeOffset from, DateTimeOffset to)
    {
        await RefreshIfDueAsync(Now());
        return _book.Find(device) is { } controller && _plans is { } plans
            ? [.. plans.Between(controller, from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds())]
            : [];
    }

    public ValueTask<ImmutableArray<ControllerView>> List(string plan, ControllerState? state, string? after, int limit) => new(
        [.. _book.Controllers
            .Where(controller => controller.Plan == plan && (state ?? controller.State) == controller.State && (after is null || string.CompareOrdinal(controller.Device, after) > 0))
            .Take(limit)
            .Select(View)]);

    public ValueTask<ImmutableArray<int>> Count(string plan)
    {
        var counts = new int[Enum.GetValues<ControllerState>().Length];
        foreach (var controller in _book.Controllers.Where(controller => controller.Plan == plan))
        {
            counts[(int)controller.State]++;
        }

        return new([.. counts]);
    }

    public async Task<DownlinkWork?> Take(string row) => ControllerRow.Parse(DownlinkOwners.WordOf(row)) switch
    {
        { Purpose: ControllerRow.Program } word => _messages.Program(word, Now()),
        { Purpose: ControllerRow.Live } word => _messages.Level(word, Now()),
        { Purpose: ControllerRow.Segment } word => _messages.Segment(word, Now()),
        { Purpose: ControllerRow.Renewal or ControllerRow.Reminder } word => await _renewals.TakeAsync(word, Now()),
        _ => null,
    };

    public async Task Tell(string row, ImmutableArray<MemberResult> results)
    {
        if (ControllerRow.Parse(DownlinkOwners.WordOf(row)) is not { } word)
        {
            return;
        }

        _renewals.Tell(word, results);
        var now = Now();
        var changed = _messages.Tell(word, results, now);
        if (!changed.IsEmpty)
        {
            await WriteAsync();
            LookSoonIfDue(changed, now);
        }

        foreach (var controller in changed)
        {
            if (controller.Command is { } command && Step(controller.State) is { } step)
            {
                await CommandFollowers.Report(GrainFactory, command, controller.Device, new CommandProgress { State = step, At = now, Detail = controller.Detail });
            }
        }
    }

    private static CommandState? Step(ControllerState reached) => reached switch
    {
        ControllerState.Transmitted => CommandState.Transmitted,
        ControllerState.Acknowledged => CommandState.Acknowledged,
        ControllerState.Rejected => CommandState.Rejected,
        _ => null,
    };

    /// <summary>From time to time: what changed of plans and devices, what is to be switched now, and what ended.</summary>
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var now = Now();
        if (!_isResumed)
        {
            await ResumeAsync(now);
            _isResumed = true;
        }

        await RefreshIfDueAsync(now);
        await SwitchAsync(now);
        await RenewWatchedAsync(now);
        if (_expectations is { } expectations && await expectations.TellAsync(now))
        {
            await WriteAsync();
        }

        Arm(Now());
    }

    /// <summary>Cabinets that have their program now are to be judged by it: with the next look, which is brought forward.</summary>
    private void LookSoonIfDue(IEnumerable<Controller> changed, DateTimeOffset now)
    {
        if (changed.Any(controller => CabinetExpectations.IsDue(controller, now)))
        {
            _timer.Change(options.RefreshAfter, options.RefreshEvery);
        }
    }

    /// <summary>A stop may have come between what was persisted and its rows. One too many finds nothing to send.</summary>
    private async Task ResumeAsync(DateTimeOffset now)
    {
        await _rows.AddProgramsAsync(_book.Controllers.Where(ControllerRules.IsWaiting), now);
        await _rows.AddLevelsAsync(_book.Live.Where(light => light.ToSend > 0), now);
        foreach (var reminder in _book.Reminders)
        {
            await _rows.AddAsync(ControllerRow.ForReminder(reminder), now);
        }
    }

    /// <summary>The timer goes on at the next switch point, and within its period at the latest.</summary>
    private void Arm(DateTimeOffset now)
    {
        var next = now + options.RefreshEvery;
        if (_book.NextWatched is { } watched && watched < next)
        {
            next = watched;
        }

        foreach (var controller in _book.Live.DistinctBy(controller => (controller.Plan, controller.MinimumPercent, controller.Kind)))
        {
            var at = _plans?.NextAfter(controller, now.ToUnixTimeMilliseconds()) ?? long.MaxValue;
            if (at < next.ToUnixTimeMilliseconds())
            {
                next = DateTimeOffset.FromUnixTimeMilliseconds(at);
            }
        }

        _timer.Change(next > now ? next - now : TimeSpan.FromMilliseconds(1), options.RefreshEvery);
    }

    private async Task RefreshIfDueAsync(DateTimeOffset now)
    {
        if (_lookedAt != default && !_mayHaveChanged && now >= _lookedAt && now - _lookedAt < options.RefreshEvery)
        {
            return;
        }

        var isToldOf = _mayHaveChanged;
        _mayHaveChanged = false;
        var revision = await Directory.GetRevision();
        if (_sectorPlans is { } plans)
        {
            if (revision != _book.Revision || isToldOf || now - _book.RefreshedAt >= options.RefreshEvery || now < _book.RefreshedAt)
            {
                await RefreshAsync(plans, revision, now);
            }
            else
            {
                await plans.FetchMissingAsync();
            }
        }

        _lookedAt = now;
    }

    private async Task RefreshAsync(SectorPlans plans, long revision, DateTimeOffset now)
    {
        var next = await plans.FindAsync(now);
        var others = next.UnderPlans.Where(controller => controller.State == ControllerState.Pending && IsNews(controller)).ToArray();

        // Before it is forgotten that they had anything: what a stop interrupts is done again.
        if (_live is { } live && _expectations is { } expectations)
        {
            var left = _book.LeftBy(next.UnderPlans);
            await live.LeaveAsync(left, now);
            await expectations.LeaveAsync(left, now);
            await expectations.LeaveAsync(_book.LeftBy(next), now);
        }

        _book.Replace(next, revision, now);
        await WriteAsync();
        await _rows.AddProgramsAsync(others, now);
    }

    /// <summary>True for a program that no row is there for yet: another one, or another way to the same controller.</summary>
    private bool IsNews(Controller controller) =>
        _book.Find(controller.Device) is not { } former || former.Version != controller.Version || former.Lane != controller.Lane || former.State != controller.State;

    private async Task SwitchAsync(DateTimeOffset now)
    {
        if (_live is { } live && await live.SwitchAsync(now) is { IsEmpty: false } switched)
        {
            await WriteAsync();
            await _rows.AddLevelsAsync(switched.Where(controller => controller.ToSend > 0), now);
        }
    }

    private async Task RenewWatchedAsync(DateTimeOffset now)
    {
        if (!(_book.NextWatched <= now))
        {
            return;
        }

        var due = _book.WatchedUntil(now);
        var next = await RenewAsync(due, now);
        _book.Unwatch(due);
        _book.Watch(next);
        await WriteAsync();
    }

    /// <summary>Rows for all that devices should do now; answers when what they should do changes again by itself.</summary>
    private async Task<ImmutableArray<WatchedDevice>> RenewAsync(ImmutableArray<string> devices, DateTimeOffset now)
    {
        var (rows, next) = await _renewals.FindAsync(devices, now);
        if (rows.Any(row => row.Purpose == ControllerRow.Reminder))
        {
            await WriteAsync();
        }

        foreach (var row in rows)
        {
            await _rows.AddGatheredAsync(row, now);
        }

        return next;
    }

    private async Task WriteAsync()
    {
        state.State = _book.ToStored();
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            // What is in memory is not what is stored: the next activation begins with that.
            DeactivateOnIdle();
            throw;
        }
    }

    private ControllerView View(Controller controller) => new()
    {
        Device = controller.Device,
        Plan = controller.Plan,
        By = controller.By,
        PlanVersion = _book.FindProgram(controller.Version)?.PlanVersion ?? 0,
        Version = controller.Version,
        ReportedVersion = controller.Reported < 0 ? null : controller.Reported,
        State = controller.State,
        Since = controller.Since,
        Detail = controller.Detail,
    };

    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
