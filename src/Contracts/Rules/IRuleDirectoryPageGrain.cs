using System.Collections.Immutable;
using Grid.Contracts.Rights;
using Orleans;
using Orleans.Concurrency;

namespace Grid.Contracts.Rules;

/// <summary>A page of the directory of rules, which alone asks it: so that a change of one rule writes some rules and not all. Keyed by its number, <c>0</c> to <c>63</c>.</summary>
[Alias("grid.IRuleDirectoryPageGrain"), RequiresRight(Right.Internal)]
public interface IRuleDirectoryPageGrain : IGrainWithStringKey
{
    /// <summary>Pages that there are. Rules are stored by it: never change it.</summary>
    const int Pages = 64;

    /// <summary>Its rules, by id.</summary>
    [Alias("List"), AlwaysInterleave]
    ValueTask<ImmutableArray<RuleListing>> List();

    /// <summary>Keeps rules, each in place of what it has under that id; persisted when answered.</summary>
    [Alias("Put")]
    Task Put(ImmutableArray<RuleListing> rules);

    /// <summary>Lets go of a rule; persisted when answered.</summary>
    [Alias("Remove")]
    Task Remove(string rule);
}
