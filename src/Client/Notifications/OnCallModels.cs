using Grid.Contracts.Alarms;
using Grid.Contracts.Notifications;

namespace Grid.Client.Notifications;

/// <summary>Units of the time that a turn lasts.</summary>
public enum TurnUnit
{
    /// <summary>Days.</summary>
    Days,

    /// <summary>Weeks.</summary>
    Weeks,
}

/// <summary>A calendar as PUT takes it and GET shows it. Local times are those of <paramref name="Zone"/>.</summary>
/// <param name="Zone">IANA zone; Europe/Paris when left out.</param>
/// <param name="Priorities">Priorities of alarms that page; <c>urgent</c> and <c>high</c> when left out.</param>
/// <param name="RepeatEveryMinutes">Minutes until the last level is paged again, 1 to 1,440; left out and it is not.</param>
/// <param name="RepeatAtMost">How often it is paged again, 0 to 20.</param>
/// <param name="Levels">From the first that is paged to the last, 1 to 10.</param>
public sealed record OnCallCalendarModel(string? Zone, IReadOnlyList<AlarmPriority>? Priorities, int? RepeatEveryMinutes, int? RepeatAtMost, IReadOnlyList<OnCallLevelModel?>? Levels);

/// <summary>A level of a calendar.</summary>
/// <param name="AfterMinutes">Minutes until the next level is paged when nobody answers, 1 to 1,440.</param>
/// <param name="Rotation">Whose turn it is.</param>
/// <param name="Windows">When somebody is on call; left out or empty for always.</param>
/// <param name="Overrides">What was agreed for once, and counts instead; of several that hold, the last.</param>
public sealed record OnCallLevelModel(int? AfterMinutes, OnCallRotationModel? Rotation, IReadOnlyList<OnCallWindowModel?>? Windows, IReadOnlyList<OnCallOverrideModel?>? Overrides);

/// <summary>Turns that follow each other.</summary>
/// <param name="Turns">In their order, 1 to 100.</param>
/// <param name="Every">How many days or weeks a turn lasts.</param>
/// <param name="Unit">Days or weeks; weeks when left out.</param>
/// <param name="From">Local date on which the first turn begins.</param>
/// <param name="HandOver">Local time of the hand-over, <c>HH:mm</c>.</param>
public sealed record OnCallRotationModel(IReadOnlyList<OnCallTurnModel?>? Turns, int? Every, TurnUnit? Unit, DateOnly? From, string? HandOver);

/// <summary>Who has a turn.</summary>
/// <param name="Name">For people.</param>
/// <param name="Endpoints">Ids of notification endpoints, 1 to 10.</param>
public sealed record OnCallTurnModel(string? Name, IReadOnlyList<string?>? Endpoints);

/// <summary>A time of the week.</summary>
/// <param name="Days">Days on which it begins.</param>
/// <param name="From">Local time at which it begins, <c>HH:mm</c>.</param>
/// <param name="To">Local time at which it ends, <c>HH:mm</c>; at or before <paramref name="From"/> it is on the day after.</param>
public sealed record OnCallWindowModel(IReadOnlyList<DayOfWeek>? Days, string? From, string? To);

/// <summary>What was agreed for once.</summary>
/// <param name="From">Local date and time, <c>yyyy-MM-ddTHH:mm</c>.</param>
/// <param name="To">Local date and time, exclusive.</param>
/// <param name="Name">Who is on call, or why nobody is.</param>
/// <param name="Endpoints">Ids of notification endpoints; empty or left out for nobody.</param>
public sealed record OnCallOverrideModel(string? From, string? To, string? Name, IReadOnlyList<string?>? Endpoints);

/// <summary>Who is on call at a level now.</summary>
/// <param name="Level">The level, from 1.</param>
/// <param name="Name">Who; null when nobody is.</param>
/// <param name="Endpoints">How they are told.</param>
public sealed record OnCallNowModel(int Level, string? Name, IReadOnlyList<string> Endpoints);

/// <summary>An alarm that nobody answered.</summary>
/// <param name="Alarm">Its id.</param>
/// <param name="RaisedAt">When it was raised.</param>
/// <param name="GivenUpAt">When the last page had no answer.</param>
public sealed record UnansweredModel(string Alarm, DateTimeOffset RaisedAt, DateTimeOffset GivenUpAt);

/// <summary>On-call of a scope as GET shows it.</summary>
/// <param name="Scope">Whose.</param>
/// <param name="Version">Grows by one with each change; 0 before the first. The ETag.</param>
/// <param name="ChangedAt">When it was changed last; null before the first time.</param>
/// <param name="Calendar">The calendar; null when there is none.</param>
/// <param name="Now">Who is on call now, by level.</param>
/// <param name="Unanswered">Alarms that nobody answered, the newest first, at most 100.</param>
public sealed record OnCallModel(
    string Scope, long Version, DateTimeOffset? ChangedAt, OnCallCalendarModel? Calendar, IReadOnlyList<OnCallNowModel> Now, IReadOnlyList<UnansweredModel> Unanswered)
{
    /// <summary>What GET shows.</summary>
    public static OnCallModel Of(OnCallView view) => new(
        view.Scope,
        view.Version,
        view.ChangedAt,
        view.Calendar is { } calendar ? OnCallBinding.Present(calendar) : null,
        [.. view.Now.Select((turn, index) => new OnCallNowModel(index + 1, turn?.Name, turn is null ? [] : turn.Endpoints))],
        [.. view.Unanswered.Select(page => new UnansweredModel(page.Alarm, page.RaisedAt, page.GivenUpAt))]);
}
