namespace Grid.LoadTests.Actors;

/// <summary>Gathers the figures of rounds and answers their medians.</summary>
internal sealed class Figures(TimeSpan slice, CancellationToken cancellation)
{
    private readonly Dictionary<string, (string Unit, List<double> Values)> _figures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _last = new(StringComparer.Ordinal);
    private readonly List<string> _failures = [];

    /// <summary>How long one figure is measured in one round.</summary>
    public TimeSpan Slice { get; } = slice;

    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>What is added meanwhile is dropped.</summary>
    public bool IsWarmUp { get; set; }

    public void Add(string name, string unit, double value)
    {
        _last[name] = value;
        if (IsWarmUp)
        {
            return;
        }

        if (!_figures.TryGetValue(name, out var figure))
        {
            _figures.Add(name, figure = (unit, []));
        }

        figure.Values.Add(value);
    }

    public void AddCalls(string name, CallerRun run)
    {
        Add(name + "PerSecond", "calls/s", run.PerSecond);
        Add(name + "BytesPerCall", "bytes", run.BytesPerCall);
    }

    public void Ratio(string name, string subject, string control) => Add(name, "ratio", Median(subject) / Median(control));

    public void Check(bool holds, string otherwise)
    {
        if (!holds && !IsWarmUp)
        {
            _failures.Add(otherwise);
        }
    }

    /// <summary>The newest value, of the warm-up too.</summary>
    public double Last(string name) => _last[name];

    public double Median(string name)
    {
        var ordered = _figures[name].Values.Order().ToArray();
        var middle = ordered.Length / 2;
        return ordered.Length % 2 == 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
    }

    public ScenarioOutcome Outcome() => new([.. _figures.Select(figure => new Result(figure.Key, Median(figure.Key), figure.Value.Unit))], _failures);
}
