using System.Collections.Frozen;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Grains.Rules.Language;

namespace Grid.Grains.Rules.Loops;

/// <summary>What a rule's condition looks at, each with the words by which the rule names it. Its schedule looks at sun and calendar, which nothing moves.</summary>
internal sealed class RuleLooks
{
    private RuleLooks(Dictionary<Facet, string> own, Dictionary<Facet, string> around) => (Own, Around) = (own.ToFrozenDictionary(), around.ToFrozenDictionary());

    /// <summary>On the device itself.</summary>
    public FrozenDictionary<Facet, string> Own { get; }

    /// <summary>On neighbours, and on all of the commune.</summary>
    public FrozenDictionary<Facet, string> Around { get; }

    /// <summary>Everything that it looks at.</summary>
    public IEnumerable<Facet> All => Own.Keys.Concat(Around.Keys).Distinct();

    /// <summary>What a rule looks at.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="kinds">The kinds of device for which it is judged.</param>
    public static RuleLooks Of(Rule rule, DeviceKinds kinds)
    {
        var (own, around) = (new Dictionary<Facet, string>(), new Dictionary<Facet, string>());
        See(rule.When, kinds, own, around);
        return new RuleLooks(own, around);
    }

    private static void See(Expression expression, DeviceKinds kinds, Dictionary<Facet, string> own, Dictionary<Facet, string> around)
    {
        switch (expression)
        {
            case GroupTerm group:
                See(group.Holds, Vocabulary.SetOf(group.Kind), around, around);
                break;
            case FigureTerm figure:
                foreach (var facet in FigureFacets.Of(figure.Name))
                {
                    around.TryAdd(facet, figure.Name);
                }

                break;
            case MetricTerm metric:
                Metric(metric.Name);
                break;
            case PreviousTerm previous:
                Metric(previous.Metric);
                break;
            case RateTerm rate:
                Metric(rate.Metric);
                break;
            case SinceTerm { What: SinceWhat.Metric } since:
                Metric(since.Name);
                break;
            case SinceTerm { What: SinceWhat.Condition } since:
                Condition(since.Name);
                break;
            case ConditionTerm condition:
                Condition(condition.Name);
                break;
            case StatusTerm:
                foreach (var kind in KindsIn(kinds))
                {
                    own.TryAdd(Facet.Status(kind), "status");
                }

                break;
            case AlarmTerm alarm when alarm.Condition.StartsWith(AlarmIds.RulePrefix, StringComparison.Ordinal):
                own.TryAdd(Facet.Alarm(alarm.Condition), RulePrinter.Print(alarm));
                break;
            case AlarmTerm alarm:
                // The alarm of a condition goes with it.
                foreach (var kind in KindsIn(kinds))
                {
                    own.TryAdd(Facet.Condition(kind, alarm.Condition), RulePrinter.Print(alarm));
                }

                break;
            case NegationTerm negation:
                See(negation.Operand, kinds, own, around);
                break;
            case NotTerm not:
                See(not.Operand, kinds, own, around);
                break;
            case ArithmeticTerm arithmetic:
                See(arithmetic.Left, kinds, own, around);
                See(arithmetic.Right, kinds, own, around);
                break;
            case ComparisonTerm comparison:
                See(comparison.Left, kinds, own, around);
                See(comparison.Right, kinds, own, around);
                break;
            case LogicTerm logic:
                See(logic.Left, kinds, own, around);
                See(logic.Right, kinds, own, around);
                break;
        }

        void Metric(string name)
        {
            foreach (var kind in KindsIn(kinds & Vocabulary.KindsOf(name)))
            {
                own.TryAdd(Facet.Metric(kind, name), name);
            }
        }

        void Condition(string name)
        {
            foreach (var kind in KindsIn(kinds & Vocabulary.KindsOf(Vocabulary.Conditions[name])))
            {
                own.TryAdd(Facet.Condition(kind, name), name);
            }
        }
    }

    private static IEnumerable<DeviceKind> KindsIn(DeviceKinds kinds) => Enum.GetValues<DeviceKind>().Where(kind => (kinds & Vocabulary.SetOf(kind)) != 0);
}
