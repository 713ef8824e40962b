using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Grains.Devices;
using Grid.Grains.Intake;
using Grid.Grains.Rules.Communes;
using Grid.Grains.Rules.Evaluation;
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
    private IGrainTimer _turnClock = null!;
    private long _turnSetFor = RuleTurnClock.Never;
    private bool _isJudging;
    private DateTimeOffset _rulesLookedAt;
    private DateTimeOffset _countedAt = DateTimeOffset.MinValue;
    private ImmutableArray<RuleGroupCounts> _counts = [];

    public Task RenewRules()
    {
        _ruleLook.Hint();
        _lookAtRules.Change(options.PublishAfter, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public ValueTask<RuleSet> GetRules() => new(_rules.At(_book.Offset));

    public ValueTask<long?> VersionOfRule(string rule) => new(_rules.At(_book.Offset).Rules.FirstOrDefault(held => held.Id == rule)?.Version);

    public ValueTask<ImmutableArray<RuleGroupCounts>> CountForRules(DateTimeOffset look) =>
        new(IsBehind || _countedAt > look ? [] : _countedAt == look ? _counts : _ruleTurn.CountForCommune(_rules.At(_book.Offset), look.ToMilliseconds()));

    private void StartRules()
    {
        _ruleLook = new RuleLook(_sector, GrainFactory, territory, operatorRules, registry, writer, options, meter);
        _rulesLookedAt = clock.GetUtcNow();
        _lookAtRules = this.RegisterGrainTimer(
            static (grain, _) => grain.LookAtRulesAsync(),
            this,
            new GrainTimerCreationOptions(options.CatchUpAfter, Timeout.InfiniteTimeSpan) { Interleave = true });
        _rulesClock = this.RegisterGrainTimer(TellRulesTimeAsync, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _turnClock = this.RegisterGrainTimer(TakeTurnAsync, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        WatchRules();
    }

    private async Task LookAtRulesAsync()
    {
        if (IsBehind)
        {
            // Which devices are here, and so which rules for one of them are followed, and what was followed last, is in the log.
            await GrainFactory.GetGrain<ISectorGrain>(_sector).CatchUp();
        }

        await _ruleLook.LookAsync(_book, _rules, clock);
    }

    public Task TakeCommune(CommuneRuleInputs inputs)
    {
        _ruleTurn.See(inputs.At, CommuneRuleTurn.Seeing(inputs.Summary, inputs.Counts.ToDictionary(counts => counts.Rule, counts => counts.Groups)));
        if (_rules.HasOfSector)
        {
            // What was accepted up to now, they have or will have seen.
            _rules.Turn.Expect(Now().ToMilliseconds() + 1);
            WatchRules();
        }

        return Task.CompletedTask;
    }

    /// <summary>Sets the clock for what time alone will change. Many that are due within some seconds are told by one entry.</summary>
    private void WatchRules()
    {
        if (_rules.DueFrom != _rulesClockSetFor)
        {
            _rulesClockSetFor = _rules.DueFrom;
            _rulesClock.Change(UntilDevicesDue(), Timeout.InfiniteTimeSpan);
        }

        var next = _rules.HasOfSector ? _rules.Turn.Next : RuleTurnClock.Never;
        if (next != _turnSetFor)
        {
            _turnSetFor = next;
            var wait = _turnSetFor == RuleTurnClock.Never
                ? Timeout.InfiniteTimeSpan
                : TimeSpan.FromMilliseconds(Math.Clamp(_turnSetFor + RuleTurnClock.WaitMilliseconds - Now().ToMilliseconds(), 1, options.LookEvery.TotalMilliseconds));
            _turnClock.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }

    private TimeSpan UntilDevicesDue()
    {
        if (_rules.DueFrom == DateTimeOffset.MaxValue)
        {
            return Timeout.InfiniteTimeSpan;
        }

        // What was due at the last instant already has come since: it is seen at the next.
        var now = Now().ToMilliseconds();
        var look = RuleInstants.AtOrAfter(Math.Max(_rules.DueFrom.ToMilliseconds(), RuleInstants.AtOrBefore(now) + 1)) + RuleInstants.WaitMilliseconds;
        var earliest = options.RulesLookEvery.TotalMilliseconds > RuleInstants.EveryMilliseconds ? (_rulesLookedAt + options.RulesLookEvery).ToMilliseconds() : now;
        return TimeSpan.FromMilliseconds(Math.Clamp(Math.Max(look, earliest) - now, 1, options.LookEvery.TotalMilliseconds));
    }

    /// <summary>Judges the rules that ask for more than a device, as of what was accepted before the instant for which they are due.</summary>
    private async Task TakeTurnAsync(CancellationToken cancellationToken)
    {
        _turnSetFor = RuleTurnClock.Never;
        try
        {
            await ReadLogAsync(long.MaxValue);
            var seen = Now().ToMilliseconds() - RuleTurnClock.WaitMilliseconds;
            _rules.Turn.Begin(Math.Max(seen, _book.AsOf.ToMilliseconds() + 1));
            await JudgeAsync(seen);
        }
        finally
        {
            WatchRules();
        }
    }

    /// <summary>Time passes before what comes next: what was due up to then is judged, and counted for the commune, without it.</summary>
    private ValueTask PassToAsync(DateTimeOffset next)
    {
        var look = figureOptions.LookOf(next);
        if (look > _countedAt)
        {
            (_countedAt, _counts) = (look, _ruleTurn.CountForCommune(_rules.At(_book.Offset), look.ToMilliseconds()));
        }

        _rules.Turn.Begin(next.ToMilliseconds());
        return _rules.Turn.Next <= next.ToMilliseconds() ? new ValueTask(JudgeAsync(next.ToMilliseconds())) : ValueTask.CompletedTask;
    }

    /// <summary>
    /// Visits the instants at which they are due, up to one. What is decided is durable in the log before anything follows from it. Of very long ago, such as after a stop, some
    /// instants are visited and the rest is one.
    /// </summary>
    private async Task JudgeAsync(long upTo)
    {
        if (_isJudging || !_rules.HasOfSector)
        {
            return;
        }

        if (_rules.Turn.Next > upTo)
        {
            return;
        }

        _isJudging = true;
        try
        {
            var entries = new List<LogEntry>();
            var ahead = new Dictionary<string, RuleMemory[]>(StringComparer.Ordinal);
            var received = Now();
            for (var steps = 0; _rules.Turn.Next <= upTo; steps++)
            {
                var at = steps == DeviceRuleTurn.MostSteps ? upTo : _rules.Turn.Next;
                var (turns, due) = _ruleTurn.Judge(_rules.Newest, at, ahead);
                _rules.Turn.Judged(at, due);
                if (!turns.IsEmpty)
                {
                    entries.Add(new RuleTurnEntry { Device = string.Empty, ReceivedAt = received, At = DateTimeOffset.FromUnixTimeMilliseconds(at), Turns = turns, Seen = _ruleTurn.Seen });
                }
            }

            await AppendAsync(entries);
        }
        catch
        {
            // Nothing was decided: it is judged again.
            _rules.Turn.Expect(upTo + (long)options.RulesLookEvery.TotalMilliseconds);
            throw;
        }
        finally
        {
            _isJudging = false;
        }
    }

    private async Task TellRulesTimeAsync(CancellationToken cancellationToken)
    {
        _rulesClockSetFor = DateTimeOffset.MaxValue;
        var now = Now();
        if (_rules.DueFrom.ToMilliseconds() <= RuleInstants.AtOrBefore(now.ToMilliseconds()))
        {
            _rulesLookedAt = now;
            // Delivered to this sector like everything else, after this turn.
            await writer.AppendAsync([new SectorEntries(_sector, [new RulesLookEntry { Device = string.Empty, ReceivedAt = now }])], cancellationToken);
            return;
        }

        WatchRules();
    }
}
