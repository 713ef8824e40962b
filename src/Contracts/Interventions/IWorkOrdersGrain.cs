using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rights;
using Orleans;
using Orleans.Concurrency;

namespace Grid.Contracts.Interventions;

/// <summary>
/// The work orders of a commune, keyed by INSEE code. What changes is persisted before it is answered. Those that are to be done are at most <see cref="MaximumLive"/>; those that have
/// ended are kept <see cref="KeptDays"/> days, and at most <see cref="MaximumEnded"/> of them.
/// </summary>
[Alias("grid.IWorkOrdersGrain"), RequiresRight(Right.Internal)]
public interface IWorkOrdersGrain : IGrainWithStringKey
{
    /// <summary>Most orders of a commune that have not ended; more are refused.</summary>
    const int MaximumLive = 2_000;

    /// <summary>Most of these that citizens have asked for, so that they leave room for others.</summary>
    const int MaximumLiveOfCitizens = 500;

    /// <summary>Most ended orders of a commune that are kept; the oldest go first.</summary>
    const int MaximumEnded = 2_000;

    /// <summary>Days that an ended order is kept.</summary>
    const int KeptDays = 400;

    /// <summary>
    /// Opens an order. The same key, or the same alarm, gives the order that there is. For an alarm whose order was closed, a later raise reopens it within its contract's days, and makes a
    /// new one after them; one whose order was cancelled gets a new one once its condition has returned to normal in between.
    /// </summary>
    [Alias("Open")]
    Task<WorkOrderAnswer> Open(WorkOrderRequest request);

    /// <summary>Does something to an order.</summary>
    [Alias("Act")]
    Task<WorkOrderAnswer> Act(string id, WorkOrderAction action);

    /// <summary>
    /// The condition of an alarm holds, or has returned to normal. Confirms a repair, reopens what was closed. An alarm without an order changes nothing and is not kept; what is older
    /// than what the order knows changes nothing. A hint: every ten minutes the orders that have not ended, or that may be reopened, are compared with their alarms.
    /// </summary>
    /// <param name="alarm">Id of the alarm.</param>
    /// <param name="device">Its source.</param>
    /// <param name="isActive">True when its condition holds.</param>
    /// <param name="at">Since when.</param>
    [Alias("AlarmChanged")]
    Task AlarmChanged(string alarm, string device, bool isActive, DateTimeOffset at);

    /// <summary>Looks at what waits for measurements, and sets its reminder where one is needed.</summary>
    [Alias("Look")]
    Task Look();

    /// <summary>The order, null when there is none.</summary>
    [Alias("Get"), AlwaysInterleave]
    ValueTask<WorkOrder?> Get(string id);

    /// <summary>Orders by <see cref="WorkOrder.Rank"/>.</summary>
    [Alias("List"), AlwaysInterleave]
    ValueTask<ImmutableArray<WorkOrder>> List(WorkOrderQuery query);

    /// <summary>How long orders took, by contractor and lot.</summary>
    /// <param name="kinds">Of devices of these kinds.</param>
    /// <param name="since">Opened from this instant on.</param>
    [Alias("GetDelays"), AlwaysInterleave]
    ValueTask<ImmutableArray<WorkOrderDelays>> GetDelays(DeviceKinds kinds, DateTimeOffset since);
}

/// <summary>The communes that have had a work order. One grain, keyed by <see cref="Key"/>.</summary>
[Alias("grid.IWorkOrderPlacesGrain"), RequiresRight(Right.Internal)]
public interface IWorkOrderPlacesGrain : IGrainWithStringKey
{
    /// <summary>Its key.</summary>
    const string Key = "work-order-places";

    /// <summary>A commune is about to have its first order; persisted when answered.</summary>
    [Alias("Add")]
    Task Add(string commune);

    /// <summary>INSEE codes, in order.</summary>
    [Alias("List"), AlwaysInterleave]
    ValueTask<ImmutableArray<string>> List();
}

/// <summary>Which orders to list.</summary>
[GenerateSerializer, Immutable, Alias("grid.WorkOrderQuery")]
public sealed record WorkOrderQuery
{
    /// <summary>Only these states; empty for all.</summary>
    [Id(0)] public ImmutableArray<WorkOrderState> States { get; init; } = [];

    /// <summary>Only of devices of these kinds. One that is about no kind is listed only with <see cref="DeviceKinds.All"/>.</summary>
    [Id(1)] public DeviceKinds Kinds { get; init; } = DeviceKinds.All;

    /// <summary>Only of this device; null for all.</summary>
    [Id(2)] public string? Device { get; init; }

    /// <summary>Only of this contractor; null for all.</summary>
    [Id(3)] public string? Contractor { get; init; }

    /// <summary>Only of this lot; null for all.</summary>
    [Id(4)] public string? Lot { get; init; }

    /// <summary>Only those that are overdue now, or that are not; null for both.</summary>
    [Id(5)] public bool? IsOverdue { get; init; }

    /// <summary>Only from there; null for all.</summary>
    [Id(6)] public WorkOrderOrigin? Origin { get; init; }

    /// <summary>Only those opened from this instant on; null for all.</summary>
    [Id(7)] public DateTimeOffset? From { get; init; }

    /// <summary>Only those opened before this instant; null for all.</summary>
    [Id(8)] public DateTimeOffset? To { get; init; }

    /// <summary>Ranks greater than this one (ordinal); null from the beginning.</summary>
    [Id(9)] public string? After { get; init; }

    /// <summary>At most this many, 1 to 1,001.</summary>
    [Id(10)] public int Limit { get; init; } = 100;
}

/// <summary>How long the orders of a contractor and a lot took in a commune.</summary>
[GenerateSerializer, Immutable, Alias("grid.WorkOrderDelays")]
public sealed record WorkOrderDelays
{
    /// <summary>The contractor; null for orders that nobody has.</summary>
    [Id(0)] public string? Contractor { get; init; }

    /// <summary>The lot; null for none.</summary>
    [Id(1)] public string? Lot { get; init; }

    /// <summary>Orders, those that were cancelled apart.</summary>
    [Id(2)] public required int Count { get; init; }

    /// <summary>Of these, those that are still to be repaired.</summary>
    [Id(3)] public required int Pending { get; init; }

    /// <summary>Of these, those that are over their deadline, or were when they were repaired.</summary>
    [Id(4)] public required int Overdue { get; init; }

    /// <summary>Of those that were repaired, the working time from the opening (or the last reopening) to the repair, pauses apart, in minutes.</summary>
    [Id(5)] public required ImmutableArray<int> Minutes { get; init; }
}
