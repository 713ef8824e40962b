using Grid.Contracts.Devices;

namespace Grid.Grains.Rules.Loops;

/// <summary>Something that rules look at and that actions of rules may move.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Kind">Of which kind of device; null where that does not matter.</param>
/// <param name="Name">Its name; empty where there is only one.</param>
internal readonly record struct Facet(FacetType Type, DeviceKind? Kind, string Name)
{
    public static Facet Metric(DeviceKind kind, string name) => new(FacetType.Metric, kind, name);

    public static Facet Condition(DeviceKind kind, string name) => new(FacetType.Condition, kind, name);

    public static Facet Status(DeviceKind kind) => new(FacetType.Status, kind, "");

    /// <summary>The alarm of a rule, by its condition <c>rule.ID</c>.</summary>
    public static Facet Alarm(string condition) => new(FacetType.Alarm, null, condition);

    /// <summary>How many alarms there are.</summary>
    public static Facet Alarms { get; } = new(FacetType.Alarms, null, "");
}

/// <summary>What can be looked at and moved.</summary>
internal enum FacetType : byte
{
    Metric,
    Condition,
    Status,
    Alarm,
    Alarms,
}
