using Grid.Contracts.Devices;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Language;

namespace Grid.Grains.Rules.Evaluation;

/// <summary>A version of a rule, ready to be evaluated. Compiled once and shared by all devices of a process.</summary>
internal sealed record CompiledRule
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its version.</summary>
    public required long Version { get; init; }

    /// <summary>Stands for id and version in memories.</summary>
    public required long Key { get; init; }

    /// <summary>What it says.</summary>
    public required Rule Rule { get; init; }

    /// <summary>For which kinds, and what it needs.</summary>
    public required RuleFacts Facts { get; init; }

    /// <summary>The only device that it is for; null when it is for more.</summary>
    public string? Device { get; init; }

    /// <summary>The kinds for which whoever published it is competent where it is followed: figures count no others.</summary>
    public DeviceKinds Competence { get; init; } = DeviceKinds.All;

    /// <summary>Its condition.</summary>
    public required TruthOf When { get; init; }

    /// <summary>Its schedule; null for always.</summary>
    public required TruthOf? Within { get; init; }

    /// <summary>What it sees of the device, and so when it is evaluated again.</summary>
    public required RuleInputs Inputs { get; init; }

    /// <summary>The metrics of which it asks what they were before.</summary>
    public required IReadOnlyList<string> Previous { get; init; }

    /// <summary>Its groups, by number.</summary>
    public required IReadOnlyList<CompiledGroup> Groups { get; init; }

    /// <summary>The condition of its alarm.</summary>
    public string AlarmCondition => AlarmConditionOf(Id);

    /// <summary>Its alarm; null when it raises none.</summary>
    public RaiseAlarm? Alarm { get; init; }

    /// <summary>True when it is not for all devices of its kinds.</summary>
    public bool IsSelective => Device is not null || Rule.Target.Where.Count > 0;

    /// <summary>Whether it is for a device: that of its scope, or one that passes its filters.</summary>
    public bool Concerns(DeviceRuleState state, string device) =>
        (Device is null || string.Equals(Device, device, StringComparison.Ordinal))
        && (Rule.Target.Where.Count == 0 || (state.Passed is { } passed && passed.AsSpan().Contains(Key)));

    /// <summary>The condition of the alarm of a rule.</summary>
    public static string AlarmConditionOf(string rule) => $"rule.{rule}";

    /// <summary>Compiles a rule that was checked.</summary>
    public static CompiledRule Of(string id, long version, Rule rule)
    {
        var compiler = new ConditionCompiler();
        var when = compiler.Truth(rule.When);
        return new CompiledRule
        {
            Id = id,
            Version = version,
            Key = Fingerprint.OfRule(id, version),
            Rule = rule,
            Facts = RuleChecker.FactsOf(rule),
            When = when,
            Within = rule.Within is { } within ? new ConditionCompiler().Truth(within) : null,
            Inputs = RuleInputs.Of(rule),
            Previous = compiler.Previous,
            Groups = compiler.Groups,
            Alarm = rule.Then.OfType<RaiseAlarm>().FirstOrDefault(),
        };
    }
}
