using System.Globalization;

namespace Grid.LoadTests;

/// <summary>What was asked on the command line: <c>--name value</c> pairs after the scenario's name.</summary>
public sealed class ScenarioOptions
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _used = new(StringComparer.Ordinal);

    private ScenarioOptions(string scenario) => Scenario = scenario;

    public string Scenario { get; }

    /// <summary>Where to write the report, null for the terminal only.</summary>
    public string? JsonFile { get; private init; }

    /// <summary>The options that the scenario took, with what it used.</summary>
    public IReadOnlyDictionary<string, string> Used => _used;

    public static ScenarioOptions Parse(string[] args)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var index = 1; index < args.Length; index += 2)
        {
            if (!args[index].StartsWith("--", StringComparison.Ordinal) || index + 1 == args.Length)
            {
                throw new ArgumentException($"'{args[index]}' is not an option with a value.");
            }

            values[args[index][2..]] = args[index + 1];
        }

        values.Remove("json", out var json);
        var options = new ScenarioOptions(args[0]) { JsonFile = json };
        foreach (var (name, value) in values)
        {
            options._values[name] = value;
        }

        return options;
    }

    /// <summary>Something that was not asked for and that a reader of the report needs to know.</summary>
    public void Tell(string name, string value) => _used[name] = value;

    /// <summary>True when the option was given.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>A text option.</summary>
    public string Text(string name, string fallback) => _used[name] = _values.GetValueOrDefault(name, fallback);

    /// <summary>A text option that may be left out, and that no report shows.</summary>
    public string? Untold(string name) => _values.GetValueOrDefault(name);

    /// <summary>A text option that may be left out.</summary>
    public string? Text(string name) => Has(name) ? Text(name, "") : null;

    /// <summary>A whole number option between bounds.</summary>
    public int Number(string name, int fallback, int minimum, int maximum)
    {
        var value = fallback;
        if (_values.TryGetValue(name, out var text)
            && (!int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value) || value < minimum || value > maximum))
        {
            throw new ArgumentException($"--{name} is '{text}'; a whole number from {minimum} to {maximum} is expected.");
        }

        _used[name] = value.ToString(CultureInfo.InvariantCulture);
        return value;
    }
}

/// <summary>A figure with its unit.</summary>
public sealed record Result(string Name, double Value, string Unit);

/// <summary>What a scenario measured, and which of its checks did not hold.</summary>
public sealed record ScenarioOutcome(IReadOnlyList<Result> Results, IReadOnlyList<string> Failures);
