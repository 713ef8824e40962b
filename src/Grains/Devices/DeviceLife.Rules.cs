using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Rules.Evaluation;

namespace Grid.Grains.Devices;

/// <summary>The rules that operators wrote, evaluated on the device's turn.</summary>
public sealed partial class DeviceLife<TRules, TSettings, TState>
{
    private CompiledRules? _rules;
    private RulePlace? _place;
    private List<RuleFiring>? _firings;
    private RuleGuard? _guard;

    // Of the entry that is being applied, in Unix milliseconds.
    private long _receivedAt;

    /// <summary>True when it has rules that this process has not seen: they must be given before the next entry.</summary>
    public bool LacksRules => State.Rules is { } rules && RulesOf(rules) is null;

    /// <summary>The next instant at which its rules may be otherwise though nothing is heard; null for never.</summary>
    private DateTimeOffset? RulesDueAt => State.Rules is { DueAt: < long.MaxValue and var due } ? DateTimeOffset.FromUnixTimeMilliseconds(due) : null;

    private CompiledRules? RulesOf(DeviceRuleState state) =>
        _rules is { } rules && rules.Hash == state.Set ? rules : _rules = context.Rules.Find(state.Set);

    /// <summary>Time has passed up to an instant: what began meanwhile began then.</summary>
    private void AdvanceRules(long upTo)
    {
        if (State.Rules is { } state && state.DueAt <= upTo && RulesOf(state) is { } rules)
        {
            var frame = RuleFrame();
            if (!DeviceRuleTurn.Advance(state, rules, TRules.Kind, id, ref frame, upTo, ref _firings, ref _guard))
            {
                context.Instruments.RuleTimeSkipped();
            }
        }
    }

    /// <summary>
    /// Something was accepted at an instant: before it, rules were looked at, at the last of the <see cref="RuleInstants"/>, unless what was accepted last came after that. So what comes together,
    /// such as a day's frame, goes by the times at which it was observed; and a late report undoes nothing that time had brought about.
    /// </summary>
    private void PassRulesTo(long accepted)
    {
        if (RuleInstants.AtOrBefore(accepted) is var look && State.HeardAt < look)
        {
            AdvanceRules(look);
        }
    }

    private void JudgeRules(long now)
    {
        if (State.Rules is { } state && RulesOf(state) is { } rules)
        {
            var frame = RuleFrame();
            DeviceRuleTurn.Judge(state, rules, TRules.Kind, id, ref frame, now, ref _firings, ref _guard);
        }
    }

    /// <summary>Other rules hold from now on.</summary>
    private DeviceOutcome Follow(RuleSet rules, long now)
    {
        AdvanceRules(now);
        TakeRules(rules, null, now);
        JudgeRules(now);
        return Outcome(Disposition.Applied);
    }

    /// <summary>Time has passed, and nothing else.</summary>
    private DeviceOutcome Look(long now)
    {
        PassRulesTo(now);
        return Outcome(Disposition.Applied);
    }

    /// <summary>Rules that the device had before this process: it remembers where it stood in them.</summary>
    public void Learn(RuleSet set) => context.Rules.Of(set);

    /// <summary>Other rules hold from now on; none leave nothing behind.</summary>
    private void TakeRules(RuleSet set, DeviceDescriptor? descriptor, long now)
    {
        var rules = context.Rules.Of(set);
        var former = State.Rules is { } known ? RulesOf(known) : null;
        if (rules.Of(TRules.Kind).Length == 0 && State.Rules is null)
        {
            return;
        }

        var state = State.Rules ??= new DeviceRuleState();
        if (state.Set != rules.Hash)
        {
            DeviceRuleTurn.Replace(state, former, rules, TRules.Kind, now, ref _firings);
        }

        DeviceRuleTurn.Arrive(state, rules, TRules.Kind);
        _rules = rules;
        if (descriptor is not null)
        {
            DeviceRuleTurn.Describe(state, rules, descriptor);
        }

        if (rules.Of(TRules.Kind).Length == 0)
        {
            // Nothing left to remember but what a replay would have to tell again.
            State.Rules = state.IsForgettable && _firings is null ? null : state;
            state.DueAt = long.MaxValue;
        }
    }

    /// <summary>
    /// It leaves its sector: what lasts as long as its rules hold ends, and it remembers of them what they did last, for a replay; and on its way to another one, since when their conditions hold.
    /// </summary>
    private void LeaveRules(long now, bool isMove)
    {
        if (State.Rules is { } state)
        {
            AdvanceRules(now);
            state.Lasting = isMove ? DeviceRuleTurn.Lasting(state.Rules) : null;
            if (RulesOf(state) is { } rules)
            {
                DeviceRuleTurn.Replace(state, rules, CompiledRules.Empty, TRules.Kind, now, ref _firings);
            }

            (state.Rules, state.DueAt) = (null, long.MaxValue);
            State.Rules = state.IsForgettable && _firings is null ? null : state;
        }
    }

    private RuleFrame RuleFrame() => new()
    {
        Values = State.Values,
        Active = State.Active,
        Status = Status,
        HeardAt = State.HeardAt,
        Place = _place,
        Desired = State.Desired,
        ReceivedAt = _receivedAt,
        Offset = State.Offset,
    };

    /// <summary>What rules have done by an entry, kept for its replay.</summary>
    private ImmutableArray<DeviceEffect> RuleEffects()
    {
        if (_firings is not { Count: > 0 } firings)
        {
            return [];
        }

        _firings = null;
        var effects = RuleEffectsOf.Firings(firings, $"{id}@{State.Sector}", TRules.Kind, State.Offset, RuleChain.CauseOf(State.Desired, firings[^1].At, _receivedAt));
        context.Instruments.RulesFired(firings.Count, effects.Count(effect => effect is RuleCommand { IsCut: true }));
        if (State.Rules is { } kept)
        {
            kept.Given = RuleEffectGiven.With(kept.Given, effects, State.Sector, State.Offset);
            foreach (var command in effects.OfType<RuleCommand>().Where(command => !command.IsCut && RulesOf(kept)?.Rings.Of(command.Rule) is not null))
            {
                kept.Causes = RuleCause.With(kept.Causes, command.Id, command.At.ToMilliseconds());
            }
        }

        return effects;
    }
}
