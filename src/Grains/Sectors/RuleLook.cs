using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Intake;
using Grid.Grains.Parameters;
using Grid.Grains.Rules;
using Grid.Grains.Rules.Evaluation;
using Orleans;

namespace Grid.Grains.Sectors;

/// <summary>
/// Looks at which rules the territories of a sector have published. What is new goes into the log of the sector as one entry, by which its devices follow in the order of
/// everything else.
/// </summary>
internal sealed class RuleLook(string sector, IGrainFactory grains, TerritoryParameters territory, TerritoryRules rules, IDeviceRegistry registry, LogWriter writer, SectorOptions options, SectorMeter meter)
{
    private const int RegistrationsAtOnce = 500;
    private const int Page = 5_000;

    private readonly string _commune = SectorMap.CommuneOf(sector);
    private DateTimeOffset _lookedAt = DateTimeOffset.MinValue;
    private DateOnly _day;
    private bool _isDue = true;
    private bool _isLooking;

    // What it has put into the log last, which may come back later than the next look; null before.
    private long? _put;
    private bool _isUnsure;

    /// <summary>Something may have changed.</summary>
    public void Hint() => _isDue = true;

    /// <summary>True when it is time to look: after a hint, when a local day has begun, and every hour.</summary>
    public bool IsDue(DateTimeOffset now) => _isDue || territory.DayAt(_commune, now) != _day || now - _lookedAt >= options.LookEvery || now < _lookedAt;

    /// <summary>Looks. A hint that comes meanwhile is another look, at its end.</summary>
    public async Task LookAsync(SectorBook book, SectorRules held, TimeProvider clock)
    {
        if (_isLooking)
        {
            return;
        }

        _isLooking = true;
        try
        {
            do
            {
                await LookOnceAsync(book, held, DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds()));
            }
            while (_isDue);
        }
        finally
        {
            _isLooking = false;
        }
    }

    private async Task LookOnceAsync(SectorBook book, SectorRules held, DateTimeOffset now)
    {
        var day = territory.DayAt(_commune, now);
        _isDue = false;
        try
        {
            var set = await rules.OfSectorAsync(grains, sector, day, device => book.Find(device) is not null, meter.RulesLeftOut);
            if (_isUnsure || set.Hash != (_put ?? held.Newest.Hash))
            {
                // An append that fails may have been made.
                _isUnsure = true;
                await writer.AppendAsync([new SectorEntries(sector, [new RulesEntry { Device = string.Empty, ReceivedAt = now, Rules = set }])], CancellationToken.None);
                (_put, _isUnsure) = (set.Hash, false);
                await grains.GetGrain<ICommuneRulesGrain>(_commune).Wake();
                await DescribeAgainAsync(FilteredKinds(set, held.Newest), now);
            }

            (_lookedAt, _day) = (now, day);
        }
        catch
        {
            _isDue = true;
            throw;
        }
    }

    /// <summary>The kinds for which there are rules with filters of attributes that there were not before.</summary>
    private static DeviceKinds FilteredKinds(RuleSet set, RuleSet former)
    {
        var kinds = DeviceKinds.None;
        foreach (var rule in set.Rules.Where(rule => !former.Rules.Contains(rule)))
        {
            kinds |= CompiledRules.FilteredKindsOf(rule);
        }

        return kinds;
    }

    /// <summary>
    /// A device does not remember its attributes: which filters it passes it finds when it is registered. So it is told its registration again after new rules with filters.
    /// </summary>
    private async Task DescribeAgainAsync(DeviceKinds kinds, DateTimeOffset now)
    {
        if (kinds == DeviceKinds.None)
        {
            return;
        }

        var query = new DeviceQuery { Communes = [(_commune, kinds)], Limit = Page };
        ImmutableArray<DeviceRecord> page;
        do
        {
            page = await registry.ListAsync(query, CancellationToken.None);
            foreach (var chunk in page.Where(record => record.Sector == sector).Chunk(RegistrationsAtOnce))
            {
                await writer.AppendAsync(
                    [
                        new SectorEntries(
                            sector,
                            [.. chunk.Select(record => new RegisteredEntry { Device = record.Descriptor.Id, ReceivedAt = now, Descriptor = record.Descriptor, Revision = record.Revision })]),
                    ],
                    CancellationToken.None);
            }

            query = query with { After = page.IsEmpty ? null : page[^1].Descriptor.Id };
        }
        while (page.Length == Page);
    }
}
