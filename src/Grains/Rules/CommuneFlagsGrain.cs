using System.Collections.Immutable;
using Grid.Contracts.Rules;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Rules;

/// <summary>The flags of a commune: see <see cref="ICommuneFlagsGrain"/>.</summary>
public sealed class CommuneFlagsGrain([PersistentState("flags")] IPersistentState<StoredFlags> state) : Grain, ICommuneFlagsGrain
{
    // Only what is persisted: it is asked for while a change is under way.
    private FlagBook _flags = FlagBook.Empty;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _flags = FlagBook.Of(state.State);
        return base.OnActivateAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<FlagAnswer> Hold(string flag, string rule, string device, bool isUp, DateTimeOffset at)
    {
        var next = _flags.With(flag, rule, device, new FlagHolding(isUp, at));
        if (!ReferenceEquals(next, _flags))
        {
            state.State = next.ToStored();
            try
            {
                await state.WriteStateAsync();
            }
            catch
            {
                // Whether it is stored is not known: the next activation reads it.
                DeactivateOnIdle();
                throw;
            }

            _flags = next;
        }

        return isUp ? _flags.AnswerOf(flag) : FlagAnswer.Done;
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableSortedDictionary<string, int>> Get() => new(_flags.Count());
}
