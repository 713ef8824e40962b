using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Grid.Client.Json;
using Grid.Client.Parameters;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;
using Grid.Contracts.Parameters;
using Grid.Contracts.Rules;
using Grid.Contracts.Territories;

namespace Grid.Client.Promotions;

/// <summary>
/// From demonstrator to department: what a pilot has found good holds in a wider scope. Its defaults become those of the wider body (and stay its own), its plans are assigned to that body too, its
/// published rules get the wider scope.
/// </summary>
internal sealed class Promotion(IGridGrains grains)
{
    public const string Parameters = "parameters";
    public const string Plans = "plans";
    public const string Rules = "rules";

    private const int Page = 500;
    private const string NoBody = "is for the body: a department or all gives no defaults and gets no plans";

    /// <summary>The parts there are.</summary>
    public static IReadOnlyList<string> Parts { get; } = [Parameters, Plans, Rules];

    /// <summary>What would change.</summary>
    public async Task<PromotionModel> CompareAsync(PromotionScope scope, IReadOnlySet<string> parts)
    {
        var pilot = await CountsAsync(scope.From) ?? throw new InvalidOperationException($"{scope.From} has no figures.");
        (Counts Pilot, Counts? Wide) counts = (pilot, await CountsAsync(scope.To));
        var items = new List<PromotionItem>();
        if (parts.Contains(Parameters))
        {
            items.AddRange(await ParametersAsync(scope, counts));
        }

        if (parts.Contains(Plans))
        {
            items.AddRange(await PlansAsync(scope, counts));
        }

        if (parts.Contains(Rules))
        {
            items.AddRange(await RulesAsync(scope, counts));
        }

        return new(scope.From, scope.To, Fingerprint(scope, items), items);
    }

    /// <summary>Carries out a difference, one thing after the other; what fails keeps no other. Every step may be done twice.</summary>
    /// <param name="scope">From where to where.</param>
    /// <param name="difference">What was compared.</param>
    /// <param name="actor">Who does it.</param>
    /// <param name="audit">Told each change.</param>
    public async Task<PromotionModel> CarryOutAsync(PromotionScope scope, PromotionModel difference, string actor, Func<string, string, Task> audit)
    {
        var done = new List<PromotionItem>();
        var fault = difference.Items.Any(item => IsDue(item, "parameter")) ? await GiveDefaultsAsync(scope) : null;
        foreach (var item in difference.Items)
        {
            if (item.Change is "same" or "blocked")
            {
                done.Add(item);
                continue;
            }

            var reason = item.What switch
            {
                "plan" => await AssignAsync(item.Id, scope.ToBody!, item.Group),
                "rule" => await WidenAsync(item.Id, scope.To, actor),
                _ => fault,
            };
            done.Add(item with { IsDone = reason is null, Reason = reason });
            if (reason is null)
            {
                await audit(item.What == "parameter" ? scope.To : $"{(item.What == "plan" ? "lighting-plan" : "rule")}:{item.Id}", $"promoted from {scope.From} to {scope.To}: {item.Id} {item.Before ?? "none"} -> {item.After}");
            }
        }

        return difference with { Items = done };
    }

    private static bool IsDue(PromotionItem item, string what) => item.What == what && item.Change is not ("same" or "blocked");

    private async Task<IEnumerable<PromotionItem>> ParametersAsync(PromotionScope scope, (Counts Pilot, Counts? Wide) counts)
    {
        var pilot = await grains.Parameters(scope.From).Get();
        var wide = scope.ToBody is null ? null : await grains.Parameters(scope.To).Get();
        return
        [
            .. from set in pilot.Parameters
               from value in set.Values
               let id = $"{Words<DeviceKind>.Of(set.Kind)}.{value.Name}"
               let before = wide?.Parameters.Of(set.Kind).Where(held => held.Name == value.Name).Select(held => ParameterBinding.Present(held.Value).GetRawText()).FirstOrDefault()
               let after = ParameterBinding.Present(value.Value).GetRawText()
               let kinds = (DeviceKinds)(1 << (int)set.Kind)
               select new PromotionItem(
                   "parameter", id, id, wide is null ? "blocked" : before == after ? "same" : before is null ? "new" : "replaced", before, after,
                   counts.Wide?.Of(kinds), counts.Pilot.Of(kinds), wide is null ? NoBody : null),
        ];
    }

    private async Task<IEnumerable<PromotionItem>> PlansAsync(PromotionScope scope, (Counts Pilot, Counts? Wide) counts)
    {
        var items = new List<PromotionItem>();
        var all = new List<PlanSummary>();
        for (string? after = null; await grains.LightingDirectory().List(after, Page) is { Length: > 0 } page; after = page[^1].Id)
        {
            all.AddRange(page);
        }

        var held = all.SelectMany(plan => plan.Assignments.Where(assignment => assignment.Syndicate is { } body && body == scope.ToBody).Select(assignment => (plan.Id, assignment.Group))).ToArray();
        foreach (var (plan, group) in all.SelectMany(plan => plan.Assignments.Where(assignment => IsOf(assignment, scope.From)).Select(assignment => (plan, assignment.Group))))
        {
            const DeviceKinds Lit = DeviceKinds.Streetlight | DeviceKinds.Cabinet;
            var there = held.FirstOrDefault(other => other.Group == group).Id;
            var blocked = scope.ToBody is null ? NoBody
                : there is not null && there != plan.Id ? $"cannot be assigned: plan '{there}' is assigned to the same"
                : null;
            items.Add(new("plan", plan.Id, plan.Name, blocked is not null ? "blocked" : there is not null ? "same" : "new", there is null ? null : $"plan {there}", $"plan {plan.Id}", counts.Wide?.Of(Lit), counts.Pilot.Of(Lit), blocked)
            {
                Group = group,
            });
        }

        return items;
    }

    private async Task<IEnumerable<PromotionItem>> RulesAsync(PromotionScope scope, (Counts Pilot, Counts? Wide) counts)
    {
        var items = new List<PromotionItem>();
        for (string? after = null; await grains.RuleDirectory().List(after, scope.From, Page) is { Length: > 0 } page; after = page[^1].Id)
        {
            foreach (var listing in page)
            {
                var kinds = (await grains.Rule(listing.Id).Get())?.Kinds ?? DeviceKinds.All;
                var blocked = listing.Published is null ? "is a draft: publish it in the pilot first"
                    : listing.Published.Version != listing.Version ? string.Create(CultureInfo.InvariantCulture, $"has version {listing.Version} as a draft beside the published {listing.Published.Version}: publish it in the pilot, or put the published one again")
                    : null;
                items.Add(new("rule", listing.Id, listing.Name, blocked is null ? "replaced" : "blocked", scope.From, scope.To, counts.Wide?.Of(kinds), counts.Pilot.Of(kinds), blocked));
            }
        }

        return items;
    }

    private async Task<string?> GiveDefaultsAsync(PromotionScope scope)
    {
        var (pilot, wide) = (await grains.Parameters(scope.From).Get(), await grains.Parameters(scope.To).Get());
        var merged = Enum.GetValues<DeviceKind>()
            .Select(kind => new ParameterSet
            {
                Kind = kind,
                Values =
                [
                    .. pilot.Parameters.Of(kind).Concat(wide.Parameters.Of(kind)).DistinctBy(value => value.Name, StringComparer.Ordinal).OrderBy(value => value.Name, StringComparer.Ordinal),
                ],
            })
            .Where(set => !set.Values.IsEmpty);
        var answer = await grains.Parameters(scope.To).Put([.. merged], wide.Version);
        return answer.IsConflict ? "somebody else has changed the defaults meanwhile"
            : answer.Faults is [var fault, ..] ? $"{fault.Field} {fault.Reason}"
            : null;
    }

    private async Task<string?> AssignAsync(string id, string body, string? group)
    {
        if (await grains.LightingPlan(id).Get() is not { } plan)
        {
            return "was removed meanwhile";
        }

        var answer = await grains.LightingPlan(id).Assign(
        [
            .. plan.Assignments.Where(assignment => assignment.Syndicate != body || assignment.Group != group),
            new PlanAssignment { Syndicate = body, Group = group },
        ]);
        return answer.View is not null ? null : answer.Faults is [var fault, ..] ? $"{fault.Field} {fault.Reason}" : "was removed meanwhile";
    }

    private async Task<string?> WidenAsync(string id, string scope, string actor)
    {
        if (await grains.Rule(id).Get() is not { } rule)
        {
            return "was removed meanwhile";
        }

        var newest = rule.Versions[0];
        var answer = await grains.Rule(id).Put(new RuleDraft { Name = newest.Name, Scope = scope, Json = newest.Json }, actor);
        if (answer.Problems is [])
        {
            answer = await grains.Rule(id).Publish(actor);
        }

        return answer.Problems is [var problem, ..] ? $"{problem.Field} {problem.Reason}" : null;
    }

    private static bool IsOf(PlanAssignment assignment, string scope) => (assignment.Commune is { } commune ? $"commune:{commune}" : $"syndicate:{assignment.Syndicate}") == scope;

    /// <summary>Devices by kind, as the territory's figures have them; null for all, of which there are none.</summary>
    private async Task<Counts?> CountsAsync(string scope)
    {
        ITerritoryGrain? territory = scope.Split(':') switch
        {
            ["commune", var insee] => grains.Commune(insee),
            ["syndicate", var siren] => grains.Body(siren),
            ["department", _] => grains.Body(scope),
            _ => null,
        };
        return territory is null ? null : new((await territory.GetSummary()).Figures.Kinds);
    }

    private static string Fingerprint(PromotionScope scope, List<PromotionItem> items)
    {
        // Without the counts, which move by themselves.
        var text = new StringBuilder().AppendLine(scope.From).AppendLine(scope.To);
        foreach (var item in items)
        {
            text.AppendJoin('\t', item.What, item.Id, item.Group, item.Change, item.Before, item.After).AppendLine();
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
    }

    private sealed record Counts(ImmutableArray<KindFigures> Kinds)
    {
        public long Of(DeviceKinds kinds) => Kinds.Where(figures => (kinds & (DeviceKinds)(1 << (int)figures.Kind)) != 0).Sum(figures => figures.Total);
    }
}
