using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Alarms;
using Grid.Grains.Devices;
using Grid.Grains.RollUp;
using Grid.Grains.Sectors;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;
using Orleans.Streams;

namespace Grid.Grains.Communes;

/// <summary>The commune: the sum of its sectors, brought by their stream and compared with them at every digest.</summary>
[ImplicitStreamSubscription(RollUpStreams.Sectors)]
public sealed class CommuneGrain(
    ITerritoryTable territory,
    IBodyRegistry bodies,
    LocalCalendars calendars,
    IHistory history,
    FigureOptions figures,
    SectorOptions options,
    SectorMeter meter,
    TimeProvider clock,
    ILogger<CommuneGrain> logger) : Grain, ICommuneGrain
{
    private static readonly PartialKind<SectorPartial> OfSector = new(
        partial => partial.Version.Sector,
        partial => partial.Figures,
        (one, other) => one.Version == other.Version,
        (newer, held) => newer.Version.IsAfter(held.Version));

    private HeldPartials<SectorPartial> _sectors = null!;
    private ImmutableArray<ISectorGrain> _sectorGrains = [];
    private ImmutableArray<Membership>? _memberships;
    private ImmutableArray<IAsyncStream<TerritoryPartial>> _bodyStreams = [];
    private SummaryBoard _board = null!;
    private Commune _commune = null!;
    private LocalCalendar _calendar = null!;
    private TerritoryPartial? _partial;
    private AlarmFlood _flood = null!;
    private FigureRecorder _recorder = null!;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var code = this.GetPrimaryKeyString();
        // Kept for good: there are few, and their digest is what heals a lost event.
        DelayDeactivation(TimeSpan.MaxValue);
        _commune = territory.FindCommune(code) ?? throw new KeyNotFoundException($"There is no commune with INSEE code {code}.");
        _calendar = calendars.OfCommune(code);
        _board = new SummaryBoard(this, PublishAsync, logger);
        _flood = new AlarmFlood(this, () => Partial().Figures, Changed, meter, clock);
        _sectors = new HeldPartials<SectorPartial>(OfSector, meter, Changed);
        _recorder = FigureRecorder.Start(this, WholeSummary, history, figures, clock, logger);
        await this.GetStreamProvider(RollUpStreams.Provider)
            .GetStream<SectorPartial>(StreamId.Create(RollUpStreams.Sectors, code))
            .SubscribeAsync((partial, _) => TakeAsync(partial));
        _sectorGrains = [.. SectorMap.SectorsOf(code, _commune.Population).Select(sector => GrainFactory.GetGrain<ISectorGrain>(sector))];
        _ = new Digest(this, CompareAsync, options);
        await CompareAsync();
    }

    public Task Refresh() => CompareAsync();

    public ValueTask<TerritoryPartial> GetPartial() => new(Partial());

    public ValueTask<TerritorySummary> GetSummary() => new(Summary());

    public ValueTask<FigureSample?> GetSample() => new(_recorder.Sample);

    public Task Watch(ITerritoryObserver observer)
    {
        _board.Watch(observer);
        return Task.CompletedTask;
    }

    public Task Unwatch(ITerritoryObserver observer)
    {
        _board.Unwatch(observer);
        return Task.CompletedTask;
    }

    /// <summary>Asks the registry where to publish and the sectors for their sums; true when one of them was newer than held, or different.</summary>
    private async Task<bool> CompareAsync()
    {
        var memberships = await bodies.GetBodiesOfAsync(_commune.InseeCode, CancellationToken.None);
        if (_memberships is not { } known || !known.SequenceEqual(memberships))
        {
            _memberships = memberships;
            _bodyStreams = StreamsOf(memberships);
        }

        return await _sectors.CompareAsync(_sectorGrains, sector => sector.GetPartial());
    }

    private ImmutableArray<IAsyncStream<TerritoryPartial>> StreamsOf(ImmutableArray<Membership> memberships)
    {
        var streams = this.GetStreamProvider(RollUpStreams.Provider);
        return
        [
            .. memberships.Select(membership => membership.Body).Distinct(StringComparer.Ordinal)
                .Append(Territory.TerritoryKeys.OfDepartment(_commune.Department))
                .Select(body => streams.GetStream<TerritoryPartial>(StreamId.Create(RollUpStreams.Communes, body))),
        ];
    }

    private Task TakeAsync(SectorPartial partial)
    {
        _sectors.Take(partial);
        return Task.CompletedTask;
    }

    private void Changed()
    {
        _partial = null;
        _board.Changed();
    }

    private TerritoryPartial Partial()
    {
        if (_partial is null)
        {
            var sum = new FiguresSum();
            var sectors = _sectors.ByKey.Values.OrderBy(partial => partial.Version.Sector, StringComparer.Ordinal).ToList();
            foreach (var partial in sectors)
            {
                sum.Add(partial.Figures, DeviceKinds.All);
            }

            _partial = new TerritoryPartial
            {
                Territory = _commune.InseeCode,
                Versions = [.. sectors.Select(partial => partial.Version)],
                AsOf = sectors.Count == 0 ? DateTimeOffset.UnixEpoch : sectors.Max(partial => partial.AsOf),
                Figures = sum.ToFigures(),
                IsBehind = sectors.Any(partial => partial.IsBehind),
            };
            _flood.Judge(_partial.Figures);
        }

        return _partial;
    }

    private TerritorySummary Summary()
    {
        var partial = Partial();
        return new TerritorySummary
        {
            Scope = $"commune:{_commune.InseeCode}",
            Name = _commune.Name,
            Versions = partial.Versions,
            AsOf = partial.AsOf,
            Today = _calendar.DayOf(clock.GetUtcNow().ToUnixTimeMilliseconds()).Day,
            Figures = partial.Figures,
            IsAlarmFlood = _flood.IsOn,
        };
    }

    /// <summary>Null while a sector has not read its log since its start: its sum is of what was, and no figure for history or a rule.</summary>
    private TerritorySummary? WholeSummary() => Partial().IsBehind ? null : Summary();

    private async Task PublishAsync()
    {
        var partial = Partial();
        foreach (var stream in _bodyStreams)
        {
            await stream.OnNextAsync(partial);
        }

        await _board.NotifyAsync(Summary);
    }
}
