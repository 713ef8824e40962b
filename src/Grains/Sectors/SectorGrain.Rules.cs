using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Devices;
using Grid.Grains.Intake;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Sectors;

/// <summary>The rules that operators wrote: they come through the log of the sector, and so does time for the devices whose rules it alone may change.</summary>
public sealed partial class SectorGrain
{
    private IGrainTimer _lookAtRules = null!;
    private IGrainTimer _rulesClock = null!;
    private RuleLook _ruleLook = null!;
    private DateTimeOffset _rulesClockSetFor = DateTimeOffset.MaxValue;

    public Task RenewRules()
    {
        _ruleLook.Hint();
        _lookAtRules.Change(options.PublishAfter, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public ValueTask<RuleSet> GetRules() => new(_rules.At(_book.Offset));

    public ValueTask<long?> VersionOfRule(string rule) => new(_rules.At(_book.Offset).Rules.FirstOrDefault(held => held.Id == rule)?.Version);

    public ValueTask<ImmutableArray<RuleGroupCounts>> CountForRules() => new(_ruleTurn.CountForCommune(_rules.At(_book.Offset), Now().ToMilliseconds()));

    private void StartRules()
    {
        _ruleLook = new RuleLook(_sector, GrainFactory, territory, operatorRules, registry, writer, options, meter);
        _lookAtRules = this.RegisterGrainTimer(
            (_, _) => _ruleLook.LookAsync(_book, _rules, clock),
            this,
            new GrainTimerCreationOptions(options.CatchUpAfter, Timeout.InfiniteTimeSpan) { Interleave = true });
        _rulesClock = this.RegisterGrainTimer(TellRulesTimeAsync, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        WatchRules();
    }

    /// <summary>Sets the clock for what time alone will change. Many that are due within some seconds are told by one entry.</summary>
    private void WatchRules()
    {
        if (_rules.DueFrom != _rulesClockSetFor)
        {
            _rulesClockSetFor = _rules.DueFrom;
            var wait = _rules.DueFrom == DateTimeOffset.MaxValue
                ? Timeout.InfiniteTimeSpan
                : TimeSpan.FromTicks(Math.Clamp((_rules.DueFrom - clock.GetUtcNow()).Ticks, options.RulesLookEvery.Ticks, options.LookEvery.Ticks));
            _rulesClock.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task TellRulesTimeAsync(CancellationToken cancellationToken)
    {
        _rulesClockSetFor = DateTimeOffset.MaxValue;
        var now = Now();
        if (_rules.DueFrom <= now)
        {
            // Delivered to this sector like everything else, after this turn.
            await writer.AppendAsync([new SectorEntries(_sector, [new RulesLookEntry { Device = string.Empty, ReceivedAt = now }])], cancellationToken);
            return;
        }

        WatchRules();
    }
}
