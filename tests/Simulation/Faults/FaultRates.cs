using System.Collections.Immutable;
using System.Globalization;

namespace Grid.Simulation.Faults;

/// <summary>How often each fault happens: see <see cref="Defaults"/> for what each rate counts.</summary>
public sealed record FaultRates
{
    private static readonly ImmutableSortedDictionary<Fault, (double Rate, string Per)> Table = new Dictionary<Fault, (double, string)>
    {
        [Fault.Crash] = (0.5, "hour"),
        [Fault.PowerLoss] = (0.5, "crash"),
        [Fault.TornWrite] = (0.5, "write that was not synced"),
        [Fault.SyncError] = (0.0002, "sync"),
        [Fault.StorageError] = (0.002, "operation"),
        [Fault.UnknownOutcome] = (0.002, "operation"),
        [Fault.SlowStorage] = (0.02, "operation"),
        [Fault.MessageDelay] = (0.1, "message"),
        [Fault.MessageLoss] = (0.02, "message"),
        [Fault.MessageDuplicate] = (0.03, "message"),
        [Fault.DownlinkLoss] = (0.1, "downlink"),
        [Fault.DownlinkDoubt] = (0.1, "downlink"),
        [Fault.StreamDelay] = (0.05, "event"),
        [Fault.StreamDuplicate] = (0.05, "event"),
        [Fault.ClockJump] = (0.2, "hour"),
        [Fault.Silence] = (0.01, "device and hour"),
        [Fault.LateReading] = (0.02, "reading"),
        [Fault.DuplicateReading] = (0.03, "reading"),
        [Fault.Reconnect] = (1, "client and hour"),
    }.ToImmutableSortedDictionary();

    private readonly ImmutableSortedDictionary<Fault, double> _rates;

    private FaultRates(ImmutableSortedDictionary<Fault, double> rates) => _rates = rates;

    /// <summary>Nothing goes wrong.</summary>
    public static FaultRates None { get; } = new(ImmutableSortedDictionary<Fault, double>.Empty);

    /// <summary>Everything goes wrong at its default rate.</summary>
    public static FaultRates All { get; } = new(Table.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value.Rate));

    /// <summary>The default rate of each fault and what it counts.</summary>
    public static IReadOnlyDictionary<Fault, (double Rate, string Per)> Defaults => Table;

    /// <summary>True when nothing goes wrong.</summary>
    public bool IsNone => _rates.IsEmpty;

    /// <summary>The rate of a fault, 0 for never.</summary>
    public double this[Fault fault] => _rates.GetValueOrDefault(fault);

    /// <summary>The same rates with one changed.</summary>
    public FaultRates With(Fault fault, double rate) => new(rate == 0 ? _rates.Remove(fault) : _rates.SetItem(fault, rate));

    /// <summary>Reads <c>all</c>, <c>none</c>, or a list such as <c>crash,tornWrite=0.9</c>; <c>-crash</c> after <c>all</c> takes one away.</summary>
    /// <exception cref="ArgumentException">Names the word that is no fault, or the rate that is none.</exception>
    public static FaultRates Parse(string text)
    {
        var rates = None;
        foreach (var item in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (item is "all" or "none")
            {
                rates = item == "all" ? All : None;
                continue;
            }

            var isTaken = item.StartsWith('-');
            var parts = item.TrimStart('-').Split('=');
            if (!Enum.TryParse<Fault>(parts[0], ignoreCase: true, out var fault) || !Table.ContainsKey(fault))
            {
                throw new ArgumentException($"--faults has '{parts[0]}'; faults are expected: all, none, {string.Join(", ", Table.Keys.Select(WordOf))}.");
            }

            var rate = isTaken ? 0 : Table[fault].Rate;
            if (parts.Length > 1 && !(double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out rate) && rate is >= 0 and <= 1_000))
            {
                throw new ArgumentException($"--faults has {parts[0]} with the rate '{parts[1]}'; a number from 0 to 1000 is expected.");
            }

            rates = rates.With(fault, rate);
        }

        return rates;
    }

    /// <inheritdoc/>
    public override string ToString() => IsNone ? "none"
        : _rates.SequenceEqual(All._rates) ? "all"
        : string.Join(',', _rates.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{WordOf(pair.Key)}={pair.Value}")));

    private static string WordOf(Fault fault) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(fault.ToString());
}
