using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Devices;
using Orleans;

namespace Grid.Contracts.Interventions;

/// <summary>
/// The clock of a deadline. It runs in the working hours of its calendar, and stands still while the order is paused or done. What is left is <see cref="Budget"/> less
/// <see cref="Used"/>.
/// </summary>
[GenerateSerializer, Immutable, Alias("grid.DeadlineClock")]
public sealed record DeadlineClock
{
    /// <summary>Working time that there is; null for no deadline.</summary>
    [Id(0)] public TimeSpan? Budget { get; init; }

    /// <summary>Working time that was used until the clock last stopped.</summary>
    [Id(1)] public TimeSpan Used { get; init; }

    /// <summary>Since when it runs; null while it stands still.</summary>
    [Id(2)] public DateTimeOffset? RunningSince { get; init; }

    /// <summary>When the budget is used up, or was; null for no deadline, and while the clock stands still with something left.</summary>
    [Id(3)] public DateTimeOffset? DueAt { get; init; }

    /// <summary>True when it is late at an instant, or was when the clock stopped.</summary>
    public bool IsLateAt(DateTimeOffset now) => Budget is { } budget && (RunningSince is null ? Used > budget : now > DueAt);
}

/// <summary>Somebody at the place.</summary>
/// <param name="By">Who.</param>
/// <param name="ArrivedAt">From when.</param>
/// <param name="LeftAt">Until when; null while there.</param>
[GenerateSerializer, Immutable, Alias("grid.WorkOrderVisit")]
public sealed record WorkOrderVisit(
    [property: Id(0)] string By, [property: Id(1)] DateTimeOffset ArrivedAt, [property: Id(2)] DateTimeOffset? LeftAt);

/// <summary>A part that was used.</summary>
/// <param name="Name">Its name, 1 to 200 characters.</param>
/// <param name="Quantity">How many, or how much; more than 0, at most 100,000.</param>
[GenerateSerializer, Immutable, Alias("grid.UsedPart")]
public readonly record struct UsedPart([property: Id(0)] string Name, [property: Id(1)] double Quantity);

/// <summary>What was repaired.</summary>
[GenerateSerializer, Immutable, Alias("grid.RepairNote")]
public sealed record RepairNote
{
    /// <summary>When.</summary>
    [Id(0)] public required DateTimeOffset At { get; init; }

    /// <summary>By whom.</summary>
    [Id(1)] public required string By { get; init; }

    /// <summary>What was done, for people.</summary>
    [Id(2)] public required string Note { get; init; }

    /// <summary>What was used.</summary>
    [Id(3)] public ImmutableArray<UsedPart> Parts { get; init; } = [];
}

/// <summary>Something that happened to an order.</summary>
[GenerateSerializer, Immutable, Alias("grid.WorkOrderStep")]
public sealed record WorkOrderStep
{
    /// <summary>When.</summary>
    [Id(0)] public required DateTimeOffset At { get; init; }

    /// <summary>By whom; <c>grid</c> for what the grid does itself.</summary>
    [Id(1)] public required string By { get; init; }

    /// <summary>What.</summary>
    [Id(2)] public required WorkOrderVerb Verb { get; init; }

    /// <summary>Where the order stood after it.</summary>
    [Id(3)] public required WorkOrderState State { get; init; }

    /// <summary>Note or reason, for people.</summary>
    [Id(4)] public string? Note { get; init; }

    /// <summary>The caller's key under which it is the same, however often it is told; null without one.</summary>
    [Id(5)] public string? Key { get; init; }
}

/// <summary>What a citizen has told. Nothing about the citizen is kept: no name, no address of theirs, no way to reach them.</summary>
[GenerateSerializer, Immutable, Alias("grid.CitizenReport")]
public sealed record CitizenReport
{
    /// <summary>Code of the service that was asked for.</summary>
    [Id(0)] public required string Service { get; init; }

    /// <summary>Answers to the service's questions, by code; several values of one are joined by commas.</summary>
    [Id(1)] public ImmutableSortedDictionary<string, string> Answers { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Address of the place, as it was told.</summary>
    [Id(2)] public string? Address { get; init; }

    /// <summary>Where a picture is, http or https.</summary>
    [Id(3)] public string? MediaUrl { get; init; }

    /// <summary>Status of the nearest device when it was told; null when it was joined to none.</summary>
    [Id(4)] public DeviceStatus? DeviceStatus { get; init; }

    /// <summary>Metres from the place that was told to the device; null when it was joined to none.</summary>
    [Id(5)] public double? DistanceMetres { get; init; }
}

/// <summary>A work order.</summary>
[GenerateSerializer, Immutable, Alias("grid.WorkOrder")]
public sealed record WorkOrder
{
    /// <summary>By whom the grid says that something was done which it did itself.</summary>
    public const string Grid = "grid";

    /// <summary>Keys of later requests that are remembered. Rules make one request of a device at a time.</summary>
    public const int MaximumJoined = 16;

    private const long Never = 999_999_999_999_999;

    /// <summary>Its commune's INSEE code, a hyphen, and its number there, such as <c>29019-42</c>.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Its number in the commune, from 1 on; never given twice.</summary>
    [Id(1)] public required long Number { get; init; }

    /// <summary>Grows with each change; at least 1.</summary>
    [Id(2)] public required long Version { get; init; }

    /// <summary>What was asked for.</summary>
    [Id(3)] public required WorkOrderRequest Request { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(4)] public required WorkOrderState State { get; init; }

    /// <summary>How much it presses.</summary>
    [Id(5)] public required WorkOrderPriority Priority { get; init; }

    /// <summary>When it was opened.</summary>
    [Id(6)] public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>When it changed last.</summary>
    [Id(7)] public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>What its contract says.</summary>
    [Id(8)] public required WorkTerms Terms { get; init; }

    /// <summary>Who has it; null when nobody does.</summary>
    [Id(9)] public string? Contractor { get; init; }

    /// <summary>The lot under which it is counted; null for none.</summary>
    [Id(10)] public string? Lot { get; init; }

    /// <summary>The clock of its deadline.</summary>
    [Id(11)] public required DeadlineClock Clock { get; init; }

    /// <summary>Why it is paused; null when it is not.</summary>
    [Id(12)] public string? PauseReason { get; init; }

    /// <summary>Where it goes on from a pause.</summary>
    [Id(13)] public WorkOrderState PausedFrom { get; init; }

    /// <summary>Visits, oldest first.</summary>
    [Id(14)] public ImmutableArray<WorkOrderVisit> Visits { get; init; } = [];

    /// <summary>The last repair; null before the first, and after it was reopened.</summary>
    [Id(15)] public RepairNote? Repair { get; init; }

    /// <summary>When it was closed or cancelled; null while it is neither.</summary>
    [Id(16)] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>True when the condition of its alarm holds, false when it has returned to normal; null without an alarm.</summary>
    [Id(17)] public bool? IsAlarmActive { get; init; }

    /// <summary>When the alarm changed last, as far as the order was told; null without an alarm.</summary>
    [Id(18)] public DateTimeOffset? AlarmAt { get; init; }

    /// <summary>Since when it waits to be repaired: its opening, or its last reopening.</summary>
    [Id(19)] public required DateTimeOffset WaitsSince { get; init; }

    /// <summary>Times that it was reopened.</summary>
    [Id(20)] public int Reopenings { get; init; }

    /// <summary>What happened, oldest first: at most 100, of which the opening and the newest are kept.</summary>
    [Id(21)] public ImmutableArray<WorkOrderStep> History { get; init; } = [];

    /// <summary>Keys of later requests that came to this order too, the newest of them, so that each comes to it however often it is made: at most <see cref="MaximumJoined"/>.</summary>
    [Id(22)] public ImmutableArray<string> JoinedBy { get; init; } = [];

    /// <summary>True when nothing is to be done any more.</summary>
    public bool IsEnded => State is WorkOrderState.Closed or WorkOrderState.Cancelled;

    /// <summary>True when it is still to be repaired and its deadline is over.</summary>
    public bool IsOverdueAt(DateTimeOffset now) => State is not (WorkOrderState.Repaired or WorkOrderState.Closed or WorkOrderState.Cancelled) && Clock.IsLateAt(now);

    /// <summary>INSEE code of the commune in an order's id; null for a text that is no such id.</summary>
    public static string? CommuneOf(string id) =>
        id.Length is > 6 and <= 24 && id[5] == '-' && id.AsSpan(6).IndexOfAnyExceptInRange('0', '9') < 0 && id[6] != '0' ? id[..5] : null;

    /// <summary>
    /// Where it stands in lists (ordinal): what is to be repaired by its deadline, the latest first and what has none last; then what is repaired and not confirmed; then what has ended, the
    /// newest first.
    /// </summary>
    public string Rank()
    {
        var group = State == WorkOrderState.Repaired ? 1 : IsEnded ? 2 : 0;
        var place = EndedAt is { } ended ? Never - ended.ToUnixTimeMilliseconds() : Clock.DueAt?.ToUnixTimeMilliseconds() ?? Never;
        return string.Create(CultureInfo.InvariantCulture, $"{group} {Math.Clamp(place, 0, Never):D15} {Request.Commune} {Number:D12}");
    }
}
