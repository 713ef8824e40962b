using System.Text.Json.Serialization;

namespace Grid.Client.Promotions;

/// <summary>What is to be promoted.</summary>
/// <param name="From">The pilot: <c>commune:29019</c> or <c>syndicate:SIREN</c> (any body).</param>
/// <param name="To">The wider scope: <c>syndicate:SIREN</c>, <c>department:29</c> or <c>all</c>; all of the pilot is in it.</param>
/// <param name="Parts">Some of <c>parameters plans rules</c>; all when left out.</param>
/// <param name="Difference">The difference that was looked at: only that is carried out.</param>
public sealed record PromotionInput(string? From, string? To, IReadOnlyList<string>? Parts, string? Difference);

/// <summary>What a promotion changes.</summary>
/// <param name="From">The pilot.</param>
/// <param name="To">The wider scope.</param>
/// <param name="Difference">Stands for exactly these changes.</param>
/// <param name="Items">Each of them, and what stays as it is.</param>
public sealed record PromotionModel(string From, string To, string Difference, IReadOnlyList<PromotionItem> Items);

/// <summary>Something of the pilot.</summary>
/// <param name="What"><c>parameter</c>, <c>plan</c> or <c>rule</c>.</param>
/// <param name="Id">The rule's or the plan's id; of a parameter <c>kind.name</c>.</param>
/// <param name="Name">For people.</param>
/// <param name="Change"><c>new</c>, <c>replaced</c>, <c>same</c> (it is so already) or <c>blocked</c>.</param>
/// <param name="Before">In the wider scope, or the scope, before; null for nothing.</param>
/// <param name="After">The same afterwards.</param>
/// <param name="Devices">Devices of its kinds in the wider scope; null where they are not counted.</param>
/// <param name="PilotDevices">Devices of its kinds in the pilot.</param>
/// <param name="Reason">Why it is blocked, or failed; null otherwise.</param>
/// <param name="IsDone">True when it was carried out; null when nothing was to be.</param>
public sealed record PromotionItem(
    string What, string Id, string Name, string Change, string? Before, string? After, long? Devices, long PilotDevices, string? Reason = null, bool? IsDone = null)
{
    /// <summary>Of a plan: the group of devices that it is for, left out for all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Group { get; init; }
}
