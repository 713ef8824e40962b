using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Intake;
using Grid.Contracts.Interventions;
using Grid.Contracts.Notifications;
using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;
using Grid.Grains.OnCall;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Alarms;

/// <summary>Those who act on the alarms of a commune: see <see cref="ICommuneAlarmsGrain"/>.</summary>
public sealed class CommuneAlarmsGrain(
    [PersistentState("pages")] IPersistentState<StoredPages> state,
    OnCallDirectory onCall,
    ITerritoryTable territory,
    IDeviceDirectory directory,
    TimeProvider clock) : Grain, ICommuneAlarmsGrain
{
    /// <summary>From one look to the next.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>Orders that are looked at.</summary>
    private const int MaximumOrders = 1_000;

    private static readonly TimeSpan AfterHint = TimeSpan.FromMilliseconds(500);

    private ImmutableArray<ISectorGrain> _sectors = [];
    private IGrainTimer _look = null!;
    private bool _isHinted;

    /// <summary>Alarms that held when the work orders were told last. Told again after a start, which changes nothing.</summary>
    private HashSet<string> _holding = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var code = this.GetPrimaryKeyString();
        var commune = territory.FindCommune(code) ?? throw new KeyNotFoundException($"There is no commune with INSEE code {code}.");
        _sectors = [.. SectorMap.SectorsOf(code, commune.Population).Select(sector => GrainFactory.GetGrain<ISectorGrain>(sector))];

        // A page must follow when nobody says anything more.
        DelayDeactivation(TimeSpan.MaxValue);
        _look = this.RegisterGrainTimer(_ => LookAsync(), AfterHint, Every);
        _isHinted = true;
        return base.OnActivateAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task Hint()
    {
        if (!_isHinted)
        {
            _isHinted = true;
            _look.Change(AfterHint, Every);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<ToldAlarm>> GetPages(ImmutableArray<string> devices)
    {
        var wanted = devices.ToHashSet(StringComparer.Ordinal);
        return new([.. state.State.Pages.Where(page => AlarmIds.TryParse(page.Key, out var source, out _) && wanted.Contains(source)).Select(page => new ToldAlarm(page.Key, page.Value))]);
    }

    private async Task LookAsync()
    {
        _isHinted = false;
        var alarms = new List<AlarmView>();
        foreach (var sector in _sectors)
        {
            alarms.AddRange(await sector.GetAlarms(new AlarmFilter { States = 1 << (int)AlarmState.Unacknowledged, Limit = PageBook.MaximumPages }));
        }

        var now = clock.GetUtcNow();
        var pages = PageBook.With(state.State.Pages, alarms, now);
        foreach (var alarm in alarms)
        {
            if (pages.TryGetValue(alarm.Id, out var page) && page.DueAt <= now)
            {
                // Told before it is noted: told again it changes nothing.
                pages = pages.SetItem(alarm.Id, PageBook.After(page, await onCall.PageAsync(GrainFactory, PageOf(alarm, page)), now));
            }
        }

        await KeepAsync(pages);
        await TellWorkOrdersAsync();
    }

    /// <summary>What has begun to hold or ended since the last look; what is missed, and what concerns orders that have ended, is found by the orders themselves, which compare themselves with their alarms every ten minutes.</summary>
    private async Task TellWorkOrdersAsync()
    {
        var orders = GrainFactory.GetGrain<IWorkOrdersGrain>(this.GetPrimaryKeyString());
        var wanted = (await orders.List(new WorkOrderQuery { States = [.. Enum.GetValues<WorkOrderState>().Where(state => state is not (WorkOrderState.Closed or WorkOrderState.Cancelled))], Limit = MaximumOrders }))
            .Select(order => order.Request.Alarm).OfType<string>().ToHashSet(StringComparer.Ordinal);
        if (wanted.Count == 0)
        {
            _holding.Clear();
            return;
        }

        var holding = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in wanted)
        {
            if (AlarmIds.TryParse(id, out var source, out _) && await FindAsync(id, source) is { } alarm)
            {
                if (alarm.IsActive)
                {
                    holding.Add(id);
                }

                if (alarm.IsActive != _holding.Contains(id))
                {
                    await orders.AlarmChanged(id, source, alarm.IsActive, alarm.IsActive ? alarm.LastAt : alarm.ClearedAt!.Value);
                }
            }
        }

        _holding = holding;
    }

    private async Task<AlarmView?> FindAsync(string id, string source) =>
        (AlarmIds.SectorOf(source) ?? directory.Find(source)?.Sector) is { } sector
        && await GrainFactory.GetGrain<ISectorGrain>(sector).GetAlarm(id) is { RaisedAt: var raised } alarm && raised > DateTimeOffset.UnixEpoch
            ? alarm
            : null;

    private async Task KeepAsync(ImmutableSortedDictionary<string, OpenPage> pages)
    {
        var former = state.State.Pages;
        if (pages.SequenceEqual(former))
        {
            return;
        }

        state.State.Pages = pages;
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State.Pages = former;
            throw;
        }
    }

    private static AlarmPage PageOf(AlarmView alarm, OpenPage page)
    {
        var message = AlarmCatalog.Find(alarm.Condition)?.Message;
        return new AlarmPage
        {
            Alarm = alarm.Id,
            RaisedAt = alarm.RaisedAt,
            Priority = alarm.Priority,
            Message = new BilingualText(alarm.Text ?? message?.French ?? alarm.Condition, alarm.Text ?? message?.English ?? alarm.Condition),
            Source = alarm.Source,
            Kind = alarm.Kind,
            Commune = alarm.Commune,
            Link = $"/#alarm={Uri.EscapeDataString(alarm.Id)}",
            Level = page.Level,
            Attempt = page.Attempt,
        };
    }
}
