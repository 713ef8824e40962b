using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Orleans;

namespace Grid.Contracts.Alarms;

/// <summary>An alarm as its sector keeps it: one for each source and condition. Instants in Unix milliseconds, 0 for none. Some 250 bytes and 60 for each event of its history.</summary>
[GenerateSerializer, Immutable, Alias("grid.Alarm")]
public sealed record Alarm
{
    /// <summary>Key of the device, or of what several hang on.</summary>
    [Id(0)] public required string Source { get; init; }

    /// <summary>Name of the condition.</summary>
    [Id(1)] public required string Condition { get; init; }

    /// <summary>Trade of the source.</summary>
    [Id(2)] public required DeviceKind Kind { get; init; }

    /// <summary>How fast somebody has to act.</summary>
    [Id(3)] public required AlarmPriority Priority { get; init; }

    /// <summary>What it is about.</summary>
    [Id(4)] public required AlarmClass Class { get; init; }

    /// <summary>A text of its own.</summary>
    [Id(5)] public string? Text { get; init; }

    /// <summary>The condition holds, delays included.</summary>
    [Id(6)] public bool IsActive { get; init; }

    /// <summary>Nobody has to look at it any more.</summary>
    [Id(7)] public bool IsAcknowledged { get; init; }

    /// <summary>First occurrence of the episode; 0 before it was ever raised.</summary>
    [Id(8)] public long RaisedAt { get; init; }

    /// <summary>Last occurrence.</summary>
    [Id(9)] public long LastAt { get; init; }

    /// <summary>When it returned; 0 while it is active.</summary>
    [Id(10)] public long ClearedAt { get; init; }

    /// <summary>Occurrences of the episode.</summary>
    [Id(11)] public int Count { get; init; }

    /// <summary>Id of the alarm that explains it.</summary>
    [Id(12)] public string? Parent { get; init; }

    /// <summary>Put aside until then.</summary>
    [Id(13)] public long ShelvedUntil { get; init; }

    /// <summary>Put aside by design.</summary>
    [Id(14)] public bool IsSuppressed { get; init; }

    /// <summary>Taken out of service.</summary>
    [Id(15)] public bool IsOutOfService { get; init; }

    /// <summary>The condition holds, and the on-delay ends then.</summary>
    [Id(16)] public long RaiseDue { get; init; }

    /// <summary>The condition has ended, and the off-delay ends then.</summary>
    [Id(17)] public long ReturnDue { get; init; }

    /// <summary>What happened to it, oldest first.</summary>
    [Id(18)] public ImmutableArray<AlarmEvent> History { get; init; } = [];

    /// <summary>Offset of the entry that changed it last.</summary>
    [Id(19)] public long ChangedAt { get; init; }

    /// <summary>Devices whose alarms it explains while it is active.</summary>
    [Id(20)] public ImmutableArray<string> Explains { get; init; } = [];

    /// <summary>The last orders that were carried out, by their ids, at most <see cref="MaximumOrders"/>; asked for again, they are not carried out again.</summary>
    [Id(21)] public ImmutableArray<string> Orders { get; init; } = [];

    /// <summary>How far its telling had come where its device was before, for whoever tells it where it is now; null for none, and once it was raised again or nobody is to be told.</summary>
    [Id(22)] public OpenPage? Page { get; init; }

    /// <summary>
    /// Its device has moved, and who found its condition, such as a rule, has to find it again. While it is active it waits for that within the entry that brought it; once it has returned, it goes on as
    /// it was when it is raised again as the same episode.
    /// </summary>
    [Id(23)] public bool IsInterrupted { get; init; }

    /// <summary>It goes on with its device in another sector. Kept here for those who show it and must be told so.</summary>
    [Id(24)] public bool HasLeft { get; init; }

    /// <summary>Communes that its device has left during the episode, the newest last, at most <see cref="MaximumCommunes"/>: there may be a work order of it there.</summary>
    [Id(25)] public ImmutableArray<string> Communes { get; init; } = [];

    /// <summary>Communes that are remembered.</summary>
    public const int MaximumCommunes = 4;

    /// <summary>Orders that are remembered.</summary>
    public const int MaximumOrders = 8;

    /// <summary>Its id.</summary>
    public string Id => AlarmIds.Of(Source, Condition);

    /// <summary>The next instant at which time alone changes it; <see cref="long.MaxValue"/> for never.</summary>
    public long Due => Math.Min(Math.Min(Or(RaiseDue), Or(ReturnDue)), Or(ShelvedUntil));

    private static long Or(long due) => due == 0 ? long.MaxValue : due;
}
