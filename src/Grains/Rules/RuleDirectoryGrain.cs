using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Rules.Evaluation;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Rules;

/// <summary>The directory of rules: see <see cref="IRuleDirectoryGrain"/>.</summary>
public sealed class RuleDirectoryGrain([PersistentState("rules")] IPersistentState<StoredRuleDirectory> state) : Grain, IRuleDirectoryGrain
{
    // Only what is persisted: it is asked for while a change is under way.
    private ImmutableSortedDictionary<string, RuleListing> _rules = ImmutableSortedDictionary.Create<string, RuleListing>(StringComparer.Ordinal);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _rules = state.State.Rules.ToImmutableSortedDictionary(rule => rule.Id, rule => rule, StringComparer.Ordinal);
        return base.OnActivateAsync(cancellationToken);
    }

    public async Task<bool> Note(RuleListing listing)
    {
        if (_rules.GetValueOrDefault(listing.Id) is not { } known)
        {
            if (_rules.Count >= RuleDirectory.MaximumRules)
            {
                return false;
            }
        }
        else if (known == listing)
        {
            return true;
        }

        await WriteAsync(_rules.SetItem(listing.Id, listing));
        return true;
    }

    public async Task Forget(string rule)
    {
        if (_rules.ContainsKey(rule))
        {
            await WriteAsync(_rules.Remove(rule));
        }
    }

    public ValueTask<RuleListing?> Find(string rule) => new(_rules.GetValueOrDefault(rule));

    public ValueTask<ImmutableArray<RuleListing>> List(string? after, string? scope, int limit) => new(
    [
        .. _rules.Values.SkipWhile(rule => after is not null && string.CompareOrdinal(rule.Id, after) <= 0)
            .Where(rule => scope is null || rule.Scope == scope)
            .Take(limit),
    ]);

    public ValueTask<ImmutableArray<PublishedRule>> GivenTo(ImmutableArray<RuleGiver> givers)
    {
        var given = ImmutableArray.CreateBuilder<PublishedRule>();
        foreach (var rule in _rules.Values)
        {
            if (rule.Published is not { } published)
            {
                continue;
            }

            var kinds = RuleScopes.DeviceOf(published.Scope) is not null ? DeviceKinds.All : DeviceKinds.None;
            foreach (var giver in givers)
            {
                kinds |= giver.Scope == published.Scope ? giver.Kinds : DeviceKinds.None;
            }

            if (kinds != DeviceKinds.None)
            {
                given.Add(published with { Kinds = kinds });
            }
        }

        return new(given.DrainToImmutable());
    }

    private async Task WriteAsync(ImmutableSortedDictionary<string, RuleListing> next)
    {
        state.State = new StoredRuleDirectory { Rules = [.. next.Values] };
        try
        {
            await state.WriteStateAsync();
            _rules = next;
        }
        catch
        {
            // Whether it is stored is not known: the next activation reads it.
            DeactivateOnIdle();
            throw;
        }
    }
}
