using System.Collections.Immutable;
using Grid.Contracts.Rules;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Rules;

/// <summary>The flags of a commune: see <see cref="ICommuneFlagsGrain"/>.</summary>
public sealed class CommuneFlagsGrain([PersistentState("flags")] IPersistentState<StoredFlags> state) : Grain, ICommuneFlagsGrain
{
    /// <inheritdoc/>
    public async Task<bool> Set(string flag, string device, bool isSet, DateTimeOffset at)
    {
        var former = state.State.Flags;
        var devices = former.GetValueOrDefault(flag) ?? ImmutableSortedDictionary<string, FlagHolding>.Empty.WithComparers(StringComparer.Ordinal);
        if (devices.GetValueOrDefault(device) is { } known && (known.At > at || known.IsUp == isSet))
        {
            return true;
        }

        if (former.Count >= ICommuneFlagsGrain.MaximumFlags && !former.ContainsKey(flag))
        {
            return false;
        }

        // That a device let go is known as long as others hold it up, so that what is older raises it no more.
        devices = devices.SetItem(device, new FlagHolding(isSet, at));
        state.State.Flags = devices.Values.Any(holding => holding.IsUp) ? former.SetItem(flag, devices) : former.Remove(flag);
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State.Flags = former;
            throw;
        }

        return true;
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableSortedDictionary<string, int>> Get() => new(state.State.Flags.ToImmutableSortedDictionary(
        flag => flag.Key, flag => flag.Value.Values.Count(holding => holding.IsUp), StringComparer.Ordinal));
}

/// <summary>The flags of a commune as they are persisted.</summary>
[GenerateSerializer, Alias("grid.StoredFlags")]
public sealed class StoredFlags
{
    /// <summary>By flag, then by device.</summary>
    [Id(0)]
    public ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, FlagHolding>> Flags { get; set; } =
        ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, FlagHolding>>.Empty.WithComparers(StringComparer.Ordinal);
}

/// <summary>Whether a device holds a flag up, and since when.</summary>
[GenerateSerializer, Immutable, Alias("grid.FlagHolding")]
public sealed record FlagHolding([property: Id(0)] bool IsUp, [property: Id(1)] DateTimeOffset At);
