using Grid.Contracts.Interventions;

namespace Grid.Grains.Interventions;

/// <summary>Starts, stops and reads the clock of a deadline. Pure.</summary>
/// <param name="time">Working time.</param>
public sealed class DeadlineRules(WorkingTime time)
{
    /// <summary>A clock that runs from an instant on with the whole of what the terms give to a priority.</summary>
    public DeadlineClock Start(WorkTerms terms, WorkOrderPriority priority, DateTimeOffset now) =>
        Run(new DeadlineClock { Budget = BudgetOf(terms, priority) }, terms, priority, now);

    /// <summary>It runs again; unchanged when it does already.</summary>
    public DeadlineClock Run(DeadlineClock clock, WorkTerms terms, WorkOrderPriority priority, DateTimeOffset now)
    {
        if (clock.RunningSince is not null)
        {
            return clock;
        }

        // What is over its budget stays due when it was.
        var due = clock.Budget is not { } budget ? null
            : clock.Used > budget ? clock.DueAt
            : time.After(CalendarOf(terms, priority), now, budget - clock.Used);
        return clock with { RunningSince = now, DueAt = due };
    }

    /// <summary>It stands still; unchanged when it does already.</summary>
    public DeadlineClock Stop(DeadlineClock clock, WorkTerms terms, WorkOrderPriority priority, DateTimeOffset now)
    {
        if (clock.RunningSince is not { } since)
        {
            return clock;
        }

        var used = clock.Used + time.Between(CalendarOf(terms, priority), since, now);
        return clock with { Used = used, RunningSince = null, DueAt = clock.DueAt is { } due && now > due ? due : null };
    }

    /// <summary>It is done: stands still, and keeps when it was due.</summary>
    public DeadlineClock Finish(DeadlineClock clock, WorkTerms terms, WorkOrderPriority priority, DateTimeOffset now) =>
        Stop(clock, terms, priority, now) with { DueAt = clock.DueAt };

    /// <summary>What the terms give to another priority, less what was used.</summary>
    public DeadlineClock Change(DeadlineClock clock, WorkTerms terms, WorkOrderPriority former, WorkOrderPriority next, DateTimeOffset now)
    {
        var stopped = Stop(clock, terms, former, now) with { Budget = BudgetOf(terms, next), DueAt = null };
        if (stopped.Budget is { } budget && stopped.Used > budget)
        {
            // It would have been due already: it is, from now on.
            stopped = stopped with { DueAt = now };
        }

        return clock.RunningSince is null ? stopped : Run(stopped, terms, next, now);
    }

    /// <summary>Working time used until an instant.</summary>
    public TimeSpan UsedAt(DeadlineClock clock, WorkTerms terms, WorkOrderPriority priority, DateTimeOffset now) => Stop(clock, terms, priority, now).Used;

    private static TimeSpan? BudgetOf(WorkTerms terms, WorkOrderPriority priority)
    {
        foreach (var deadline in terms.Deadlines)
        {
            if (deadline.Priority == priority)
            {
                return TimeSpan.FromHours(deadline.Hours);
            }
        }

        return null;
    }

    private static WorkingCalendar CalendarOf(WorkTerms terms, WorkOrderPriority priority) =>
        terms.Deadlines.Any(deadline => deadline.Priority == priority && deadline.AroundTheClock)
            ? WorkingCalendar.AroundTheClock(terms.Calendar.Zone, terms.Calendar.Department)
            : terms.Calendar;
}
