using System.Diagnostics.Metrics;

namespace Grid.Grains.CrossTrade;

/// <summary>Counts what is found across trades.</summary>
public sealed class CrossTradeInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Grid.CrossTrade";

    private readonly Counter<long> _found;

    /// <param name="meters">Makes the meter.</param>
    public CrossTradeInstruments(IMeterFactory meters) =>
        _found = meters.Create(MeterName).CreateCounter<long>("grid.cross_trade.findings", "{finding}", "What was found across trades, by rule");

    internal void Found(string rule) => _found.Add(1, new KeyValuePair<string, object?>("rule", rule));
}
