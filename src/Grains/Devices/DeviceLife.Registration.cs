using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Contracts.Rules;
using Grid.Grains.Parameters;
using Grid.Grains.Rules.Evaluation;

namespace Grid.Grains.Devices;

/// <summary>Where the device is, whose it is, and by which settings it is judged: it enters a sector, is registered, configured and removed.</summary>
public sealed partial class DeviceLife<TRules, TSettings, TState>
{
    /// <summary>An entry for a device that is not in the sector: only a newer registration brings it there.</summary>
    private DeviceOutcome Enter(RegisteredEntry? entry, LogPosition at, long after, out Persistence persistence)
    {
        persistence = Persistence.None;
        if (State.Stage == DeviceStage.Unregistered && after > State.Offset)
        {
            return Outcome(Disposition.Behind);
        }

        if (entry is null || entry.Revision <= State.Revision)
        {
            return State.Rules?.Given is { } given && RuleEffectGiven.At(given, at.Sector, at.Offset) is { IsEmpty: false } former
                ? Outcome(Disposition.Elsewhere, effects: former)
                : Outcome(Disposition.Elsewhere);
        }

        // A move keeps the state and is persisted at once: the former sector may let go of its log as soon as it is told that the device left.
        var isMove = State.Stage is DeviceStage.Here or DeviceStage.Moving;
        persistence = isMove ? Persistence.Now : Persistence.Later;
        if (!isMove)
        {
            State = new DeviceState<TSettings, TState> { Rules = State.Rules };
        }

        State.Stage = DeviceStage.Here;
        State.Sector = context.Sectors.Shared(at.Sector);
        State.Offset = at.Offset;
        NewestValues.Rebase(State.Values, at.Offset);

        // Its former sector may have died before it carried them out; carried out twice they change nothing.
        State.Confirmations = KeptConfirmations.Rebase(State.Confirmations, at.Offset);
        if (State.Rules is { } rules)
        {
            // What they raised stayed behind, and what they did is for its former sector to carry out: in its new one they begin anew, with what has lasted already.
            (rules.Set, rules.Rules, rules.Lasting) = (0, null, isMove ? rules.Lasting ?? DeviceRuleTurn.Lasting(rules.Rules) : null);
        }

        return Register(entry) with { Effects = EffectsOf(at.Offset) };
    }

    private DeviceOutcome Register(RegisteredEntry entry)
    {
        var received = entry.ReceivedAt.ToMilliseconds();
        AdvanceRules(received);
        State.Own = ParameterTable.OwnOf(entry.Descriptor);
        Belong(PersonalData.SubscriberOf(entry.Descriptor), received);
        Set(Given(TRules.Parse(entry.Descriptor), entry.Defaults.Of(TRules.Kind)));
        _calendar = context.Calendars.OfCommune(entry.Descriptor.Commune);
        _sky = context.Skies.Over(entry.Descriptor.Commune);
        State.Zone = _calendar.ZoneId;
        State.Revision = entry.Revision;
        _place = context.Places.Of(entry.Descriptor.Commune);
        TakeRules(entry.Rules, entry.Descriptor, received);
        UpdateConditions(received);
        return Outcome(Disposition.Applied, isVisible: true);
    }

    /// <summary>Its territories give other parameters: those that it says itself stay.</summary>
    private DeviceOutcome Configure(ParametersEntry entry)
    {
        var former = Contribution;
        AdvanceRules(entry.ReceivedAt.ToMilliseconds());
        Set(Given(State.Settings!, entry.Defaults.Of(TRules.Kind)));
        UpdateConditions(entry.ReceivedAt.ToMilliseconds());
        var outcome = Outcome(Disposition.Applied);
        return outcome with { Visible = outcome.Contribution != former };
    }

    private TSettings Given(TSettings settings, ImmutableArray<ParameterValue> given) =>
        TRules.Share(TRules.With(settings, new ParameterSource(State.Own, given)), context.Settings);

    private void Set(TSettings settings)
    {
        if (State.Settings is { } former)
        {
            State.Trade = TRules.Reconfigure(State.Trade, former, settings);
            if (TRules.SourceOf(former) != TRules.SourceOf(settings))
            {
                State.Order = default;
            }
        }

        State.Settings = settings;
    }

    /// <summary>What was measured for one subscriber is nobody else's: another one, or nobody, begins anew. What a territory has counted stays counted.</summary>
    private void Belong(string? subscriber, long now)
    {
        if (State.Subscriber is { } former && !string.Equals(former, subscriber, StringComparison.Ordinal))
        {
            TakeRules(RuleSet.Empty, null, now);
            State.Order = default;
            State.Values = null;
            State.Trade = TRules.Forget(State.Trade);
        }

        State.Subscriber = subscriber;
    }

    private DeviceOutcome Remove(RemovedEntry entry, out Persistence persistence)
    {
        persistence = Persistence.Now;
        LeaveRules(entry.ReceivedAt.ToMilliseconds(), entry.Moved);
        if (entry.Moved)
        {
            State.Stage = DeviceStage.Moving;
        }
        else
        {
            State = new DeviceState<TSettings, TState>
            {
                Stage = DeviceStage.Removed,
                Sector = State.Sector,
                Offset = State.Offset,
                Revision = entry.Revision,
                Rules = State.Subscriber is null ? State.Rules : null,
            };
        }

        return Outcome(Disposition.Applied, isVisible: true);
    }
}
