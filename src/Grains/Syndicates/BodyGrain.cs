using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Contracts.Zones;
using Grid.Grains.Alarms;
using Grid.Grains.Devices;
using Grid.Grains.History;
using Grid.Grains.RollUp;
using Grid.Grains.Sectors;
using Grid.Grains.Territory;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;
using Orleans.Streams;

namespace Grid.Grains.Syndicates;

/// <summary>
/// A body: the sum of its members, each for the kinds and the days of its membership. A department is one whose members are all its communes.
/// </summary>
[ImplicitStreamSubscription(RollUpStreams.Communes)]
public sealed class BodyGrain(
    ITerritoryTable territory,
    IBodyRegistry bodies,
    LocalCalendars calendars,
    IHistory history,
    HistorySubjects subjects,
    FigureOptions figures,
    SectorOptions options,
    SectorMeter meter,
    TimeProvider clock,
    ILogger<BodyGrain> logger) : Grain, IBodyGrain
{
    private static readonly DateOnly Epoch = new(1970, 1, 1);

    private static readonly PartialKind<TerritoryPartial> OfCommune = new(
        partial => partial.Territory,
        partial => partial.Figures,
        (one, other) => one.Versions.SequenceEqual(other.Versions),
        (newer, held) => !newer.Versions.SequenceEqual(held.Versions) && SectorVersions.Replaces(newer.Versions, held.Versions));

    private HeldPartials<TerritoryPartial> _communes = null!;
    private ImmutableArray<Membership> _members = [];
    private ImmutableArray<ICommuneGrain> _communeGrains = [];
    private SummaryBoard _board = null!;
    private LocalCalendar _calendar = null!;
    private string _key = "";
    private string _scope = "";
    private string _name = "";
    private TerritoryPartial? _partial;
    private AlarmFlood _flood = null!;
    private int _partialDay;
    private int _communesCounted;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = this.GetPrimaryKeyString();
        // Kept for good: there are few, and their digest is what heals a lost event.
        DelayDeactivation(TimeSpan.MaxValue);
        _board = new SummaryBoard(this, PublishAsync, logger);
        _flood = new AlarmFlood(this, () => Partial().Figures, Changed, meter, clock);
        _communes = new HeldPartials<TerritoryPartial>(OfCommune, meter, Changed);
        FigureRecorder.Start(this, WholeSummary, history, figures, clock, logger);
        await this.GetStreamProvider(RollUpStreams.Provider)
            .GetStream<TerritoryPartial>(StreamId.Create(RollUpStreams.Communes, _key))
            .SubscribeAsync((partial, _) => TakeAsync(partial));
        if (TerritoryKeys.DepartmentOf(_key) is { } code)
        {
            // Nobody else is there whether anybody asks or not.
            this.RegisterGrainTimer(static (zones, _) => zones.Record(), GrainFactory.GetGrain<IWaterZonesGrain>(code), figures.RecordEvery, figures.RecordEvery);
        }

        _ = new Digest(this, CompareAsync, options);
        await CompareAsync();
    }

    public Task Refresh() => CompareAsync();

    public ValueTask<TerritoryPartial> GetPartial() => new(Partial());

    public ValueTask<TerritorySummary> GetSummary() => new(Summary());

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

    /// <summary>Asks the registry who the members are and them for their sums; true when anything was newer than held, or different.</summary>
    private async Task<bool> CompareAsync()
    {
        var members = _members;
        await ReadMembersAsync();
        var wasBehind = !_members.SequenceEqual(members);
        if (wasBehind)
        {
            ReplaceMembers();
        }

        return await _communes.CompareAsync(_communeGrains, commune => commune.GetPartial()) || wasBehind;
    }

    private void ReplaceMembers()
    {
        var communes = _members.Select(member => member.Commune).Distinct(StringComparer.Ordinal).ToList();
        foreach (var former in _communes.ByKey.Keys.Except(communes, StringComparer.Ordinal).ToList())
        {
            _communes.Remove(former);
        }

        _communeGrains = [.. communes.Select(commune => GrainFactory.GetGrain<ICommuneGrain>(commune))];
        Changed();
    }

    private void Changed()
    {
        _partial = null;
        _board.Changed();
    }

    private async Task ReadMembersAsync()
    {
        if (TerritoryKeys.DepartmentOf(_key) is { } code)
        {
            var department = territory.FindDepartment(code) ?? throw new KeyNotFoundException($"There is no department {code}.");
            (_scope, _name) = (_key, department.Name);
            _calendar = calendars.OfZone(department.ZoneId);
            _members = _members.IsEmpty
                ? [.. territory.CommunesOf(code).Select(commune => new Membership(commune.InseeCode, _key, DeviceKinds.All, null, null))]
                : _members;
            return;
        }

        var body = await bodies.GetAsync(_key, CancellationToken.None) ?? throw new KeyNotFoundException($"There is no body with SIREN code {_key}.");
        (_scope, _name) = ($"syndicate:{body.Siren}", body.Name);
        _members = await bodies.GetMembersAsync(_key, CancellationToken.None);
        _calendar = _members.Length > 0 ? calendars.OfCommune(_members[0].Commune) : calendars.OfZone(LocalCalendars.DefaultZone);
        subjects.Know(_scope, _calendar.ZoneId);
    }

    private Task TakeAsync(TerritoryPartial partial)
    {
        if (_members.Any(member => member.Commune == partial.Territory))
        {
            _communes.Take(partial);
        }

        return Task.CompletedTask;
    }

    /// <summary>The sum as of a local day: memberships begin and end with days.</summary>
    private TerritoryPartial Partial()
    {
        var today = _calendar.DayOf(clock.GetUtcNow().ToUnixTimeMilliseconds()).Day;
        if (_partial is null || _partialDay != today)
        {
            var date = Epoch.AddDays(today);
            var holding = _members.Where(member => member.HoldsOn(date)).GroupBy(member => member.Commune, StringComparer.Ordinal);
            var counted = new List<TerritoryPartial>();
            var sum = new FiguresSum();
            foreach (var commune in holding)
            {
                if (_communes.ByKey.TryGetValue(commune.Key, out var partial))
                {
                    counted.Add(partial);
                    sum.Add(partial.Figures, commune.Aggregate(DeviceKinds.None, (kinds, member) => kinds | member.Kinds));
                }
            }

            _communesCounted = counted.Count;
            _partialDay = today;
            _partial = new TerritoryPartial
            {
                Territory = _key,
                Versions = SectorVersions.Merge(counted.Select(partial => partial.Versions)),
                AsOf = counted.Count == 0 ? DateTimeOffset.UnixEpoch : counted.Max(partial => partial.AsOf),
                Figures = sum.ToFigures(),
                IsBehind = counted.Any(partial => partial.IsBehind),
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
            Scope = _scope,
            Name = _name,
            Versions = partial.Versions,
            AsOf = partial.AsOf,
            Today = _partialDay,
            Communes = _communesCounted,
            Figures = partial.Figures,
            IsAlarmFlood = _flood.IsOn,
        };
    }

    /// <summary>Null while a sector of a member has not read its log since its start: the sum is of what was, and no figure for history.</summary>
    private TerritorySummary? WholeSummary() => Partial().IsBehind ? null : Summary();

    private Task PublishAsync() => _board.NotifyAsync(Summary);
}
