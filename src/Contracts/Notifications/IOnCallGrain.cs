using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Rights;
using Orleans;
using Orleans.Concurrency;

namespace Grid.Contracts.Notifications;

/// <summary>
/// Who is on call for a scope: <c>device:ID</c>, <c>commune:29019</c>, <c>syndicate:SIREN</c> (any body), <c>department:29</c>. What it answers is persisted.
/// </summary>
[Alias("grid.IOnCallGrain"), RequiresRight(Right.Internal)]
public interface IOnCallGrain : IGrainWithStringKey
{
    /// <summary>Replaces the calendar; null removes it. The same again is no new version.</summary>
    /// <param name="calendar">The calendar.</param>
    /// <param name="version">Replaces this version and no other; null replaces any.</param>
    [Alias("Put")]
    Task<OnCallAnswer> Put(OnCallCalendar? calendar, long? version);

    /// <summary>The calendar, who is on call now, and what nobody answered.</summary>
    [Alias("Get"), AlwaysInterleave]
    ValueTask<OnCallView> Get();

    /// <summary>True when there is a calendar.</summary>
    [Alias("HasCalendar"), AlwaysInterleave]
    ValueTask<bool> HasCalendar();

    /// <summary>
    /// Tells who is on call about an alarm that nobody has acknowledged. Its notifications are kept when it is answered; asked again for the same level and attempt of the
    /// same alarm, it tells nobody twice.
    /// </summary>
    [Alias("Page")]
    Task<PageAnswer> Page(AlarmPage page);
}

/// <summary>A message in the languages of the grid.</summary>
/// <param name="Fr">In French.</param>
/// <param name="En">In English.</param>
[GenerateSerializer, Immutable, Alias("grid.BilingualText")]
public readonly record struct BilingualText([property: Id(0)] string Fr, [property: Id(1)] string En)
{
    /// <summary>In a language.</summary>
    public string In(NotificationLanguage language) => language == NotificationLanguage.Fr ? Fr : En;
}

/// <summary>An alarm that is to be told to who is on call.</summary>
[GenerateSerializer, Immutable, Alias("grid.AlarmPage")]
public sealed record AlarmPage
{
    /// <summary>Its id, <c>source~condition</c>.</summary>
    [Id(0)] public required string Alarm { get; init; }

    /// <summary>When it was raised: the same alarm raised again is paged anew.</summary>
    [Id(1)] public required DateTimeOffset RaisedAt { get; init; }

    /// <summary>Its priority.</summary>
    [Id(2)] public required AlarmPriority Priority { get; init; }

    /// <summary>What has happened.</summary>
    [Id(3)] public required BilingualText Message { get; init; }

    /// <summary>What it is about: the key of a device, or of what several devices hang on.</summary>
    [Id(4)] public required string Source { get; init; }

    /// <summary>The trade that it is about, null when it is about none: tells which bodies are competent.</summary>
    [Id(5)] public DeviceKind? Kind { get; init; }

    /// <summary>INSEE code of the commune.</summary>
    [Id(6)] public required string Commune { get; init; }

    /// <summary>Where to look, relative to the address of the grid, such as <c>/#alarm=...</c>; null for nowhere.</summary>
    [Id(7)] public string? Link { get; init; }

    /// <summary>The level to page, from 1: what <see cref="PageAnswer.NextLevel"/> said.</summary>
    [Id(8)] public int Level { get; init; } = 1;

    /// <summary>How often that level was paged before: what <see cref="PageAnswer.NextAttempt"/> said.</summary>
    [Id(9)] public int Attempt { get; init; }
}

/// <summary>What became of a page.</summary>
public enum PageOutcome : byte
{
    /// <summary>Somebody is being told.</summary>
    Paged = 0,

    /// <summary>Nobody is on call at this moment; it is to be asked for again.</summary>
    NobodyOnCall = 1,

    /// <summary>All levels were paged as often as the calendar says and nobody answered: that is counted and shown, and nobody is told any more.</summary>
    Unanswered = 2,

    /// <summary>Alarms of that priority page nobody here.</summary>
    PriorityDoesNotPage = 3,

    /// <summary>There is no calendar here.</summary>
    NoCalendar = 4,
}

/// <summary>Answer to a page.</summary>
[GenerateSerializer, Immutable, Alias("grid.PageAnswer")]
public sealed record PageAnswer
{
    /// <summary>What became of it.</summary>
    [Id(0)] public required PageOutcome Outcome { get; init; }

    /// <summary>The scope whose calendar was used; null when there is none.</summary>
    [Id(1)] public string? Scope { get; init; }

    /// <summary>The level that was paged; 0 when none was.</summary>
    [Id(2)] public int Level { get; init; }

    /// <summary>Who is told, for people; empty when nobody is.</summary>
    [Id(3)] public ImmutableArray<string> Names { get; init; } = [];

    /// <summary>When to page again if nobody has acknowledged the alarm by then; null when it is over.</summary>
    [Id(4)] public DateTimeOffset? NextAt { get; init; }

    /// <summary>The level to ask for then.</summary>
    [Id(5)] public int NextLevel { get; init; }

    /// <summary>The attempt to ask for then.</summary>
    [Id(6)] public int NextAttempt { get; init; }
}

/// <summary>Answer to a change of a calendar.</summary>
[GenerateSerializer, Immutable, Alias("grid.OnCallAnswer")]
public sealed record OnCallAnswer
{
    /// <summary>What is wrong; empty when nothing is.</summary>
    [Id(0)] public ImmutableArray<NotificationFault> Faults { get; init; } = [];

    /// <summary>True when another version is there than the one to replace; then nothing was changed.</summary>
    [Id(1)] public bool IsConflict { get; init; }

    /// <summary>What is there now.</summary>
    [Id(2)] public required OnCallView View { get; init; }
}

/// <summary>A calendar as it is persisted, and what follows from it now.</summary>
[GenerateSerializer, Immutable, Alias("grid.OnCallView")]
public sealed record OnCallView
{
    /// <summary>Whose, such as <c>commune:29019</c>.</summary>
    [Id(0)] public required string Scope { get; init; }

    /// <summary>Grows by one with each change; 0 before the first.</summary>
    [Id(1)] public required long Version { get; init; }

    /// <summary>When it was changed last; null before the first time.</summary>
    [Id(2)] public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>The calendar; null when there is none.</summary>
    [Id(3)] public OnCallCalendar? Calendar { get; init; }

    /// <summary>Who is on call now, by level; null where nobody is.</summary>
    [Id(4)] public ImmutableArray<OnCallTurn?> Now { get; init; } = [];

    /// <summary>Alarms that nobody answered, the newest first, at most 100.</summary>
    [Id(5)] public ImmutableArray<UnansweredPage> Unanswered { get; init; } = [];
}

/// <summary>An alarm that was paged on all levels and that nobody acknowledged.</summary>
/// <param name="Alarm">Its id.</param>
/// <param name="RaisedAt">When it was raised.</param>
/// <param name="GivenUpAt">When the last page had no answer.</param>
[GenerateSerializer, Immutable, Alias("grid.UnansweredPage")]
public readonly record struct UnansweredPage([property: Id(0)] string Alarm, [property: Id(1)] DateTimeOffset RaisedAt, [property: Id(2)] DateTimeOffset GivenUpAt);
