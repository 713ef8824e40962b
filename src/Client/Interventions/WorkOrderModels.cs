using System.Text.Json.Serialization;
using Grid.Client.Devices;
using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;

namespace Grid.Client.Interventions;

/// <summary>A work order as GET shows it.</summary>
public sealed record WorkOrderModel
{
    /// <summary>Its commune and its number there, such as <c>29019-42</c>.</summary>
    public required string Id { get; init; }

    /// <summary>INSEE code.</summary>
    public required string Commune { get; init; }

    /// <summary>Where it stands.</summary>
    public required WorkOrderState State { get; init; }

    /// <summary>How much it presses.</summary>
    public required WorkOrderPriority Priority { get; init; }

    /// <summary>Where it comes from.</summary>
    public required WorkOrderOrigin Origin { get; init; }

    /// <summary>Who asked for it.</summary>
    public required string By { get; init; }

    /// <summary>What is to be done.</summary>
    public required string Title { get; init; }

    /// <summary>More about it; a citizen's words are shown to those who may see what is personal.</summary>
    public required string? Description { get; init; }

    /// <summary>The device; null for none.</summary>
    public required string? Device { get; init; }

    /// <summary>Its kind; null for none.</summary>
    public required DeviceKind? Kind { get; init; }

    /// <summary>Where it is; null when unknown.</summary>
    public required PositionModel? Position { get; init; }

    /// <summary>The alarm; null for none.</summary>
    public required string? Alarm { get; init; }

    /// <summary>True while the condition of its alarm holds; null without an alarm.</summary>
    public required bool? AlarmActive { get; init; }

    /// <summary>When it was opened.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>When it changed last.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>When it must be repaired; null for no deadline, and while it is paused in time.</summary>
    public required DateTimeOffset? DueAt { get; init; }

    /// <summary>True when it is still to be repaired and its deadline is over.</summary>
    public required bool Overdue { get; init; }

    /// <summary>True when its deadline is over, or was when it was repaired.</summary>
    public required bool Late { get; init; }

    /// <summary>The contract that covers it; null for none.</summary>
    public required string? Contract { get; init; }

    /// <summary>Who has it; null when nobody does.</summary>
    public required string? Contractor { get; init; }

    /// <summary>The lot under which it is counted; null for none.</summary>
    public required string? Lot { get; init; }

    /// <summary>Why it is paused; null when it is not.</summary>
    public required string? PauseReason { get; init; }

    /// <summary>Who was there.</summary>
    public required IReadOnlyList<VisitModel> Visits { get; init; }

    /// <summary>What was repaired; null before.</summary>
    public required RepairModel? Repair { get; init; }

    /// <summary>When it was closed or cancelled; null before.</summary>
    public required DateTimeOffset? EndedAt { get; init; }

    /// <summary>Times that it was reopened.</summary>
    public required int Reopenings { get; init; }

    /// <summary>What a citizen has told; null for others.</summary>
    public required ReportModel? Report { get; init; }

    /// <summary>What happened, oldest first.</summary>
    public required IReadOnlyList<StepModel> History { get; init; }
}

/// <summary>A visit.</summary>
/// <param name="By">Who.</param>
/// <param name="ArrivedAt">From when.</param>
/// <param name="LeftAt">Until when; null while there.</param>
public sealed record VisitModel(string By, DateTimeOffset ArrivedAt, DateTimeOffset? LeftAt);

/// <summary>A repair.</summary>
/// <param name="At">When.</param>
/// <param name="By">By whom.</param>
/// <param name="Note">What was done.</param>
/// <param name="Parts">What was used.</param>
public sealed record RepairModel(DateTimeOffset At, string By, string Note, IReadOnlyList<PartModel> Parts);

/// <summary>A part.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Quantity">How many, or how much.</param>
public sealed record PartModel(string Name, double Quantity);

/// <summary>A citizen's report.</summary>
/// <param name="Service">What was asked for.</param>
/// <param name="Answers">Answers to the service's questions; null without the right to what is personal.</param>
/// <param name="Address">Address as it was told; null without the right to what is personal.</param>
/// <param name="MediaUrl">A picture; null without the right to what is personal.</param>
/// <param name="DeviceStatus">Status of the device when it was told; null for no device.</param>
/// <param name="DistanceMetres">From the place that was told to the device; null for no device.</param>
public sealed record ReportModel(
    string Service, IReadOnlyDictionary<string, string>? Answers, string? Address, string? MediaUrl, DeviceStatus? DeviceStatus, double? DistanceMetres);

/// <summary>Something that happened.</summary>
/// <param name="Time">When.</param>
/// <param name="By">By whom; <c>grid</c> for what the grid did itself.</param>
/// <param name="Action">What.</param>
/// <param name="State">Where the order stood after it.</param>
/// <param name="Note">Note or reason.</param>
public sealed record StepModel(
    DateTimeOffset Time, string By, WorkOrderVerb Action, WorkOrderState State, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Note);

/// <summary>A page of work orders.</summary>
/// <param name="Items">The orders.</param>
/// <param name="NextCursor">Where the list goes on; null at its end.</param>
public sealed record WorkOrderPage(IReadOnlyList<WorkOrderModel> Items, string? NextCursor);

/// <summary>A work order as POST takes it.</summary>
/// <param name="Title">What is to be done, in a line.</param>
/// <param name="Description">More about it.</param>
/// <param name="Commune">INSEE code; may be left out with a device or an alarm.</param>
/// <param name="Device">The device; the source of the alarm when left out.</param>
/// <param name="Kind">Kind of device whose lot covers it; that of the device with one.</param>
/// <param name="Priority">That of the alarm, or <c>medium</c>, when left out.</param>
/// <param name="Position">Where it is; that of the device when left out.</param>
/// <param name="Alarm">The alarm that it is about.</param>
public sealed record WorkOrderInput(
    string? Title, string? Description, string? Commune, string? Device, DeviceKind? Kind, WorkOrderPriority? Priority, PositionInput? Position, string? Alarm);

/// <summary>An action on a work order as PATCH takes it.</summary>
/// <param name="Action">One of <c>assign pause resume arrive leave repair close reopen cancel prioritise</c>.</param>
/// <param name="Note">Note, or reason.</param>
/// <param name="By">Who does it; the caller when left out.</param>
/// <param name="Contractor">With <c>assign</c>.</param>
/// <param name="Lot">With <c>assign</c>.</param>
/// <param name="Priority">With <c>prioritise</c>.</param>
/// <param name="Parts">With <c>repair</c>.</param>
public sealed record WorkOrderActionInput(
    WorkOrderVerb? Action, string? Note, string? By, string? Contractor, string? Lot, WorkOrderPriority? Priority, IReadOnlyList<PartInput?>? Parts);

/// <summary>A part as PATCH takes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Quantity">How many, or how much.</param>
public sealed record PartInput(string? Name, double? Quantity);

/// <summary>Delays of contractors.</summary>
/// <param name="Since">Orders opened from this instant on.</param>
/// <param name="AsOf">When it was asked.</param>
/// <param name="Items">By contractor and lot.</param>
public sealed record DelayList(DateTimeOffset Since, DateTimeOffset AsOf, IReadOnlyList<DelayModel> Items);

/// <summary>Delays of a contractor in a lot.</summary>
/// <param name="Contractor">The contractor; null for orders that nobody has.</param>
/// <param name="Lot">The lot; null for none.</param>
/// <param name="Count">Orders, those that were cancelled apart.</param>
/// <param name="Pending">Of these, those that are still to be repaired.</param>
/// <param name="Overdue">Of these, those that are over their deadline, or were when they were repaired.</param>
/// <param name="Repaired">Of these, those that were repaired: what the next two are about.</param>
/// <param name="MedianHours">Half of them took at most so many working hours; null for none.</param>
/// <param name="P90Hours">Nine of ten took at most so many working hours; null for none.</param>
public sealed record DelayModel(string? Contractor, string? Lot, int Count, int Pending, int Overdue, int Repaired, double? MedianHours, double? P90Hours);
