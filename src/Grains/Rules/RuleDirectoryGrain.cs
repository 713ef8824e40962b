using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Rules;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Evaluation;
using Grid.Grains.Waiting;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Rules;

/// <summary>
/// The directory of rules: see <see cref="IRuleDirectoryGrain"/>. It has them all at hand, and keeps them on pages, so that to publish thousands one after the other writes
/// each some times and not some thousand.
/// </summary>
public sealed partial class RuleDirectoryGrain(
    [PersistentState("rules")] IPersistentState<StoredRuleDirectory> state, ITerritoryTable table, IBodyRegistry bodies, IDeviceDirectory devices) : Grain, IRuleDirectoryGrain
{
    // Only what is persisted: it is asked for while a change is under way.
    private ImmutableSortedDictionary<string, RuleListing> _rules = ImmutableSortedDictionary.Create<string, RuleListing>(StringComparer.Ordinal);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!state.State.Rules.IsEmpty)
        {
            await ToPagesAsync(state.State.Rules);
        }

        var pages = await Waits.All(Enumerable.Range(0, IRuleDirectoryPageGrain.Pages).Select(async page => await Page(page).List()));
        _rules = pages.SelectMany(page => page).ToImmutableSortedDictionary(rule => rule.Id, rule => rule, StringComparer.Ordinal);
        await base.OnActivateAsync(cancellationToken);
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

        await WriteAsync(PageOf(listing.Id).Put([listing]), _rules.SetItem(listing.Id, listing));
        return true;
    }

    public async Task Forget(string rule)
    {
        if (_rules.ContainsKey(rule))
        {
            await WriteAsync(PageOf(rule).Remove(rule), _rules.Remove(rule));
            _nodes.Remove(rule);
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

    /// <summary>What was kept as one goes to the pages. A stop in between leaves both, of which the former counts: nothing was noted since.</summary>
    private async Task ToPagesAsync(ImmutableArray<RuleListing> rules)
    {
        foreach (var page in rules.GroupBy(rule => NumberOf(rule.Id)))
        {
            await Page(page.Key).Put([.. page]);
        }

        state.State = new StoredRuleDirectory();
        await state.WriteStateAsync();
    }

    private static int NumberOf(string rule) => (int)((ulong)Fingerprint.OfRule(rule, 0) / 2 % IRuleDirectoryPageGrain.Pages);

    private IRuleDirectoryPageGrain PageOf(string rule) => Page(NumberOf(rule));

    private IRuleDirectoryPageGrain Page(int number) => GrainFactory.GetGrain<IRuleDirectoryPageGrain>(number.ToString(CultureInfo.InvariantCulture));

    private async Task WriteAsync(Task writing, ImmutableSortedDictionary<string, RuleListing> next)
    {
        try
        {
            await writing;
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
