using System.Text.Json;
using System.Text.Json.Serialization;
using Grid.Contracts.Storage;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Evaluation;

namespace Grid.Grains.Privacy;

/// <summary>What of a device's state is personal: stored sealed, so that whatever stores grain state holds nothing that it could read.</summary>
internal sealed record PersonalPart<TState>(
    string? Subscriber,
    ReadingOrder Order,
    NewestValue[]? Values,
    ConditionSince[]? Active,
    TState Trade,
    DesiredState? Desired,
    ConfirmationGiven[]? Confirmations,
    DeviceRuleState? Rules);

/// <summary>Seals and opens the states of persons' devices.</summary>
internal static class PersonalStates
{
    private const string Place = "state";

    private static readonly JsonSerializerOptions Json = new() { IncludeFields = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>The state as it may be stored: itself, when it is nobody's.</summary>
    public static DeviceState<TSettings, TState> Protect<TSettings, TState>(DeviceState<TSettings, TState> state, string device, ISubscriberKeys keys)
        where TSettings : class
        where TState : struct
    {
        if (state.Subscriber is not { } subscriber)
        {
            return state;
        }

        var part = new PersonalPart<TState>(subscriber, state.Order, state.Values, state.Active, state.Trade, state.Desired, state.Confirmations, state.Rules);
        return new DeviceState<TSettings, TState>
        {
            Stage = state.Stage,
            Sector = state.Sector,
            Offset = state.Offset,
            Revision = state.Revision,
            Zone = state.Zone,
            Settings = state.Settings,
            Own = state.Own,
            HeardAt = state.HeardAt,
            IsSilent = state.IsSilent,
            Interval = state.Interval,
            Losses = state.Losses,
            Sealed = keys.Seal(subscriber, device, Place, JsonSerializer.SerializeToUtf8Bytes(part, Json)) ?? [],
        };
    }

    /// <summary>The state that was stored; where the key is destroyed, what is not personal of it.</summary>
    /// <exception cref="SealBrokenException">It is not what was stored.</exception>
    public static DeviceState<TSettings, TState> Open<TSettings, TState>(DeviceState<TSettings, TState> state, string device, ISubscriberKeys keys)
        where TSettings : class
        where TState : struct
    {
        if (state.Sealed is not { } bytes)
        {
            return state;
        }

        state.Sealed = null;
        if (bytes.Length > 0 && keys.Open(device, Place, bytes) is { } plain)
        {
            var part = JsonSerializer.Deserialize<PersonalPart<TState>>(plain, Json) ?? throw new SealBrokenException(device, Place, "it holds nothing");
            (state.Subscriber, state.Order, state.Values, state.Active, state.Trade, state.Desired, state.Confirmations, state.Rules) =
                (part.Subscriber, part.Order, part.Values, part.Active, part.Trade, part.Desired, part.Confirmations, part.Rules);
        }

        return state;
    }
}
