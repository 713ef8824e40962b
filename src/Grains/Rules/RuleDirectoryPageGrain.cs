using System.Collections.Immutable;
using Grid.Contracts.Rules;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Rules;

/// <summary>A page of the directory of rules: see <see cref="IRuleDirectoryPageGrain"/>.</summary>
public sealed class RuleDirectoryPageGrain([PersistentState("rules")] IPersistentState<StoredRuleDirectory> state) : Grain, IRuleDirectoryPageGrain
{
    public ValueTask<ImmutableArray<RuleListing>> List() => new(state.State.Rules);

    public Task Put(ImmutableArray<RuleListing> rules) => WriteAsync(
        state.State.Rules.Where(rule => rules.All(other => other.Id != rule.Id)).Concat(rules));

    public Task Remove(string rule) => WriteAsync(state.State.Rules.Where(other => other.Id != rule));

    private async Task WriteAsync(IEnumerable<RuleListing> rules)
    {
        state.State = new StoredRuleDirectory { Rules = [.. rules.OrderBy(rule => rule.Id, StringComparer.Ordinal)] };
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
    }
}
