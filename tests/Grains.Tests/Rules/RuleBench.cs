using System.Text.Json;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Evaluation;
using Grid.Grains.Rules.Language;
using Grid.Grains.Territory;

namespace Grid.Tests.Grains.Rules;

/// <summary>One device with rules, without anything around it: values and time go in, what begins and ends comes out.</summary>
internal sealed class RuleBench
{
    public const string Device = "D1";

    /// <summary>Thursday 15 January 2026, noon in Brest.</summary>
    public static readonly DateTimeOffset Start = new(2026, 1, 15, 11, 0, 0, TimeSpan.Zero);

    private static readonly RulePlaces Places = new(TerritoryTable.Shared, new LocalCalendars(TerritoryTable.Shared));

    private readonly DeviceKind _kind;
    private CompiledRules _rules;
    private NewestValue[]? _values;
    private RuleGuard? _guard;

    public RuleBench(DeviceKind kind, params CompiledRule[] rules)
    {
        _kind = kind;
        _rules = new CompiledRules(1, rules);
        Take(_rules);
    }

    public DeviceRuleState State { get; private set; } = new();

    /// <summary>True when every rule is evaluated every time.</summary>
    public bool IsNaive { get; init; }

    public ConditionSince[]? Active { get; set; }

    public DeviceStatus Status { get; set; } = DeviceStatus.Ok;

    public long HeardAt { get; set; }

    /// <summary>All that began and ended, as <c>12:30:00 r1 Begins</c> (UTC).</summary>
    public List<string> Told { get; } = [];

    public static CompiledRule Rule(string text, string id = "r1", long version = 1) => CompiledRule.Of(
        id, version, RuleText.Read(text) is { Rule: { } rule } reading ? rule : throw new ArgumentException(RuleText.Read(text).Faults[0].ToString(), nameof(text)));

    public static long At(double minutes) => Start.AddMinutes(minutes).ToUnixTimeMilliseconds();

    /// <summary>A report, so many minutes after <see cref="Start"/>.</summary>
    public RuleBench Report(double minutes, params (string Name, double Value)[] metrics)
    {
        var at = At(minutes);
        var entry = new ReadingEntry
        {
            Device = Device,
            ReceivedAt = DateTimeOffset.FromUnixTimeMilliseconds(at),
            ObservedAt = DateTimeOffset.FromUnixTimeMilliseconds(at),
            Metrics = [.. metrics.Select(metric => new MetricValue(metric.Name, metric.Value))],
        };
        Look(minutes);
        PreviousValues.Note(State.Previous, _values, entry);
        foreach (var metric in entry.Metrics)
        {
            NewestValues.Set(ref _values, metric, at, 1, out _);
        }

        HeardAt = at;
        Judge(minutes);
        return this;
    }

    /// <summary>Time passes without a report.</summary>
    public bool Look(double minutes)
    {
        var frame = Frame();
        List<RuleFiring>? firings = null;
        var isWhole = IsNaive
            ? NaiveRuleTurn.Advance(State, _rules, _kind, Device, ref frame, At(minutes), ref firings)
            : DeviceRuleTurn.Advance(State, _rules, _kind, Device, ref frame, At(minutes), ref firings, ref _guard);
        Tell(firings);
        return isWhole;
    }

    /// <summary>What holds is judged anew.</summary>
    public void Judge(double minutes)
    {
        var frame = Frame();
        List<RuleFiring>? firings = null;
        if (IsNaive)
        {
            NaiveRuleTurn.Judge(State, _rules, _kind, Device, ref frame, At(minutes), ref firings);
        }
        else
        {
            DeviceRuleTurn.Judge(State, _rules, _kind, Device, ref frame, At(minutes), ref firings, ref _guard);
        }

        Tell(firings);
    }

    /// <summary>Its state comes back from storage.</summary>
    public void Restart() => State = JsonSerializer.Deserialize<DeviceRuleState>(JsonSerializer.Serialize(State))!;

    public void Take(CompiledRules rules, double minutes = 0)
    {
        List<RuleFiring>? firings = null;
        DeviceRuleTurn.Replace(State, _rules, rules, _kind, At(minutes), ref firings);
        _rules = rules;
        Tell(firings);
        Judge(minutes);
    }

    private RuleFrame Frame() => new() { Values = _values, Active = Active, Status = Status, HeardAt = HeardAt, Place = Places.Of("29019") };

    private void Tell(List<RuleFiring>? firings)
    {
        if (firings is null)
        {
            return;
        }

        foreach (var firing in firings)
        {
            Told.Add($"{DateTimeOffset.FromUnixTimeMilliseconds(firing.At):HH:mm:ss} {firing.Rule.Id} {firing.Change}");
        }
    }
}
