using System.Collections.Immutable;
using Grid.Contracts.Notifications;

namespace Grid.Grains.OnCall;

/// <summary>What is to be done about a page.</summary>
/// <param name="Outcome">What becomes of it.</param>
/// <param name="Level">The level that is paged; 0 when none is.</param>
/// <param name="Name">Who is on call there, for people; empty when none is paged.</param>
/// <param name="Endpoints">Ids of the endpoints that are told; empty when none is.</param>
/// <param name="NextAt">When to come again; null when it is over.</param>
/// <param name="NextLevel">The level to come again for.</param>
/// <param name="NextAttempt">The attempt to come again for.</param>
public sealed record PagePlan(
    PageOutcome Outcome, int Level, string Name, ImmutableArray<string> Endpoints, DateTimeOffset? NextAt, int NextLevel, int NextAttempt);

/// <summary>
/// Which level is paged, and what comes next. A level at which nobody is on call, or can be reached, is passed over at once. The last at which somebody is gets the repetitions; when
/// they are used up, the page is unanswered. As long as nobody is on call at any level it is looked at again every quarter of an hour, and costs no repetition. Pure.
/// </summary>
public static class PagePlanning
{
    /// <summary>When it is looked again whether somebody is on call.</summary>
    public static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(15);

    /// <summary>The plan for a page.</summary>
    /// <param name="calendar">The calendar; null when there is none.</param>
    /// <param name="page">The page.</param>
    /// <param name="isReachable">True for an endpoint that is there and enabled.</param>
    /// <param name="now">The time.</param>
    public static PagePlan Of(OnCallCalendar? calendar, AlarmPage page, Func<string, bool> isReachable, DateTimeOffset now)
    {
        if (calendar is null)
        {
            return Nothing(PageOutcome.NoCalendar);
        }

        if (!calendar.Priorities.Contains(page.Priority))
        {
            return Nothing(PageOutcome.PriorityDoesNotPage);
        }

        var (first, attempt) = (Math.Max(1, page.Level), Math.Max(0, page.Attempt));
        if (first > calendar.Levels.Length || attempt > calendar.RepeatAtMost)
        {
            return Nothing(PageOutcome.Unanswered);
        }

        for (var level = first; level <= calendar.Levels.Length; level++)
        {
            if (ReachableAt(calendar, level, isReachable, now) is { } turn)
            {
                // Passed over to: its own first time.
                return Paged(calendar, level, level == first ? attempt : 0, turn, isReachable, now);
            }
        }

        if (Enumerable.Range(1, first - 1).All(level => ReachableAt(calendar, level, isReachable, now) is null))
        {
            return Nothing(PageOutcome.NobodyOnCall) with { NextAt = now + LookAgainAfter, NextLevel = first, NextAttempt = attempt };
        }

        // Those below were told and did not answer, and above them nobody is on call any more.
        return attempt < calendar.RepeatAtMost && calendar.RepeatEveryMinutes is { } every
            ? Nothing(PageOutcome.NobodyOnCall) with { NextAt = now.AddMinutes(every), NextLevel = first, NextAttempt = attempt + 1 }
            : Nothing(PageOutcome.Unanswered);
    }

    private static PagePlan Paged(OnCallCalendar calendar, int level, int attempt, OnCallTurn turn, Func<string, bool> isReachable, DateTimeOffset now)
    {
        var plan = new PagePlan(PageOutcome.Paged, level, turn.Name, turn.Endpoints, now.AddMinutes(calendar.Levels[level - 1].AfterMinutes), level + 1, 0);
        var isLast = Enumerable.Range(level + 1, calendar.Levels.Length - level).All(above => ReachableAt(calendar, above, isReachable, now) is null);
        return !isLast ? plan
            : attempt < calendar.RepeatAtMost && calendar.RepeatEveryMinutes is { } every ? plan with { NextAt = now.AddMinutes(every), NextLevel = level, NextAttempt = attempt + 1 }
            : plan with { NextLevel = calendar.Levels.Length + 1 };
    }

    private static OnCallTurn? ReachableAt(OnCallCalendar calendar, int level, Func<string, bool> isReachable, DateTimeOffset now) =>
        OnCallRules.WhoAt(calendar, level, now) is { } turn && turn.Endpoints.Where(isReachable).ToImmutableArray() is { IsEmpty: false } endpoints
            ? turn with { Endpoints = endpoints }
            : null;

    private static PagePlan Nothing(PageOutcome outcome) => new(outcome, 0, "", [], null, 0, 0);
}
