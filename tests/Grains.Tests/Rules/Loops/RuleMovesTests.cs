using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Territories;
using Grid.Grains.Rules.Language;
using Grid.Grains.Rules.Loops;

namespace Grid.Tests.Grains.Rules.Loops;

/// <summary>Whoever adds a command, an action or a figure has to say what it moves, or what it is summed from.</summary>
public sealed class RuleMovesTests
{
    [Fact]
    public void Every_command_says_what_it_moves_in_names_that_there_are()
    {
        Assert.All(CommandCatalog.All, command =>
        {
            Assert.NotEmpty(command.Moves.Devices);
            foreach (var moves in command.Moves.Devices)
            {
                Assert.Equal(moves.Where == MovedWhere.Itself, moves.Kind == command.Kind);
                Assert.All(moves.Metrics, metric => Assert.NotEqual(DeviceKinds.None, MetricCatalog.ByName[metric].Kinds & Vocabulary.SetOf(moves.Kind)));
                Assert.All(moves.Conditions, condition => Assert.Contains(Vocabulary.Conditions[condition], Enum.GetValues<Grid.Grains.Devices.Conditions>()));
            }

            if (command.Moves.Sets is { } sets)
            {
                Assert.Contains(command.Arguments, argument => argument.Name == sets.Value);
                Assert.Contains(sets.NameFor(_ => 3), command.Moves.Devices[0].Metrics);
            }
        });
    }

    [Fact]
    public void Every_action_of_the_language_has_an_answer()
    {
        var actions = typeof(ActionTerm).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ActionTerm))).Select(type => type.Name).Order(StringComparer.Ordinal).ToArray();
        ActionTerm[] known = [new ClearAlarm("x"), new Notify("x", "x"), new OpenWorkOrder(null), new RaiseAlarm("x", default, default), new SendCommand("followPlan", [], CommandTarget.ThisDevice), new SetFlag("x")];
        Assert.Equal(actions, known.Select(action => action.GetType().Name).Order(StringComparer.Ordinal));
        Assert.All(known, action => Assert.NotNull(RuleMove.Of("a", action, DeviceKinds.All).ToArray()));
    }

    [Fact]
    public void Every_figure_is_summed_from_something_that_is_known() => Assert.All(FigureCatalog.All, figure => Assert.False(FigureFacets.Of(figure.Name).IsDefault));
}
