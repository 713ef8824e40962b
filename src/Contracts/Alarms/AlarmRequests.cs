using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Orleans;

namespace Grid.Contracts.Alarms;

/// <summary>What somebody does to alarms of one sector.</summary>
[GenerateSerializer, Immutable, Alias("grid.AlarmOrder")]
public sealed record AlarmOrder
{
    /// <summary>Longest note or reason, in characters.</summary>
    public const int LongestNote = 1_000;

    /// <summary>Longest time that an alarm may be shelved at once.</summary>
    public static readonly TimeSpan LongestShelving = TimeSpan.FromDays(30);

    /// <summary>One of <see cref="AlarmAction.Acknowledge"/>, <see cref="AlarmAction.Shelve"/>, <see cref="AlarmAction.Unshelve"/>, <see cref="AlarmAction.RemoveFromService"/>, <see cref="AlarmAction.ReturnToService"/>.</summary>
    [Id(0)] public required AlarmAction Action { get; init; }

    /// <summary>Who.</summary>
    [Id(1)] public required string By { get; init; }

    /// <summary>In their own words; to shelve or to take out of service, the reason, which must be given.</summary>
    [Id(2)] public string? Note { get; init; }

    /// <summary>To shelve: until when.</summary>
    [Id(3)] public DateTimeOffset? Until { get; init; }

    /// <summary>Which order it is: asked for again, it is not done again. Null for one that has no name.</summary>
    [Id(4)] public string? Id { get; init; }
}

/// <summary>What became of an order.</summary>
[GenerateSerializer, Immutable, Alias("grid.AlarmAnswer")]
public sealed record AlarmAnswer
{
    /// <summary>The alarm as it is then; null when there is none.</summary>
    [Id(0)] public AlarmView? Alarm { get; init; }

    /// <summary>The field that is wrong; null when the order was carried out, or nothing had to be done.</summary>
    [Id(1)] public string? Field { get; init; }

    /// <summary>Why.</summary>
    [Id(2)] public string? Reason { get; init; }
}

/// <summary>Which alarms of a sector a reader wants: the newest first.</summary>
[GenerateSerializer, Immutable, Alias("grid.AlarmFilter")]
public sealed record AlarmFilter
{
    /// <summary>In one of these states, one bit each (<c>1 &lt;&lt; (int)state</c>); 0 for all but <see cref="AlarmState.Normal"/>.</summary>
    [Id(0)] public int States { get; init; }

    /// <summary>Of these kinds.</summary>
    [Id(1)] public DeviceKinds Kinds { get; init; } = DeviceKinds.All;

    /// <summary>Of one of these priorities, one bit each; 0 for all.</summary>
    [Id(2)] public int Priorities { get; init; }

    /// <summary>Of this source only; null for all.</summary>
    [Id(3)] public string? Source { get; init; }

    /// <summary>Of this condition only; null for all.</summary>
    [Id(4)] public string? Condition { get; init; }

    /// <summary>Those that this alarm explains; null for those that stand for themselves.</summary>
    [Id(5)] public string? Parent { get; init; }

    /// <summary>True for those that are explained by another alarm too.</summary>
    [Id(6)] public bool WithChildren { get; init; }

    /// <summary>Those after this one in the order; null for the first.</summary>
    [Id(7)] public AlarmPlace? After { get; init; }

    /// <summary>At most so many.</summary>
    [Id(8)] public required int Limit { get; init; }

    /// <summary>Those of a cause and of what hangs on it: the key of a cabinet, or <c>gateway:G7</c>; null for all.</summary>
    [Id(9)] public string? Cause { get; init; }
}

/// <summary>Where an alarm is in a list: the newest first, then by id.</summary>
/// <param name="RaisedAt">When it was raised, in Unix milliseconds.</param>
/// <param name="Id">Its id.</param>
[GenerateSerializer, Immutable, Alias("grid.AlarmPlace")]
public readonly record struct AlarmPlace([property: Id(0)] long RaisedAt, [property: Id(1)] string Id)
{
    /// <summary>True when it comes after another in the list.</summary>
    public bool IsAfter(AlarmPlace other) =>
        RaisedAt < other.RaisedAt || (RaisedAt == other.RaisedAt && string.CompareOrdinal(Id, other.Id) > 0);
}

/// <summary>Something that no device says of itself, such as what is found across trades: raises an alarm of a device, or ends it. Told again it changes nothing.</summary>
[GenerateSerializer, Immutable, Alias("grid.AlarmSignal")]
public sealed record AlarmSignal
{
    /// <summary>Key of the device.</summary>
    [Id(0)] public required string Source { get; init; }

    /// <summary>Name of the condition.</summary>
    [Id(1)] public required string Condition { get; init; }

    /// <summary>True while it holds.</summary>
    [Id(2)] public required bool IsActive { get; init; }

    /// <summary>A text of its own; null for that of the catalogue.</summary>
    [Id(3)] public string? Text { get; init; }

    /// <summary>How fast somebody has to act; null for what the catalogue says.</summary>
    [Id(4)] public AlarmPriority? Priority { get; init; }

    /// <summary>What it is about; null for what the catalogue says.</summary>
    [Id(5)] public AlarmClass? Class { get; init; }

    /// <summary>The alarms of these devices are explained by it while it holds.</summary>
    [Id(6)] public ImmutableArray<string> Explains { get; init; } = [];

    /// <summary>The trade of a source that is no device; null for that of the devices that it explains.</summary>
    [Id(7)] public DeviceKind? Kind { get; init; }
}
