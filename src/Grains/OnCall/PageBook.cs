using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Notifications;
using Orleans;

namespace Grid.Grains.OnCall;

/// <summary>Alarms of a commune that are told to who is on call, by their ids.</summary>
[GenerateSerializer, Alias("grid.StoredPages")]
public sealed class StoredPages
{
    /// <summary>By the alarm's id.</summary>
    [Id(0)] public ImmutableSortedDictionary<string, OpenPage> Pages { get; set; } = ImmutableSortedDictionary<string, OpenPage>.Empty.WithComparers(StringComparer.Ordinal);
}

/// <summary>Which alarms are to be told to who is on call, and when again. Pure.</summary>
public static class PageBook
{
    /// <summary>Alarms of a commune that are told at most; the most urgent and newest first. What is beyond waits until others are acknowledged.</summary>
    public const int MaximumPages = 1_000;

    /// <summary>Where nobody has a calendar it is looked again after this time.</summary>
    public static readonly TimeSpan WithoutCalendar = TimeSpan.FromMinutes(15);

    /// <summary>Forgets those that nobody has to be told of any more, and takes up those that are new.</summary>
    /// <param name="pages">What there is.</param>
    /// <param name="alarms">The alarms that nobody has acknowledged.</param>
    /// <param name="now">The time.</param>
    public static ImmutableSortedDictionary<string, OpenPage> With(ImmutableSortedDictionary<string, OpenPage> pages, IEnumerable<AlarmView> alarms, DateTimeOffset now)
    {
        var open = alarms.OrderByDescending(alarm => alarm.Priority).ThenByDescending(alarm => alarm.RaisedAt).Take(MaximumPages).ToDictionary(alarm => alarm.Id, StringComparer.Ordinal);
        var next = pages.RemoveRange(pages.Where(page => !open.TryGetValue(page.Key, out var alarm) || alarm.RaisedAt != page.Value.RaisedAt).Select(page => page.Key));
        return next.AddRange(open.Values.Where(alarm => !next.ContainsKey(alarm.Id)).Select(alarm => KeyValuePair.Create(alarm.Id, FirstOf(alarm, now))));
    }

    /// <summary>An alarm that has come with its device goes on where its telling had come to.</summary>
    private static OpenPage FirstOf(AlarmView alarm, DateTimeOffset now) =>
        alarm.Page is { } page && page.RaisedAt == alarm.RaisedAt ? page : new OpenPage(alarm.RaisedAt, now, 1, 0);

    /// <summary>After it was told.</summary>
    public static OpenPage After(OpenPage page, PageAnswer answer, DateTimeOffset now) => answer.Outcome switch
    {
        PageOutcome.Paged or PageOutcome.NobodyOnCall when answer.NextAt is { } due => page with { DueAt = due, Level = answer.NextLevel, Attempt = answer.NextAttempt },
        PageOutcome.NoCalendar => page with { DueAt = now + WithoutCalendar },
        _ => page with { DueAt = null },
    };
}
