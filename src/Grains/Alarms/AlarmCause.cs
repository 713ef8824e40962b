using System.Collections.Frozen;
using Grid.Contracts.Alarms;

namespace Grid.Grains.Alarms;

/// <summary>Something in a sector that several devices hang on: which of their alarms hold, and which alarm explains them.</summary>
/// <param name="key">Key of the cabinet, or <c>gateway:</c> or <c>network:</c> and its name.</param>
/// <param name="sector">The sector.</param>
internal sealed class AlarmCause(string key, string sector)
{
    /// <summary>So many alarms that hold are needed before they are told as one.</summary>
    public const int LeastAlarms = 5;

    /// <summary>And such a share of the devices behind it, in percent.</summary>
    public const int LeastPercent = 20;

    /// <summary>What a cause explained has so long to return after it: two reports of a light point.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(30);

    private static readonly FrozenSet<string> OfLamps = new[] { "lampFailure", "supplyLoss", "communicationLoss", "discrepancy" }.ToFrozenSet(StringComparer.Ordinal);
    private static readonly FrozenSet<string> OfRadio = new[] { "communicationLoss", "discrepancy" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Conditions of a cabinet that explain those of its light points, the plainest first.</summary>
    private static readonly string[] OfCabinets = ["supplyLoss", "breakerTripped", "segmentUnexpectedOff", "communicationLoss"];

    private readonly CauseSort _sort = AlarmTopology.SortOf(key);

    private readonly Dictionary<string, string?> _active = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CauseShare> _gateways = new(StringComparer.Ordinal);

    /// <summary>Ids of the alarms that hold and that it may explain.</summary>
    public IReadOnlyCollection<string> Active => _active.Keys;

    /// <summary>Devices that hang on it.</summary>
    public int Behind { get; private set; }

    /// <summary>Of a network, what of it is reached through which gateway.</summary>
    public IReadOnlyDictionary<string, CauseShare> Gateways => _gateways;

    /// <summary>What sort of cause it is.</summary>
    public CauseSort Sort => _sort;

    /// <summary>So many more devices hang on it.</summary>
    /// <param name="change">How many.</param>
    /// <param name="gateway">The cause that is the gateway through which they are reached; null for none.</param>
    public void Count(int change, string? gateway)
    {
        Behind += change;
        Through(gateway, 0, change);
    }

    /// <summary>An alarm that it may explain begins to hold.</summary>
    /// <param name="alarm">Its id.</param>
    /// <param name="gateway">The cause that is the gateway of its device; null for none.</param>
    public void Join(string alarm, string? gateway)
    {
        if (_active.TryAdd(alarm, gateway))
        {
            Through(gateway, 1, 0);
        }
    }

    /// <summary>It holds no more.</summary>
    public void Leave(string alarm)
    {
        if (_active.Remove(alarm, out var gateway))
        {
            Through(gateway, -1, 0);
        }
    }

    /// <summary>The alarm that explains them now; null for none.</summary>
    public string? Parent { get; set; }

    /// <summary>That alarm has returned, and those that it explains have until then to do so too; 0 while it holds. Unix milliseconds.</summary>
    public long GraceUntil { get; set; }

    /// <summary>The sector whose alarm explains those of all sectors that the cause serves; null while each has its own.</summary>
    public string? Home { get; set; }

    /// <summary>True for what may serve several sectors. A cabinet never does.</summary>
    public bool MaySpan => _sort != CauseSort.Cabinet;

    /// <summary>Its key.</summary>
    public string Key => key;

    /// <summary>Source of the alarm that is raised for it when nothing else explains them.</summary>
    public string Source => SourceIn(sector);

    /// <summary>The same, of another sector.</summary>
    public string SourceIn(string other) => _sort == CauseSort.Cabinet ? key : $"{key}{AlarmIds.SectorMark}{other}";

    /// <summary>Condition of that alarm.</summary>
    public string Condition => _sort switch
    {
        CauseSort.Gateway => AlarmCatalog.GatewayOutage,
        CauseSort.Network => AlarmCatalog.NetworkOutage,
        _ => AlarmCatalog.FeedFailure,
    };

    /// <summary>True when it may explain an alarm of that condition of a device behind it.</summary>
    public bool MayExplain(string condition) => (_sort == CauseSort.Cabinet ? OfLamps : OfRadio).Contains(condition);

    /// <summary>True for a condition that the loss of what a device hangs on brings about.</summary>
    public static bool IsOutage(string condition) => OfLamps.Contains(condition);

    /// <summary>Ids of alarms of the cause itself that explain the others while they hold, the plainest first.</summary>
    public IEnumerable<string> OwnAlarms() => _sort == CauseSort.Cabinet ? OfCabinets.Select(condition => AlarmIds.Of(key, condition)) : [];

    /// <summary>True when so many hold that they have one cause.</summary>
    /// <param name="share">How many, and of how many devices.</param>
    /// <param name="isTold">They are told as one already: then to the last.</param>
    public static bool IsStorm(CauseShare share, bool isTold) => isTold ? share.Active > 0 : share.Active >= LeastAlarms && share.Active * 100L >= share.Behind * (long)LeastPercent;

    private void Through(string? gateway, int active, int behind)
    {
        if (_sort == CauseSort.Network && gateway is not null)
        {
            var share = _gateways.GetValueOrDefault(gateway);
            _gateways[gateway] = new CauseShare(share.Active + active, share.Behind + behind);
            if (_gateways[gateway] == default)
            {
                _gateways.Remove(gateway);
            }
        }
    }
}
