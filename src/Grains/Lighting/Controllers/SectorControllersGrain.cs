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
    private const int Page = 5_000;
    private const int TargetsAtOnce = 1_000;
    private const int DesiresAtOnce = 128;

    private string _sector = "";
    private ControllersBook _book = new(new StoredControllers());
    private LivePlans? _plans;
    private IGrainTimer _timer = null!;
    private DateTimeOffset _lookedAt;
    private bool _mayHaveChanged;
    private bool _isResumed;

    // Rows whose one message has gone out, until they are looked at again.
    private readonly HashSet<string> _sent = new(StringComparer.Ordinal);

    private ILightingDirectoryGrain Directory => GrainFactory.GetGrain<ILightingDirectoryGrain>(ILightingDirectoryGrain.Key);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _sector = this.GetPrimaryKeyString();
        _book = new ControllersBook(state.State);
        _plans = table.FindCommune(SectorMap.CommuneOf(_sector)) is { } commune ? new LivePlans(LightingPlaces.Of(table, commune)) : null;
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
            await AddProgramRowsAsync(changed.Where(ControllerRules.IsWaiting), now);
        }
    }

    public async Task Watch(string device, DateTimeOffset at)
    {
        _book.Watch(device, at);
        await WriteAsync();
        Arm(Now());
    }

    public async Task<ProgramChoice> Reload(string device, string command)
    {
        await RefreshIfDueAsync(Now());
        if (_book.Find(device) is not { } controller)
        {
            return new ProgramChoice { Reason = "this device is under no lighting plan" };
        }

        if (controller.State == ControllerState.Live)
        {
            return new ProgramChoice { Reason = "this device keeps no program: it is switched live (its attribute scheduler)" };
        }

        var now = Now();
        var pending = controller with { State = ControllerState.Pending, Since = now, Detail = string.Empty, Sent = 0, Command = command };
        _book.Set(pending);
        await WriteAsync();
        await AddProgramRowsAsync([pending], now);
        return new ProgramChoice { Version = controller.Version };
    }

    public async Task<ImmutableArray<PlannedLevel>> GetPlanned(string device, DateTimeOffset from, DateTimeOffset to)
    {
        await RefreshIfDueAsync(Now());
        return _book.Find(device) is { } controller && _plans is { } plans
            ? [.. plans.Between(controller.Plan, controller.MinimumPercent, from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds())]
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

    public async Task<DownlinkWork?> Take(string row)
    {
        var now = Now();
        var word = ControllerRow.Parse(DownlinkOwners.WordOf(row));
        switch (word)
        {
            case { Purpose: ControllerRow.Program }:
                return TakeProgram(word, now);
            case { Purpose: ControllerRow.Live }:
                ImmutableArray<DownlinkMember> due =
                    [.. _book.Live.Where(light => light.Lane == word.Lane && light.Level == word.Percent && light.ToSend > 0).Select(light => new DownlinkMember(light.Device, light.ToSend))];
                return due.IsEmpty ? null : new DownlinkWork { Members = due, Name = CommandCatalog.SetDimming, Arguments = Percent(word.Percent), DueAt = now + options.SendAgainAfter, ExpiresAt = now + options.LiveLasts };
            case { Purpose: ControllerRow.Renewal }:
                return _sent.Remove(row) ? null : await TakeRenewalAsync(word);
            default:
                return null;
        }
    }

    public async Task Tell(string row, ImmutableArray<MemberResult> results)
    {
        var now = Now();
        var word = ControllerRow.Parse(DownlinkOwners.WordOf(row));
        var steps = new List<(string Command, string Device, CommandState State, string Detail)>();
        var changed = false;
        foreach (var result in results)
        {
            if (word?.Purpose == ControllerRow.Renewal && IsOver(result.Status))
            {
                _sent.Add(row);
            }

            if (_book.Find(result.Device) is not { } controller)
            {
                continue;
            }

            var next = word?.Purpose switch
            {
                ControllerRow.Program when controller.Version == word.Version => ControllerRules.Tell(controller, result, now),
                ControllerRow.Live when controller.Level == word.Percent && IsOver(result.Status) => controller with { ToSend = 0 },
                _ => controller,
            };
            if (next == controller)
            {
                continue;
            }

            _book.Set(next);
            changed = true;
            if (next.Command is { } command && Step(next.State) is { } step)
            {
                steps.Add((command, next.Device, step, next.Detail));
            }
        }

        if (changed)
        {
            await WriteAsync();
        }

        foreach (var (command, device, step, detail) in steps)
        {
            await CommandFollowers.Report(GrainFactory, command, device, new CommandProgress { State = step, At = now, Detail = detail });
        }
    }

    /// <summary>True when the message is not to be sent again: another try of one that may have arrived does no harm.</summary>
    private static bool IsOver(DownlinkStatus status) => status is not (DownlinkStatus.Retry or DownlinkStatus.Ambiguous);

    private static CommandState? Step(ControllerState reached) => reached switch
    {
        ControllerState.Transmitted => CommandState.Transmitted,
        ControllerState.Acknowledged => CommandState.Acknowledged,
        ControllerState.Rejected => CommandState.Rejected,
        _ => null,
    };

    private DownlinkWork? TakeProgram(ControllerRow word, DateTimeOffset now)
    {
        var waiting = _book.Controllers
            .Where(controller => controller.Version == word.Version && controller.Lane == word.Lane && ControllerRules.IsWaiting(controller))
            .ToArray();
        return waiting.Length == 0 || _book.FindProgram(word.Version) is not { } program ? null : new DownlinkWork
        {
            Members = [.. waiting.Where(controller => ControllerRules.DueAt(controller) <= now).Select(controller => new DownlinkMember(controller.Device, word.Version))],
            Name = CommandCatalog.LoadProgram,
            Program = program,
            DueAt = Later(waiting.Min(ControllerRules.DueAt), now + options.SendAgainAfter),
        };
    }

    /// <summary>A device whose desired state has changed by itself is told what counts now; one that follows its plan knows itself.</summary>
    private static DateTimeOffset Later(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;

    private async Task<DownlinkWork?> TakeRenewalAsync(ControllerRow word)
    {
        if (await registry.GetAsync(word.Device, CancellationToken.None) is not { } record)
        {
            return null;
        }

        var orders = await DeviceGrains.Get(GrainFactory, record.Descriptor.Kind, word.Device).Renew();
        return word.Version >= orders.Orders.Length ? null : new DownlinkWork
        {
            Members = [new DownlinkMember(word.Device, orders.Version)],
            Name = orders.Orders[(int)word.Version].Name,
            Arguments = orders.Orders[(int)word.Version].Arguments,
            DueAt = Now() + options.SendAgainAfter,
            ExpiresAt = Now() + options.LiveLasts,
        };
    }

    /// <summary>From time to time: what changed of plans and devices, what is to be switched now, and what ended.</summary>
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var now = Now();
        await RefreshIfDueAsync(now);
        if (!_isResumed)
        {
            await ResumeAsync(now);
            _isResumed = true;
        }

        await SwitchAsync(now);
        await RenewAsync(now);
        Arm(Now());
    }

    /// <summary>A stop may have come between what was persisted and its rows. One too many finds nothing to send.</summary>
    private async Task ResumeAsync(DateTimeOffset now)
    {
        await AddProgramRowsAsync(_book.Controllers.Where(ControllerRules.IsWaiting), now);
        await AddLevelRowsAsync(_book.Live.Where(light => light.ToSend > 0), now);
    }

    /// <summary>The timer goes on at the next switch point, and within its period at the latest.</summary>
    private void Arm(DateTimeOffset now)
    {
        var next = now + options.RefreshEvery;
        if (_book.NextWatched is { } watched && watched < next)
        {
            next = watched;
        }

        foreach (var (plan, minimum) in _book.Live.Select(light => (light.Plan, light.MinimumPercent)).Distinct())
        {
            var at = _plans?.NextAfter(plan, minimum, now.ToUnixTimeMilliseconds()) ?? long.MaxValue;
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
        if (revision != _book.Revision || (_book.Revision > 0 && (isToldOf || now - _book.RefreshedAt >= options.RefreshEvery || now < _book.RefreshedAt)))
        {
            await RefreshAsync(revision, now);
        }
        else if (_plans is { } plans)
        {
            // After an activation the plans themselves are to be fetched.
            foreach (var plan in _book.Controllers.Select(controller => controller.Plan).Distinct().Where(plan => plans.Find(plan) is null).ToArray())
            {
                await FetchAsync(plans, plan);
            }
        }

        _lookedAt = now;
    }

    private async Task RefreshAsync(long revision, DateTimeOffset now)
    {
        if (_plans is not { } plans)
        {
            return;
        }

        var today = TonightAt(plans.Place, now);
        var found = await FindAsync(plans.Place, today);
        foreach (var plan in found.Select(controller => controller.Plan).Distinct(StringComparer.Ordinal).ToArray())
        {
            await FetchAsync(plans, plan);
        }

        var next = new List<Controller>(found.Count);
        foreach (var controller in found)
        {
            // Removed between the directory's answer and its own: the next look finds it so.
            if (plans.Find(controller.Plan) is var (planVersion, plan))
            {
                var kept = ControllerRules.Carry(controller, _book.Find(controller.Device));
                next.Add(kept.State == ControllerState.Live
                    ? kept
                    : ControllerRules.Assign(kept, ProgramFor(kept, planVersion, plan, plans.Place, today), now));
            }
        }

        var left = _book.Replace(next, revision, now);
        await WriteAsync();
        await AddProgramRowsAsync(next.Where(controller => controller.State == ControllerState.Pending), now);
        await LeaveAsync(left);
    }

    /// <summary>The version of the program that a controller should run: the one that it had, as long as the plan says the same and it names enough nights.</summary>
    private long ProgramFor(Controller controller, long planVersion, ParsedPlan plan, LightingPlace place, DateOnly today)
    {
        if (_book.ProgramOf(controller.Plan, controller.MinimumPercent, today) is { } known)
        {
            if (known.PlanVersion == planVersion)
            {
                return known.Version;
            }

            var same = ProgramCompiler.Compile(plan, controller.Plan, planVersion, place, controller.MinimumPercent, known.Calendar[0].From, known.Version);
            if (ProgramCompiler.AreSame(known, same))
            {
                _book.Add(same);
                return known.Version;
            }
        }

        var program = ProgramCompiler.Compile(plan, controller.Plan, planVersion, place, controller.MinimumPercent, today.AddDays(-1), _book.NextNumber());
        _book.Add(program);
        return program.Version;
    }

    /// <summary>The sector's controllers that are under a plan tonight.</summary>
    private async Task<List<Controller>> FindAsync(LightingPlace place, DateOnly today)
    {
        var found = new List<(Controller Controller, PlanTarget Target)>();
        var query = new DeviceQuery { Communes = [(place.Commune, DeviceKinds.Cabinet | DeviceKinds.Streetlight)], Limit = Page };
        while (true)
        {
            var page = await registry.ListAsync(query, CancellationToken.None);
            foreach (var record in page.Where(record => record.Sector == _sector))
            {
                if (ControllerRules.Of(record.Descriptor) is { } controller)
                {
                    found.Add((controller, PlanTargets.Of(record.Descriptor)));
                }
            }

            if (page.Length < Page)
            {
                break;
            }

            query = query with { After = page[^1].Descriptor.Id };
        }

        var under = new List<Controller>();
        foreach (var chunk in found.Chunk(TargetsAtOnce))
        {
            var choices = await Directory.ResolveAll([.. chunk.Select(item => item.Target)], today);
            under.AddRange(chunk.Zip(choices, (item, choice) => choice is null ? null : item.Controller with { Plan = choice.Plan, By = choice.By }).OfType<Controller>());
        }

        return under;
    }

    private async Task FetchAsync(LivePlans plans, string id)
    {
        if (await GrainFactory.GetGrain<ILightingPlanGrain>(id).Get() is { } view && PlanParsing.Parse(view.Plan, out _) is { } parsed)
        {
            plans.Set(id, view.Version, parsed);
        }
    }

    /// <summary>Sets the plan's level as the lowest layer of every device that is switched live and whose level it is not.</summary>
    private async Task SwitchAsync(DateTimeOffset now)
    {
        var at = now.ToUnixTimeMilliseconds();
        var due = _book.Live
            .Select(light => (Light: light, Level: _plans?.LevelAt(light.Plan, light.MinimumPercent, at)))
            .Where(item => item.Level is { } level && level != item.Light.Level)
            .ToArray();
        if (due.Length == 0)
        {
            return;
        }

        var switched = new List<Controller>(due.Length);
        foreach (var chunk in due.Chunk(DesiresAtOnce))
        {
            var answers = await Task.WhenAll(chunk.Select(item => DesireAsync(item.Light, item.Level!.Value, now)));
            foreach (var (item, answer) in chunk.Zip(answers))
            {
                var next = item.Light with
                {
                    Level = item.Level!.Value,
                    ToSend = answer.Order is null ? 0 : answer.Version,
                    Detail = answer.Reason ?? string.Empty,
                };
                _book.Set(next);
                switched.Add(next);
                if (answer.Resumes is { } resumes)
                {
                    _book.Watch(next.Device, resumes);
                }
            }
        }

        await WriteAsync();
        await AddLevelRowsAsync(switched.Where(light => light.ToSend > 0), now);
    }

    private Task<DesiredAnswer> DesireAsync(Controller light, double level, DateTimeOffset now) => DeviceGrains.Get(GrainFactory, light.Kind, light.Device).SetDesired(
        new DesiredChange { Command = $"plan:{light.Plan}", Name = CommandCatalog.SetDimming, Arguments = Percent(level), At = now, Layer = ControlLayer.Plan });

    /// <summary>A device that was switched live and is under no plan any more wants nothing by plan.</summary>
    private async Task LeaveAsync(ImmutableArray<Controller> left)
    {
        foreach (var light in left.Where(light => light.State == ControllerState.Live && light.Level >= 0))
        {
            await DeviceGrains.Get(GrainFactory, light.Kind, light.Device).SetDesired(new DesiredChange
            {
                Command = "plan:none",
                Name = CommandCatalog.FollowPlan,
                Arguments = ImmutableSortedDictionary<string, double>.Empty,
                At = Now(),
                Layer = ControlLayer.Plan,
            });
        }
    }

    private async Task RenewAsync(DateTimeOffset now)
    {
        if (!(_book.NextWatched <= now))
        {
            return;
        }

        foreach (var device in _book.TakeWatched(now))
        {
            if (await registry.GetAsync(device, CancellationToken.None) is not { } record)
            {
                continue;
            }

            var orders = await DeviceGrains.Get(GrainFactory, record.Descriptor.Kind, device).Renew();
            if (orders.NextEnd is { } next)
            {
                _book.Watch(device, next);
            }

            var lane = new ControllerLane(record.Descriptor.Connector?.Type ?? string.Empty, ConnectorSpec.GatewayOf(record.Descriptor.Connector));
            for (var place = 0; place < orders.Orders.Length; place++)
            {
                await AddRowAsync(ControllerRow.ForRenewal(_book.NextNumber(), device, place, lane), now);
            }
        }

        await WriteAsync();
    }

    private async Task AddProgramRowsAsync(IEnumerable<Controller> pending, DateTimeOffset now)
    {
        foreach (var (version, lane) in pending.Select(controller => (controller.Version, controller.Lane)).Distinct().ToArray())
        {
            await AddRowAsync(ControllerRow.ForProgram(_book.NextNumber(), version, lane), now);
        }
    }

    private async Task AddLevelRowsAsync(IEnumerable<Controller> lights, DateTimeOffset now)
    {
        foreach (var (percent, lane) in lights.Select(light => (light.Level, light.Lane)).Distinct().ToArray())
        {
            await AddRowAsync(ControllerRow.ForLevel(_book.NextNumber(), percent, lane), now);
        }
    }

    private Task AddRowAsync(ControllerRow word, DateTimeOffset now) => outbox.AddAsync(
        new Downlink(
            DownlinkOwners.RowOf(_sector, word.ToString()), "", word.Lane.Connector, "", ImmutableSortedDictionary<string, double>.Empty, 0, now + options.RowsLast,
            word.Lane.Gateway, DownlinkOwner.Controllers),
        now,
        CancellationToken.None);

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

    private static DateOnly TonightAt(LightingPlace place, DateTimeOffset now)
    {
        var local = NodaTime.Instant.FromDateTimeOffset(now).InZone(NodaTime.DateTimeZoneProviders.Tzdb[place.ZoneId]).Date;
        return new DateOnly(local.Year, local.Month, local.Day);
    }

    private static ImmutableSortedDictionary<string, double> Percent(double percent) =>
        ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal).Add("percent", percent);

    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
