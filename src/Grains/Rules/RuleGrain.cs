using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Notifications;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Parameters;
using Grid.Grains.Rules.Evaluation;
using Grid.Grains.Rules.Language;
using Grid.Grains.Waiting;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Rules;

/// <summary>
/// A rule: see <see cref="IRuleGrain"/>. The directory holds the published version, which sectors follow, and it is written last: what it says is so, and whoever got no
/// answer asks again.
/// </summary>
public sealed class RuleGrain(
    [PersistentState("rule")] IPersistentState<StoredRule> state,
    ITerritoryTable table,
    IBodyRegistry bodies,
    IDeviceDirectory devices,
    TerritoryRules territory,
    TerritoryParameters days,
    TimeProvider clock) : Grain, IRuleGrain
{
    private const int AskedAtOnce = 32;

    private RuleView? _view;

    private IRuleDirectoryGrain Directory => GrainFactory.GetGrain<IRuleDirectoryGrain>(RuleDirectory.Key);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _view = View(state.State);
        return base.OnActivateAsync(cancellationToken);
    }

    public async Task<RuleAnswer> Put(RuleDraft draft, string actor)
    {
        if (RuleForms.Read(draft, table, out var problems) is not { } rule)
        {
            return new RuleAnswer { Problems = problems, View = _view };
        }

        var (former, isNew) = (state.State, state.State.Versions.IsEmpty);
        var json = RuleJsonWriter.Write(rule);
        var newest = isNew ? null : former.Versions[0];
        if (newest is not null && (newest.Name, newest.Scope, newest.Json) == (draft.Name, draft.Scope, json))
        {
            await NoteAsync(former);
            return await AnswerAsync(newest);
        }

        var version = new RuleVersion
        {
            Version = former.LastVersion + 1,
            Name = draft.Name,
            Scope = draft.Scope,
            Json = json,
            By = actor,
            At = Now(),
        };
        var next = new StoredRule
        {
            Versions = Kept([version, .. former.Versions], former.Published, former.Former),
            LastVersion = version.Version,
            Published = former.Published,
            Former = former.Former,
        };
        if (isNew && !await Directory.Note(Listing(next)))
        {
            return await Refused("id", new($"serait l’une de plus de {RuleDirectory.MaximumRules} règles", $"would be one of more than {RuleDirectory.MaximumRules} rules"));
        }

        await WriteAsync(next);
        await NoteAsync(next);
        var answer = await AnswerAsync(version);
        return answer with { IsNew = isNew };
    }

    public ValueTask<RuleView?> Get() => new(_view);

    public Task<RuleAnswer> Publish(string actor) =>
        state.State.Versions is [var newest, ..] ? PublishAsync(newest.Version) : Task.FromResult(new RuleAnswer());

    public Task<RuleAnswer> RollBack(string actor, long? to) => (state.State, to) switch
    {
        ({ Published: { } published }, { } wanted) when wanted == published => PublishAsync(published),
        ({ Former: { } former }, _) when to is null || to == former => PublishAsync(former),
        ({ Former: null }, _) => Refused("id", new("n’a aucune version publiée auparavant", "has no version that was published before")),
        ({ Former: { } former }, _) => Refused("to", new($"doit être {former}, la version publiée auparavant", $"must be {former}, the version that was published before")),
    };

    public ValueTask<RuleTargets?> TargetsOf(RuleDraft draft) => new(RuleForms.Read(draft, table, out _) is not { } rule ? null : new RuleTargets
    {
        IsBeyondDevice = RuleChecker.FactsOf(rule).Needs != RuleNeeds.Device
            || rule.Then.Any(action => action is SetFlag or SendCommand { Target: not CommandTarget.ThisDevice }),
        Endpoints = [.. rule.Then.OfType<Notify>().Select(action => action.Endpoint).Distinct(StringComparer.Ordinal)],
    });

    public async Task<RuleReach?> Reach()
    {
        if (_view is not { } view)
        {
            return null;
        }

        if (view.Versions.FirstOrDefault(version => version.Version == view.Published) is not { } published)
        {
            return new RuleReach { Version = null, Sectors = 0, Following = 0, Behind = [] };
        }

        var (following, behind) = (0, new List<string>());
        var sectors = await HoldingAsync(published.Scope);
        foreach (var some in sectors.Chunk(AskedAtOnce))
        {
            var held = await Waits.All(some.Select(async sector => (Sector: sector, Version: await GrainFactory.GetGrain<ISectorGrain>(sector).VersionOfRule(view.Id))));
            following += held.Count(item => item.Version == published.Version);
            behind.AddRange(held.Where(item => item.Version != published.Version).Select(item => item.Sector));
        }

        return new RuleReach { Version = published.Version, Sectors = sectors.Count, Following = following, Behind = [.. behind.Take(RuleReach.MostNamed)] };
    }

    public async Task<ImmutableArray<RuleRefusal>?> GetRefused()
    {
        if (_view is not { } view)
        {
            return null;
        }

        // A draft was followed nowhere; what was rolled back was, in the scope of the newest version.
        var scope = (view.Versions.FirstOrDefault(version => version.Version == view.Published) ?? view.Versions[0]).Scope;
        var refused = new List<RuleRefusal>();
        foreach (var some in (await HoldingAsync(scope)).Chunk(AskedAtOnce))
        {
            var told = await Waits.All(some.Select(async sector => await GrainFactory.GetGrain<IRuleActionsGrain>(sector).GetRefused()));
            refused.AddRange(told.SelectMany(one => one).Where(one => one.Rule == view.Id));
        }

        return [.. refused.OrderByDescending(one => one.At).ThenBy(one => one.Id, StringComparer.Ordinal).Take(RuleRefusal.Remembered)];
    }

    public async Task<ImmutableArray<RuleWarning>> GetWarnings() => state.State.Versions is [var newest, ..] ? await WarningsOfAsync(newest) : [];

    public async Task<bool> Delete()
    {
        var former = state.State;
        if (former.Versions.IsEmpty)
        {
            return false;
        }

        // The directory first: nobody follows what is not there. The rule itself last: who got no answer asks again, and finds what is left to do.
        await Directory.Forget(this.GetPrimaryKeyString());
        await TellOfAsync(former);
        await WriteAsync(new StoredRule { LastVersion = former.LastVersion });
        return true;
    }

    private async Task<RuleAnswer> PublishAsync(long version)
    {
        var former = state.State;
        if (former.Published != version)
        {
            await WriteAsync(new StoredRule
            {
                Versions = Kept(former.Versions, version, former.Published),
                LastVersion = former.LastVersion,
                Published = version,
                Former = former.Published,
            });
        }

        // Also when nothing changed: whoever got no answer asks again, and the sectors may not have been told.
        await NoteAsync(state.State);
        await TellOfAsync(state.State);
        return await AnswerAsync(PublishedOf(state.State)!);
    }

    /// <summary>The rule as it is now, with what speaks against a version of it.</summary>
    private async Task<RuleAnswer> AnswerAsync(RuleVersion version) => new() { View = _view, Warnings = await WarningsOfAsync(version) };

    private async Task<ImmutableArray<RuleWarning>> WarningsOfAsync(RuleVersion version) =>
        await Directory.FindLoops(this.GetPrimaryKeyString(), new RuleDraft { Name = version.Name, Scope = version.Scope, Json = version.Json });

    private Task<RuleAnswer> Refused(string field, BilingualText reason) => Task.FromResult(new RuleAnswer { Problems = [RuleProblem.Of(field, reason)], View = _view });

    private async Task NoteAsync(StoredRule rule) => await Directory.Note(Listing(rule));

    private RuleListing Listing(StoredRule rule) => new()
    {
        Id = this.GetPrimaryKeyString(),
        Name = rule.Versions[0].Name,
        Scope = rule.Versions[0].Scope,
        Version = rule.Versions[0].Version,
        Published = PublishedOf(rule) is not { } published ? null : new PublishedRule
        {
            Id = this.GetPrimaryKeyString(),
            Version = published.Version,
            Name = published.Name,
            Scope = published.Scope,
            Kinds = DeviceKinds.All,
            Json = published.Json,
        },
    };

    /// <summary>The sectors of the version that is published, and of the one that was before.</summary>
    private async Task TellOfAsync(StoredRule rule)
    {
        var (scope, before) = (PublishedOf(rule)?.Scope, rule.Versions.FirstOrDefault(version => version.Version == rule.Former)?.Scope);
        await TellAsync(scope);
        if (before != scope)
        {
            await TellAsync(before);
        }
    }

    private static RuleVersion? PublishedOf(StoredRule rule) => rule.Versions.FirstOrDefault(version => version.Version == rule.Published);

    private static ImmutableArray<RuleVersion> Kept(ImmutableArray<RuleVersion> versions, long? published, long? former) =>
    [
        .. versions.Where((version, place) => place < RuleView.MaximumVersions - 2 || version.Version == published || version.Version == former),
    ];

    /// <summary>Hints: a sector that misses one looks within the hour.</summary>
    private async Task TellAsync(string? scope)
    {
        if (scope is null)
        {
            return;
        }

        foreach (var sector in await SectorsAsync(scope))
        {
            await GrainFactory.GetGrain<ISectorGrain>(sector).RenewRules();
        }
    }

    private async Task<IEnumerable<string>> SectorsAsync(string scope)
    {
        if (RuleScopes.DeviceOf(scope) is { } device)
        {
            return devices.Find(device) is { } address ? [address.Sector] : [];
        }

        var known = devices.Communes();
        var (word, key) = scope.Split(':') is [var first, var second] ? (first, second) : (scope, "");
        var communes = word switch
        {
            "commune" => [key],
            "syndicate" => (await bodies.GetMembersAsync(key, CancellationToken.None)).Select(member => member.Commune).Distinct(StringComparer.Ordinal),
            "department" => known.Where(commune => table.FindCommune(commune)?.Department == key),
            _ => known,
        };
        return communes.Where(known.Contains).Select(table.FindCommune).OfType<Commune>().SelectMany(commune => SectorMap.SectorsOf(commune.InseeCode, commune.Population)).Order(StringComparer.Ordinal);
    }

    /// <summary>The sectors of a scope in which its rules hold by competence on their local day.</summary>
    private async Task<List<string>> HoldingAsync(string scope)
    {
        var sectors = new List<string>();
        foreach (var commune in (await SectorsAsync(scope)).GroupBy(SectorMap.CommuneOf, StringComparer.Ordinal))
        {
            if (RuleScopes.DeviceOf(scope) is not null
                || (await territory.GiversAsync(commune.Key, days.DayAt(commune.Key, clock.GetUtcNow()))).Any(giver => giver.Scope == scope && giver.Kinds != DeviceKinds.None))
            {
                sectors.AddRange(commune);
            }
        }

        return sectors;
    }

    private RuleView? View(StoredRule stored)
    {
        if (stored.Versions is not [var newest, ..])
        {
            return null;
        }

        var rule = RuleJson.Read(newest.Json).Rule;
        return new RuleView
        {
            Id = this.GetPrimaryKeyString(),
            Versions = stored.Versions,
            Published = stored.Published,
            Former = stored.Former,
            Text = rule is null ? "" : RulePrinter.Print(rule),
            Kinds = rule is null ? DeviceKinds.None : RuleChecker.FactsOf(rule).Kinds,
        };
    }

    private async Task WriteAsync(StoredRule next)
    {
        state.State = next;
        try
        {
            await state.WriteStateAsync();
            _view = View(next);
        }
        catch
        {
            // Whether it is stored is not known: the next activation reads it.
            DeactivateOnIdle();
            throw;
        }
    }

    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
