using System.Collections.Immutable;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Contracts.Zones;

namespace Grid.Grains.Zones;

/// <summary>
/// What of the balances of yesterday goes to history, and when: once an hour the zones of which something has changed, and on a new day all. A meter knows two days only, so what is recorded last before
/// midnight is what became of the day. Not safe for threads.
/// </summary>
internal sealed class ZoneRecorder
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    // One for each zone that has a meter.
    private readonly Dictionary<string, WaterZoneBalance> _recorded = new(StringComparer.Ordinal);
    private int _day;
    private DateTimeOffset _at;

    /// <summary>True when the balances of a day are to be asked for.</summary>
    public bool IsDue(int day, DateTimeOffset now) => day != _day || now - _at >= Every;

    /// <summary>The values to record, all figures of a zone together.</summary>
    public static ImmutableArray<HistorySample> Of(string department, IEnumerable<WaterZoneBalance> balances, DateTimeOffset now) =>
    [
        .. balances.SelectMany(balance => ZoneFigures.All.Select(figure => (balance.Zone, figure.Name, Value: figure.Read(balance))))
            .Where(figure => figure.Value is not null)
            .Select(figure => new HistorySample(FigureCatalog.SeriesOf(ZoneFigures.ScopeOf(department, figure.Zone)), now, figure.Name, figure.Value!.Value)),
    ];

    /// <summary>The balances of which something is not recorded yet.</summary>
    public IEnumerable<WaterZoneBalance> Changed(IEnumerable<WaterZoneBalance> balances) =>
        balances.Where(balance => !_recorded.TryGetValue(balance.Zone, out var former) || Figures(former) != Figures(balance));

    /// <summary>They are recorded.</summary>
    public void Note(ImmutableArray<WaterZoneBalance> balances, int day, DateTimeOffset now)
    {
        (_day, _at) = (day, now);
        _recorded.Clear();
        foreach (var balance in balances)
        {
            _recorded.Add(balance.Zone, balance);
        }
    }

    private static WaterZoneBalance Figures(WaterZoneBalance balance) => balance with { AsOf = default, Communes = [] };
}
