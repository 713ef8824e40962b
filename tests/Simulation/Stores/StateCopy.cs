using System.Reflection;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Evaluation;

namespace Grid.Simulation.Stores;

/// <summary>
/// Copies of device states, which are written most of all: as JSON only once somebody reads them. A device changes its own object and the arrays
/// in it; everything else that it holds is replaced and never changed, so that a copy may share it.
/// </summary>
/// <typeparam name="T">The state.</typeparam>
internal static class StateCopy<T>
{
    /// <summary>Copies a state over a former copy, or to a new one when there is none; null when its kind is written as JSON at once.</summary>
    public static Func<T, T?, T>? Copy { get; } = typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(DeviceState<,>)
        ? typeof(StateCopy<T>).GetMethod(nameof(CopyDevice), BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(typeof(T).GetGenericArguments()).CreateDelegate<Func<T, T?, T>>()
        : null;

    private static DeviceState<TSettings, TState> CopyDevice<TSettings, TState>(DeviceState<TSettings, TState> state, DeviceState<TSettings, TState>? former)
        where TSettings : class
        where TState : struct
    {
        var copy = former ?? new DeviceState<TSettings, TState>();
        copy.Stage = state.Stage;
        copy.Sector = state.Sector;
        copy.Offset = state.Offset;
        copy.Revision = state.Revision;
        copy.Zone = state.Zone;
        copy.Settings = state.Settings;
        copy.Own = state.Own;
        copy.HeardAt = state.HeardAt;
        copy.IsSilent = state.IsSilent;
        copy.Order = state.Order;
        copy.Values = Over(copy.Values, state.Values);
        copy.Active = Over(copy.Active, state.Active);
        copy.Trade = state.Trade;
        copy.Desired = state.Desired;
        copy.Confirmations = Over(copy.Confirmations, state.Confirmations);
        copy.Subscriber = state.Subscriber;
        copy.Interval = state.Interval;
        copy.Losses = state.Losses;
        copy.Rules = CopyRules(copy.Rules, state.Rules);
        copy.Sealed = state.Sealed;
        return copy;
    }

    private static DeviceRuleState? CopyRules(DeviceRuleState? former, DeviceRuleState? rules)
    {
        if (rules is null)
        {
            return null;
        }

        var copy = former ?? new DeviceRuleState();
        copy.Set = rules.Set;
        copy.Rules = Over(copy.Rules, rules.Rules);
        copy.Previous = Over(copy.Previous, rules.Previous);
        copy.Passed = Over(copy.Passed, rules.Passed);
        copy.EvaluatedAt = rules.EvaluatedAt;
        copy.DueAt = rules.DueAt;
        copy.Given = Over(copy.Given, rules.Given);
        copy.Causes = rules.Causes;
        copy.Lasting = Over(copy.Lasting, rules.Lasting);
        return copy;
    }

    private static TItem[]? Over<TItem>(TItem[]? former, TItem[]? items)
    {
        if (items is null)
        {
            return null;
        }

        var copy = former?.Length == items.Length ? former : new TItem[items.Length];
        items.CopyTo(copy, 0);
        return copy;
    }
}
