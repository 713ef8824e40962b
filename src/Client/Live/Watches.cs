using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Commands;
using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;

namespace Grid.Client.Live;

/// <summary>This process's one observer of a sector. <see cref="Add"/> and <see cref="Remove"/> are called under one lock; the rest by anybody.</summary>
internal sealed class SectorWatch(string sector) : ISectorObserver
{
    private readonly Lock _gate = new();
    private ImmutableArray<IWatchSink> _sinks = [];
    private SectorVersion? _latest;
    private ISectorObserver? _reference;

    public string Sector { get; } = sector;

    /// <summary>Completes when the sector knows the observer: what changes from then on is told.</summary>
    public Task Begun { get; private set; } = Task.CompletedTask;

    /// <summary>The newest version that was told, null before the first.</summary>
    public SectorVersion? Latest
    {
        get
        {
            lock (_gate)
            {
                return _latest;
            }
        }
    }

    public void Begin(IGridGrains grains)
    {
        _reference = grains.Observe<ISectorObserver>(this);
        Begun = grains.Sector(Sector).Watch(_reference);
    }

    public void Add(IWatchSink sink) => _sinks = _sinks.Add(sink);

    /// <summary>True when nobody looks any more.</summary>
    public bool Remove(IWatchSink sink) => (_sinks = _sinks.Remove(sink)).IsEmpty;

    public Task OnAdvanced(SectorVersion version)
    {
        lock (_gate)
        {
            if (_latest is { } latest && !version.IsAfter(latest))
            {
                return Task.CompletedTask;
            }

            _latest = version;
        }

        foreach (var sink in _sinks)
        {
            sink.OnNews();
        }

        return Task.CompletedTask;
    }

    public Task OnCommand(CommandView command)
    {
        foreach (var sink in _sinks)
        {
            sink.OnCommand(Sector, command);
        }

        return Task.CompletedTask;
    }

    public Task OnAlarms(ImmutableArray<AlarmView> alarms)
    {
        foreach (var sink in _sinks)
        {
            sink.OnAlarms(Sector, alarms);
        }

        return Task.CompletedTask;
    }

    public async Task RenewAsync(IGridGrains grains)
    {
        var grain = grains.Sector(Sector);
        await grain.Watch(_reference!);
        await OnAdvanced((await grain.GetPartial()).Version);
    }

    public async Task EndAsync(IGridGrains grains)
    {
        await grains.Sector(Sector).Unwatch(_reference!);
        grains.Forget(_reference!);
    }
}

/// <summary>This process's one observer of a territory.</summary>
internal sealed class TerritoryWatch(TerritoryKey territory) : ITerritoryObserver
{
    private ImmutableArray<IWatchSink> _sinks = [];
    private ITerritoryObserver? _reference;
    private volatile TerritorySummary? _latest;

    public TerritoryKey Territory { get; } = territory;

    /// <summary>Completes when the first figures are there.</summary>
    public Task Begun { get; private set; } = Task.CompletedTask;

    /// <summary>The newest figures, null before the first.</summary>
    public TerritorySummary? Latest => _latest;

    public void Begin(IGridGrains grains)
    {
        _reference = grains.Observe<ITerritoryObserver>(this);
        Begun = RenewAsync(grains);
    }

    public void Add(IWatchSink sink) => _sinks = _sinks.Add(sink);

    /// <summary>True when nobody looks any more.</summary>
    public bool Remove(IWatchSink sink) => (_sinks = _sinks.Remove(sink)).IsEmpty;

    public Task OnSummary(TerritorySummary summary)
    {
        _latest = summary;
        foreach (var sink in _sinks)
        {
            sink.OnNews();
        }

        return Task.CompletedTask;
    }

    public async Task RenewAsync(IGridGrains grains)
    {
        var grain = Territory.In(grains);
        await grain.Watch(_reference!);
        await OnSummary(await grain.GetSummary());
    }

    public async Task EndAsync(IGridGrains grains)
    {
        await Territory.In(grains).Unwatch(_reference!);
        grains.Forget(_reference!);
    }
}
