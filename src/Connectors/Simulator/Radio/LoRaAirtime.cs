namespace Grid.Connectors.Simulator.Radio;

/// <summary>
/// How long a LoRa frame occupies the air: the formulas of Semtech's SX1276/77/78/79 datasheet, section 4.1.1.7. For LoRaWAN: a preamble of 8 symbols,
/// an explicit header, coding rate 4/5; a downlink has no payload CRC.
/// </summary>
public static class LoRaAirtime
{
    private const int PreambleSymbols = 8;
    private const double SyncSymbols = 4.25;
    private const int SymbolsOfHeader = 8;
    private const int SymbolsOfBlock = 5; // 4 of data and 1 of redundancy
    private const double LongSymbol = 0.016; // from here on the data rate is optimised for drift of the oscillators

    /// <summary>Time on air of a downlink.</summary>
    /// <param name="bytes">Bytes of the physical payload, 1 to 255.</param>
    /// <param name="spreadingFactor">7 to 12.</param>
    /// <param name="bandwidthHertz">125,000, 250,000 or 500,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static TimeSpan OfDownlink(int bytes, int spreadingFactor, int bandwidthHertz)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, 255);
        ArgumentOutOfRangeException.ThrowIfLessThan(spreadingFactor, 7);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(spreadingFactor, 12);
        if (bandwidthHertz is not (125_000 or 250_000 or 500_000)) throw new ArgumentOutOfRangeException(nameof(bandwidthHertz), bandwidthHertz, null);
        var symbol = Math.Pow(2, spreadingFactor) / bandwidthHertz;
        var lost = symbol >= LongSymbol ? 2 : 0;
        var blocks = Math.Ceiling(((8 * bytes) - (4 * spreadingFactor) + 28) / (4.0 * (spreadingFactor - lost)));
        var payload = SymbolsOfHeader + Math.Max(0, blocks * SymbolsOfBlock);
        return TimeSpan.FromSeconds((PreambleSymbols + SyncSymbols + payload) * symbol);
    }
}
