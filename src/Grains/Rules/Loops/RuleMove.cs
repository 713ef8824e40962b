using System.Collections.Frozen;
using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Grains.Rules.Language;

namespace Grid.Grains.Rules.Loops;

/// <summary>What an action of a rule may move.</summary>
/// <param name="By">The action, as the text of the rule has it: words of the language.</param>
/// <param name="Facets">All that it may move.</param>
/// <param name="IsFar">True when it moves more than the device for which the rule holds: neighbours, or the commune.</param>
internal sealed record RuleMove(string By, FrozenSet<Facet> Facets, bool IsFar)
{
    /// <summary>The metric that becomes a known value, and of which kind; null when nobody knows what becomes of anything.</summary>
    public (Facet Metric, double Value)? Sets { get; init; }

    /// <summary>The alarm of a rule that is raised, or ends; null for none.</summary>
    public (string Condition, bool IsRaised)? Alarm { get; init; }

    /// <summary>True for a command: given again it moves nothing, for it says what is to be and not by how much.</summary>
    public bool IsCommand { get; init; }

    /// <summary>What a rule moves when it begins to hold.</summary>
    public static ImmutableArray<RuleMove> BeginningOf(string id, Rule rule, DeviceKinds kinds) => [.. rule.Then.SelectMany(action => Of(id, action, kinds))];

    /// <summary>What a rule moves when it ends: its alarm.</summary>
    public static ImmutableArray<RuleMove> EndOf(string id, Rule rule) => rule.Then.Any(action => action is RaiseAlarm) ? [Alarmed("raise alarm", id, false)] : [];

    /// <summary>
    /// What an action moves. Work orders and messages move nothing that a condition can name, and neither does a flag: no figure counts flags. A test asks for an answer for each action of the language.
    /// </summary>
    internal static IEnumerable<RuleMove> Of(string id, ActionTerm action, DeviceKinds kinds) => action switch
    {
        RaiseAlarm => [Alarmed("raise alarm", id, true)],
        ClearAlarm clear => [Alarmed($"clear alarm \"{clear.Rule}\"", clear.Rule, false)],
        SendCommand command => Commanded(command, kinds),
        OpenWorkOrder or Notify or SetFlag => [],
        _ => throw new InvalidOperationException($"Nobody has said what {action.GetType().Name} moves."),
    };

    private static RuleMove Alarmed(string by, string rule, bool isRaised)
    {
        var condition = AlarmIds.RulePrefix + rule;
        return new RuleMove(by, new[] { Facet.Alarm(condition), Facet.Alarms }.ToFrozenSet(), IsFar: false) { Alarm = (condition, isRaised) };
    }

    private static IEnumerable<RuleMove> Commanded(SendCommand command, DeviceKinds kinds)
    {
        double? Argument(string name) => command.Arguments.Where(argument => argument.Name == name).Select(argument => (double?)argument.Value).FirstOrDefault();
        var told = command.Target switch
        {
            CommandTarget.ThisDevice => kinds,
            CommandTarget.GroupCabinet => DeviceKinds.Streetlight,
            _ => DeviceKinds.All,
        };
        foreach (var definition in CommandCatalog.All.Where(one => one.Name == command.Name && (told & Vocabulary.SetOf(one.Kind)) != 0))
        {
            foreach (var moves in definition.Moves.Devices)
            {
                var isItself = moves.Where == MovedWhere.Itself;
                var set = isItself ? definition.Moves.Sets : null;
                var name = set?.NameFor(Argument);
                var moved = moves with { Metrics = [.. moves.Metrics.Where(metric => set is null || metric == name || !set.Covers(metric))] };
                yield return new RuleMove($"command {command.Name}", FacetsOf(moved), !isItself || command.Target != CommandTarget.ThisDevice)
                {
                    IsCommand = true,
                    Sets = set is not null && Argument(set.Value) is { } value ? (Facet.Metric(moves.Kind, name!), value) : null,
                };
            }
        }
    }

    private static FrozenSet<Facet> FacetsOf(DeviceMoves moves) =>
    [
        .. moves.Metrics.Select(metric => Facet.Metric(moves.Kind, metric)),
        .. moves.Conditions.Select(condition => Facet.Condition(moves.Kind, condition)),
        // Conditions have alarms, and are the status.
        .. moves.Conditions.IsEmpty ? [] : new[] { Facet.Status(moves.Kind), Facet.Alarms },
    ];
}
