using System.Diagnostics.Metrics;
using Grid.Contracts.Interventions;

namespace Grid.Grains.Interventions;

/// <summary>Counts what happens to work orders.</summary>
public sealed class InterventionInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Grid.Interventions";

    private readonly Counter<long> _steps;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _forgotten;

    /// <param name="meters">Makes the meter.</param>
    public InterventionInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _steps = meter.CreateCounter<long>("grid.work_orders.steps", "{step}", "What happened to work orders, by verb");
        _refused = meter.CreateCounter<long>("grid.work_orders.refused", "{order}", "Work orders that were refused because their commune has too many");
        _forgotten = meter.CreateCounter<long>("grid.work_orders.forgotten", "{order}", "Ended work orders whose time was over, or that were too many");
    }

    internal void Stepped(WorkOrderVerb verb) => _steps.Add(1, new KeyValuePair<string, object?>("verb", verb.ToString().ToLowerInvariant()));

    internal void Refused() => _refused.Add(1);

    internal void Forgotten(int orders) => _forgotten.Add(orders);
}
