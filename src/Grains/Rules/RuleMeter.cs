using System.Diagnostics.Metrics;

namespace Grid.Grains.Rules;

/// <summary>What the actions of operators' rules count.</summary>
public sealed class RuleMeter : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Grid.Rules";

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _done;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _unheard;
    private readonly Counter<long> _givenUp;
    private readonly Counter<long> _overBudget;

    /// <summary>Creates the instruments.</summary>
    public RuleMeter()
    {
        _done = _meter.CreateCounter<long>("grid.rules.actions.done", "{action}", "Actions of rules that were carried out");
        _dropped = _meter.CreateCounter<long>("grid.rules.actions.dropped", "{action}", "Actions of rules that found no room");
        _refused = _meter.CreateCounter<long>("grid.rules.actions.refused", "{action}", "Commands of rules that were refused, or could not be given while they were valid");
        _unheard = _meter.CreateCounter<long>("grid.rules.actions.unheard", "{action}", "Actions of rules for which there is no outlet");
        _givenUp = _meter.CreateCounter<long>("grid.rules.actions.given_up", "{action}", "Actions of rules that failed for a day");
        _overBudget = _meter.CreateCounter<long>("grid.rules.actions.over_budget", "{action}", "Actions of rules that were left out since the rule has had as many done in the sector within the hour as it may");
    }

    internal void OverBudget(int actions) => _overBudget.Add(actions);

    internal void Done() => _done.Add(1);

    internal void Dropped(int actions) => _dropped.Add(actions);

    internal void Refused() => _refused.Add(1);

    internal void GivenUp() => _givenUp.Add(1);

    internal void Unheard() => _unheard.Add(1);

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();
}
