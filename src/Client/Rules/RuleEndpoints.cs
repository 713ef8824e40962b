using System.Globalization;
using System.Text.Json;
using Grid.Client.Audit;
using Grid.Client.Authentication;
using Grid.Client.Devices;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Paging;
using Grid.Client.Rights;
using Grid.Contracts.Devices;
using Grid.Contracts.Notifications;
using Grid.Contracts.Rights;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Rules;

/// <summary>Rules that operators write: drafts, trials, and what devices follow.</summary>
internal static partial class RuleEndpoints
{
    private const string Trials = "trials";

    public static void Map(IEndpointRouteBuilder api)
    {
        var rules = api.MapGroup("").WithTags("Rules");
        rules.MapGet("/rules", ListAsync)
            .WithName("listRules")
            .WithSummary("List rules by id; of one scope only with scope.")
            .Produces<RulePage>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .RequireRight(Right.Read)
            .Reaches(Reach.Handler);
        rules.MapGet("/rules/starter", StartersAsync)
            .WithName("listStarterRules")
            .WithSummary("The rules that ship with the grid, in French and English, to be copied, tried and published.")
            .Produces<StarterModel[]>()
            .RequireRight(Right.Read)
            .Reaches(Reach.Nothing);
        rules.MapGet("/rules/{id}", GetAsync)
            .WithName("getRule")
            .WithSummary("Show a rule with its versions, as text and in its JSON form.")
            .Produces<RuleModel>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Read)
            .Reaches(Reach.Handler);
        rules.MapPut("/rules/{id}", PutAsync)
            .WithName("putRule")
            .WithSummary("Create a rule, or give it a new version, as draft: devices go on with the version that is published. {name, scope, text} or {name, scope, rule}.")
            .Accepts<RuleInput>("application/json")
            .Produces<RuleModel>()
            .Produces<RuleModel>(StatusCodes.Status201Created)
            .ProducesValidationProblem()
            .Audited("rule.put")
            .RequireRight(Right.ManageDevices)
            .Reaches(Reach.Handler);
        rules.MapDelete("/rules/{id}", DeleteAsync)
            .WithName("deleteRule")
            .WithSummary("Remove a rule. Devices follow it no more, and what it raised ends.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .Audited("rule.delete")
            .RequireRight(Right.ManageDevices)
            .Reaches(Reach.Handler);
        rules.MapPost("/rules/{id}/publish", PublishAsync)
            .WithName("publishRule")
            .WithSummary("Devices follow the newest version from now on. Loops of rules that it is part of are told as warnings.")
            .Produces<RuleModel>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .Audited("rule.publish")
            .RequireRight(Right.ManageDevices)
            .Reaches(Reach.Handler);
        rules.MapGet("/rules/{id}/rollout", RolloutAsync)
            .WithName("getRuleRollout")
            .WithSummary("How far the published version has come: how many sectors follow it already. In a sector all devices begin to follow at once.")
            .Produces<RuleRolloutModel>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Read)
            .Reaches(Reach.Handler);
        rules.MapGet("/rules/{id}/refused", RefusedAsync)
            .WithName("getRuleRefusals")
            .WithSummary("What the rule decided last and was not done, with the reason, newest first: a sector remembers 100 of all rules.")
            .Produces<RuleRefusalsModel>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Read)
            .Reaches(Reach.Handler);
        rules.MapPost("/rules/{id}/rollback", RollBackAsync)
            .WithName("rollBackRule")
            .WithSummary("Devices follow the version again that was published before. With ?to=VERSION it must be that one, and the same again changes nothing.")
            .Produces<RuleModel>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .Audited("rule.rollback")
            .RequireRight(Right.ManageDevices)
            .Reaches(Reach.Handler);
        rules.MapPost("/rules/test", TestAsync)
            .WithName("testRule")
            .WithSummary("What a rule would have done between two instants, by what was measured: {rule, from, to, scope?, id?}; and the loops that there would be beside the published rules. Changes nothing. While done is false it goes on: send the same again, or the same with stop, which ends it.")
            .Accepts<RuleTestInput>("application/json")
            .Produces<RuleTestModel>()
            .Produces(StatusCodes.Status204NoContent)
            .ProducesValidationProblem()
            .Audited("rule.test")
            .RequireRight(Right.ManageDevices)
            .Reaches(Reach.Handler);
    }

    private static async Task<IResult> ListAsync(HttpContext http, IGridGrains grains, RuleRights rights)
    {
        const string List = "rules";
        var query = new QueryReader(http.Request.Query);
        var after = query.After(List);
        var limit = query.Limit();
        if (query.Fault() is { } fault)
        {
            return fault;
        }

        var scope = http.Request.Query["scope"] is [{ Length: > 0 } text] ? text : null;
        var page = await ReadableAsync(http, grains, rights, after, scope, limit + 1);
        return TypedResults.Json(
            new RulePage(
                [.. page.Take(limit).Select(rule => new RuleListItem(rule.Id, rule.Name, rule.Scope, rule.Version, rule.Published?.Version))],
                page.Count > limit ? PageCursor.Encode(List, page[limit - 1].Id) : null),
            GridJson.Default.RulePage);
    }

    /// <summary>The first rules that the caller may read: there are at most <see cref="RuleDirectory.MaximumRules"/>.</summary>
    private static async Task<List<RuleListing>> ReadableAsync(HttpContext http, IGridGrains grains, RuleRights rights, string? after, string? scope, int limit)
    {
        var found = new List<RuleListing>();
        while (await grains.RuleDirectory().List(after, scope, limit) is { IsEmpty: false } some && found.Count < limit)
        {
            foreach (var rule in some)
            {
                if (found.Count < limit && await rights.MayReadAsync(http, rule))
                {
                    found.Add(rule);
                }
            }

            after = some[^1].Id;
        }

        return found;
    }

    private static async Task<IResult> StartersAsync(IGridGrains grains) => TypedResults.Json(
        (StarterModel[])[.. (await grains.RuleTrial(Trials).Starters()).Select(rule => new StarterModel(
            rule.Id, ByLanguage(rule.Name, rule.NameFrench), ByLanguage(rule.Text, rule.TextFrench), ByLanguage(rule.Why, rule.WhyFrench)))],
        GridJson.Default.StarterModelArray);

    private static async Task<IResult> GetAsync(string id, HttpContext http, IGridGrains grains, RuleRights rights)
    {
        var (view, fault) = await ReadAsync(id, http, grains, rights);
        return fault ?? Show(http, view!, await grains.Rule(id).GetWarnings(), StatusCodes.Status200OK);
    }

    /// <summary>The rule; or the answer to a caller who may not read it, or when there is none.</summary>
    private static async Task<(RuleView? View, IResult? Fault)> ReadAsync(string id, HttpContext http, IGridGrains grains, RuleRights rights) =>
        !DeviceBinding.IsKey(id) || await grains.Rule(id).Get() is not { } view ? (null, NoRule(http))
        : await rights.MayReadAsync(http, view) ? (view, null)
        : (null, RouteReaches.Forbidden(http));

    /// <summary>The answer to a caller who may not change a rule, or when there is none; null for one who may.</summary>
    private static async Task<IResult?> ChangeFaultAsync(string id, HttpContext http, IGridGrains grains, RuleRights rights, bool goesBack = false, long? to = null) =>
        !DeviceBinding.IsKey(id) || await grains.Rule(id).Get() is not { } view ? NoRule(http)
        : await rights.MayChangeAsync(http, view, goesBack ? view.Former : null, to) ? null
        : RouteReaches.Forbidden(http);

    private static async Task<IResult> PutAsync(string id, HttpContext http, IGridGrains grains, RuleRights rights)
    {
        var (input, fault) = await JsonBody.ReadAsync(http.Request, GridJson.Default.RuleInput);
        if (input is null)
        {
            return fault!;
        }

        if (!DeviceBinding.IsKey(id))
        {
            return AnswerLanguage.Invalid(http, ("id", new("n’est pas 1 à 64 de A-Z a-z 0-9 . _ : -", "is not 1 to 64 of A-Z a-z 0-9 . _ : -")));
        }

        var draft = DraftOf(input);
        if (!await rights.MayWriteAsync(http, id, draft) || (await grains.Rule(id).Get() is { } former && !await rights.MayChangeAsync(http, former)))
        {
            return RouteReaches.Forbidden(http);
        }

        var answer = await grains.Rule(id).Put(draft, Actor.Of(http).Name);
        if (!answer.Problems.IsEmpty)
        {
            return Refused(http, answer.Problems);
        }

        var view = answer.View!;
        http.Audit($"rule:{id}", string.Create(CultureInfo.InvariantCulture, $"version {view.Versions[0].Version} for {view.Versions[0].Scope}: {view.Text}"));
        if (answer.IsNew)
        {
            http.Response.Headers.Location = $"/api/v1/rules/{id}";
        }

        return Show(http, view, answer.Warnings, answer.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext http, IGridGrains grains, RuleRights rights)
    {
        if (await ChangeFaultAsync(id, http, grains, rights) is { } fault)
        {
            return fault;
        }

        if (!await grains.Rule(id).Delete())
        {
            return NoRule(http);
        }

        http.Audit($"rule:{id}", "removed");
        return TypedResults.NoContent();
    }

    private static async Task<IResult> PublishAsync(string id, HttpContext http, IGridGrains grains, RuleRights rights) =>
        await ChangeFaultAsync(id, http, grains, rights) ?? Published(http, id, await grains.Rule(id).Publish(Actor.Of(http).Name));

    private static async Task<IResult> RolloutAsync(string id, HttpContext http, IGridGrains grains, RuleRights rights)
    {
        var (_, fault) = await ReadAsync(id, http, grains, rights);
        if (fault is not null || await grains.Rule(id).Reach() is not { } reach)
        {
            return fault ?? NoRule(http);
        }

        var territory = Territory.Of(http);
        return TypedResults.Json(
            new RuleRolloutModel(
                id, reach.Version, reach.Sectors, reach.Following, reach.Following == reach.Sectors,
                [.. reach.Behind.Where(sector => territory.KindsIn(SectorMap.CommuneOf(sector)) != DeviceKinds.None)]),
            GridJson.Default.RuleRolloutModel);
    }

    private static async Task<IResult> RefusedAsync(string id, HttpContext http, IGridGrains grains, RuleRights rights)
    {
        var (_, fault) = await ReadAsync(id, http, grains, rights);
        if (fault is not null || await grains.Rule(id).GetRefused() is not { } refused)
        {
            return fault ?? NoRule(http);
        }

        var inFrench = AnswerLanguage.IsFrench(http);
        http.Response.Headers.ContentLanguage = inFrench ? "fr" : "en";
        var seen = refused.Where(one => rights.MaySee(http, one.Device)).ToList();
        return TypedResults.Json(
            new RuleRefusalsModel(id, [.. seen.Select(one => new RuleRefusalModel(one.Device, one.What, one.At, inFrench ? one.ReasonFrench ?? one.Reason : one.Reason))], refused.Length - seen.Count),
            GridJson.Default.RuleRefusalsModel);
    }

    private static async Task<IResult> RollBackAsync(string id, HttpContext http, IGridGrains grains, RuleRights rights)
    {
        var to = http.Request.Query["to"] is [{ Length: > 0 } text] ? text : null;
        var version = 0L;
        if (to is not null && !long.TryParse(to, NumberStyles.None, CultureInfo.InvariantCulture, out version))
        {
            return AnswerLanguage.Invalid(http, ("to", new("doit être le numéro d’une version", "must be the number of a version")));
        }

        return await ChangeFaultAsync(id, http, grains, rights, goesBack: true, to is null ? null : version)
            ?? Published(http, id, await grains.Rule(id).RollBack(Actor.Of(http).Name, to is null ? null : version));
    }

    private static IResult Published(HttpContext http, string id, RuleAnswer answer)
    {
        if (!answer.Problems.IsEmpty)
        {
            return Refused(http, answer.Problems);
        }

        if (answer.View is not { } view)
        {
            return NoRule(http);
        }

        http.Audit($"rule:{id}", string.Create(CultureInfo.InvariantCulture, $"version {view.Published} is published, in place of {view.Former?.ToString(CultureInfo.InvariantCulture) ?? "none"}"));
        return Show(http, view, answer.Warnings, StatusCodes.Status200OK);
    }

    private static RuleDraft DraftOf(RuleInput input) => new()
    {
        Name = input.Name ?? "",
        Scope = input.Scope ?? "",
        Text = input.Text,
        Json = input.Rule is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } rule ? rule.GetRawText() : null,
    };

    private static IResult Refused(HttpContext http, IEnumerable<RuleProblem> problems) =>
        AnswerLanguage.Invalid(http, problems.Select(problem => (problem.Field, new BilingualText(problem.ReasonFrench, problem.Reason))));

    private static IReadOnlyList<RuleWarningModel> WarningsOf(HttpContext http, IEnumerable<RuleWarning> warnings) =>
        [.. warnings.Select(warning => new RuleWarningModel(warning.Rules, AnswerLanguage.Say(http, new BilingualText(warning.ReasonFrench, warning.Reason))))];

    private static IResult NoRule(HttpContext http) => AnswerLanguage.NotFound(http, new("Cette règle n’existe pas.", "There is no such rule."));

    private static IResult Show(HttpContext http, RuleView view, IEnumerable<RuleWarning> warnings, int status)
    {
        var newest = view.Versions[0];
        return TypedResults.Json(
            new RuleModel(
                view.Id,
                newest.Name,
                newest.Scope,
                [.. Enum.GetValues<DeviceKind>().Where(kind => (view.Kinds & (DeviceKinds)(1 << (int)kind)) != 0)],
                newest.Version,
                view.Published,
                view.Former,
                view.Text,
                JsonOf(newest.Json),
                [.. view.Versions.Select(version => new RuleVersionModel(version.Version, version.Name, version.Scope, version.By, version.At, JsonOf(version.Json)))],
                WarningsOf(http, warnings)),
            GridJson.Default.RuleModel,
            statusCode: status);
    }

    private static JsonElement JsonOf(string json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 128 });
        return document.RootElement.Clone();
    }

    private static Dictionary<string, string> ByLanguage(string english, string french) => new(StringComparer.Ordinal) { ["en"] = english, ["fr"] = french };
}
