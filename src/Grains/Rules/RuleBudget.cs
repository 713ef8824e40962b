using System.Collections.Immutable;
using Grid.Contracts.Rules;
using Orleans;

namespace Grid.Grains.Rules;

/// <summary>How many actions of a rule a sector has taken in an hour.</summary>
/// <param name="Rule">The rule's id.</param>
/// <param name="Hour">When the hour began (UTC).</param>
/// <param name="Actions">How many.</param>
[GenerateSerializer, Immutable, Alias("grid.RuleSpending")]
public readonly record struct RuleSpending([property: Id(0)] string Rule, [property: Id(1)] DateTimeOffset Hour, [property: Id(2)] int Actions);

/// <summary>
/// What a rule may have done in a sector within an hour: so that one that was written too wide floods neither contractors nor gateways. What is over it is left out, counted, and an alarm says so. A flag that is let go is free, and so is a command that is cut. Pure.
/// </summary>
internal static class RuleBudget
{
    /// <summary>Actions of a rule in a sector and hour (UTC).</summary>
    public const int ActionsPerHour = 1_000;

    /// <summary>The hour of an instant.</summary>
    public static DateTimeOffset HourOf(DateTimeOffset instant) => new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    /// <summary>Which of the tasks the budgets allow, in their order, and what is spent then.</summary>
    public static (ImmutableArray<RuleSpending> Spent, RuleTask[] Allowed, RuleTask[] Over) Spend(ImmutableArray<RuleSpending> spent, IReadOnlyCollection<RuleTask> tasks, DateTimeOffset now)
    {
        var hour = HourOf(now);
        var actions = spent.Where(one => one.Hour == hour).ToDictionary(one => one.Rule, one => one.Actions, StringComparer.Ordinal);
        var (allowed, over) = (new List<RuleTask>(tasks.Count), new List<RuleTask>());
        foreach (var task in tasks)
        {
            var soFar = actions.GetValueOrDefault(task.Rule);
            if (task is { Flag.IsSet: false } or { Command.IsCut: true })
            {
                allowed.Add(task);
            }
            else if (soFar < ActionsPerHour)
            {
                actions[task.Rule] = soFar + 1;
                allowed.Add(task);
            }
            else
            {
                over.Add(task);
            }
        }

        return ([.. actions.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new RuleSpending(pair.Key, hour, pair.Value))], [.. allowed], [.. over]);
    }
}
