using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Devices;

namespace Grid.Contracts.Commands;

/// <summary>
/// What may be otherwise once a command was obeyed: what devices then report, and what is found from it. So loops between rules are seen before there is one
/// (docs/automation.md). Rather too much than too little: what is left out here is a loop that nobody is warned of.
/// </summary>
/// <param name="Sets">The metric that becomes what the command says; null when nobody knows what it becomes.</param>
/// <param name="Devices">All that may move, on the device itself and on those beside it.</param>
public sealed record CommandMoves(MetricSetting? Sets, ImmutableArray<DeviceMoves> Devices);

/// <summary>A metric of the device that a command sets to the value of one of its arguments.</summary>
/// <param name="Metric">Its name; <c>{0}</c> stands for the number of <paramref name="Number"/>.</param>
/// <param name="Value">The argument with the value.</param>
/// <param name="Number">The argument with the number in the metric's name; null when it has none.</param>
public sealed record MetricSetting(string Metric, string Value, string? Number = null)
{
    /// <summary>True for a metric of that form, with whichever number: only one of them is set.</summary>
    public bool Covers(string metric) => Number is null
        ? metric == Metric
        : Metric.Split("{0}") is [var before, var after] && metric.StartsWith(before, StringComparison.Ordinal) && metric.EndsWith(after, StringComparison.Ordinal);

    /// <summary>The name of the metric for the arguments of a command.</summary>
    public string NameFor(Func<string, double?> argument) =>
        Number is null ? Metric : string.Format(CultureInfo.InvariantCulture, Metric, argument(Number) ?? 0);
}

/// <summary>What may move on some devices.</summary>
/// <param name="Kind">Their kind.</param>
/// <param name="Where">Which of them.</param>
/// <param name="Metrics">Metrics of <see cref="MetricCatalog"/>.</param>
/// <param name="Conditions">Conditions by name, as alarms have them.</param>
public sealed record DeviceMoves(DeviceKind Kind, MovedWhere Where, ImmutableArray<string> Metrics, ImmutableArray<string> Conditions);

/// <summary>Which devices a command moves something on.</summary>
public enum MovedWhere
{
    /// <summary>The device that is told.</summary>
    Itself,

    /// <summary>The light points that the cabinet feeds which is told.</summary>
    Fed,

    /// <summary>The cabinet that feeds the light point which is told.</summary>
    Feeder,
}
