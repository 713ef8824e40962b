using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Grains.Rules.Evaluation;

namespace Grid.Grains.Devices;

/// <summary>What the device should do, and whether it is seen to do it.</summary>
public sealed partial class DeviceLife<TRules, TSettings, TState>
{
    /// <summary>What a command asks: taken or refused. True when the state changed and must be persisted before the answer.</summary>
    public bool Desire(DesiredChange change, out DesiredAnswer answer)
    {
        if (State.Settings is not { } settings)
        {
            answer = DesiredAnswer.Refused("device", new("n’est pas enregistré", "is not registered"));
            return false;
        }

        var former = State.Desired;
        State.Desired = DesiredRules.Change<TRules, TSettings, TState>(former, settings, change, out answer);
        return !ReferenceEquals(former, State.Desired);
    }

    /// <summary>Puts back a desired state that could not be persisted.</summary>
    public void RestoreDesired(DesiredState? former) => State.Desired = former;

    /// <summary>Forgets what has ended of what it should do; true when that changed anything.</summary>
    public bool DropEnded(DateTimeOffset now)
    {
        var former = State.Desired;
        State.Desired = DesiredRules.DropEnded(former, now.ToMilliseconds());
        return !ReferenceEquals(former, State.Desired);
    }

    /// <summary>What it is to be told.</summary>
    public DeviceOrders Orders(DateTimeOffset now) => new()
    {
        Version = State.Desired?.Version ?? 0,
        Orders = DesiredRules.Orders<TRules, TSettings, TState>(State.Desired, now.ToMilliseconds()),
        NextEnd = DesiredRules.NextEnd(State.Desired, now.ToMilliseconds()) is { } end ? DateTimeOffset.FromUnixTimeMilliseconds(end) : null,
    };

    private ImmutableArray<DeviceEffect> JudgeDesired(ReadingEntry entry, long at)
    {
        if (State.Desired is not { } desired)
        {
            return default;
        }

        (State.Desired, var confirmed, var isDue) = DesiredReports.Judge<TRules, TSettings, TState>(desired, entry, TRules.BoostAt(State.Trade, State.Settings!, entry, at));
        if (confirmed.IsEmpty)
        {
            // A hint, which a replay may leave out: the device goes on doing what it should not.
            return isDue ? [new DesiredStateDue()] : default;
        }

        State.Confirmations = KeptConfirmations.With(State.Confirmations, confirmed, State.Offset);
        return isDue ? [.. confirmed, new DesiredStateDue()] : [.. confirmed];
    }

    private ImmutableArray<DeviceEffect> EffectsOf(long offset) => State.Rules?.Given is { } given
        ? [.. KeptConfirmations.At(State.Confirmations, offset) is { IsDefault: false } confirmed ? confirmed : [], .. RuleEffectGiven.At(given, State.Sector, offset)]
        : KeptConfirmations.At(State.Confirmations, offset);
}
