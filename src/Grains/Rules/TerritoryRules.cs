using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Parameters;
using Grid.Grains.Rules.Evaluation;
using Grid.Grains.Rules.Language;
using Orleans;

namespace Grid.Grains.Rules;

/// <summary>Which rules hold in a sector, asked for now.</summary>
/// <param name="bodies">Bodies and their members.</param>
/// <param name="table">Communes.</param>
public sealed class TerritoryRules(IBodyRegistry bodies, ITerritoryTable table)
{
    /// <summary>The scope of all.</summary>
    public const string All = "all";

    /// <summary>The scopes of which the rules hold in a commune on a local day, each with the kinds for which it is competent there.</summary>
    public async Task<ImmutableArray<RuleGiver>> GiversAsync(string commune, DateOnly day)
    {
        var givers = ImmutableArray.CreateBuilder<RuleGiver>();
        givers.Add(new RuleGiver(All, DeviceKinds.All));
        givers.Add(new RuleGiver($"commune:{commune}", DeviceKinds.All));
        if (table.FindCommune(commune) is { } known)
        {
            givers.Add(new RuleGiver($"department:{known.Department}", DeviceKinds.All));
        }

        var memberships = await bodies.GetBodiesOfAsync(commune, CancellationToken.None);
        if (!memberships.IsEmpty)
        {
            givers.AddRange(ParameterResolution.Order(memberships, await bodies.ListAsync(CancellationToken.None), day).Select(item => new RuleGiver($"syndicate:{item.Body.Siren}", item.Kinds)));
        }

        return givers.DrainToImmutable();
    }

    /// <summary>The rules of a sector on a local day of its commune.</summary>
    /// <param name="grains">Finds the directory.</param>
    /// <param name="sector">The sector.</param>
    /// <param name="day">The local day.</param>
    /// <param name="isHere">Whether a device is in the sector.</param>
    /// <param name="leftOut">Told how many rules are too many.</param>
    public async Task<RuleSet> OfSectorAsync(IGrainFactory grains, string sector, DateOnly day, Func<string, bool> isHere, Action<int> leftOut)
    {
        var given = await GivenAsync(grains, SectorMap.CommuneOf(sector), day);
        var rules = given.Where(rule => RuleScopes.DeviceOf(rule.Scope) is not { } device || isHere(device)).OrderBy(rule => rule.Id, StringComparer.Ordinal).ToArray();
        if (rules.Length > RuleDirectory.MaximumOfSector)
        {
            leftOut(rules.Length - RuleDirectory.MaximumOfSector);
        }

        return RuleSets.SetOf(rules.Take(RuleDirectory.MaximumOfSector));
    }

    /// <summary>
    /// The rules that a commune looks at on a local day: those for communes, and those for devices that ask for what it says; of which the givers are competent for all that they name.
    /// </summary>
    /// <param name="grains">Finds the directory.</param>
    /// <param name="commune">Its INSEE code.</param>
    /// <param name="day">The local day.</param>
    /// <param name="isHere">Whether a device is in the commune.</param>
    /// <param name="leftOut">Told how many rules are too many.</param>
    /// <returns>These rules; and all that hold in the commune, whoever looks at them.</returns>
    public async Task<(RuleSet Followed, RuleSet All)> OfCommuneAsync(IGrainFactory grains, string commune, DateOnly day, Func<string, bool> isHere, Action<int> leftOut)
    {
        var given = (await GivenAsync(grains, commune, day)).Where(rule => RuleScopes.DeviceOf(rule.Scope) is not { } device || isHere(device)).ToArray();
        var rules = given.Where(rule => CommuneTerms.IsFollowed(rule, isHere)).ToArray();
        if (rules.Length > RuleDirectory.MaximumOfSector)
        {
            leftOut(rules.Length - RuleDirectory.MaximumOfSector);
        }

        return (RuleSets.SetOf(rules.Take(RuleDirectory.MaximumOfSector)), RuleSets.SetOf(given.OrderBy(rule => rule.Id, StringComparer.Ordinal).Take(RuleDirectory.MaximumOfSector)));
    }

    private async Task<ImmutableArray<PublishedRule>> GivenAsync(IGrainFactory grains, string commune, DateOnly day) =>
        await grains.GetGrain<IRuleDirectoryGrain>(RuleDirectory.Key).GivenTo(await GiversAsync(commune, day));
}
