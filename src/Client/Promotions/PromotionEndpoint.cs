using System.Globalization;
using Grid.Client.Audit;
using Grid.Client.Authentication;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Rights;
using Grid.Client.Territories;
using Grid.Contracts.Rights;
using Grid.Contracts.Territories;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Promotions;

/// <summary>A pilot's rules, plans and parameters for a wider scope: the difference first, then that difference and no other.</summary>
internal static class PromotionEndpoint
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var promotions = api.MapGroup("/promotions").WithTags("Rules");
        promotions.MapPost("/test", TestAsync)
            .WithName("testPromotion")
            .WithSummary("What would change if a pilot's parameters, plans and rules held in a wider scope: {from, to, parts?}. Changes nothing.")
            .Accepts<PromotionInput>("application/json")
            .Produces<PromotionModel>()
            .ProducesValidationProblem()
            .Audited("promotion.test")
            .RequireRight(Right.ManageDevices)
            .Reaches(Reach.Handler);
        promotions.MapPost("", PromoteAsync)
            .WithName("promote")
            .WithSummary("Carries out a difference that was looked at: {from, to, parts?, difference}.")
            .WithDescription("409 when the difference is another one by now, and then nothing was changed. What fails keeps no other; sent again after a new look, it completes.")
            .Accepts<PromotionInput>("application/json")
            .Produces<PromotionModel>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .AuditedByStep("promotion")

            // Rules and defaults of a body reach the devices of all its members: for whoever may change those.
            .RequireRight(Right.Administer)
            .Reaches(Reach.Handler);
    }

    private static async Task<IResult> TestAsync(HttpContext http, Promotion promotion, ITerritoryTable table, ScopeMembers members, TerritoryRights rights)
    {
        var (input, scope, parts, fault) = await ReadAsync(http, table, members, rights);
        if (scope is null)
        {
            return fault!;
        }

        var difference = await promotion.CompareAsync(scope, parts);
        http.Audit(input!.To!, string.Create(CultureInfo.InvariantCulture, $"looked at the promotion of {input.From}: {difference.Items.Count} items, {difference.Difference}"));
        return TypedResults.Json(difference, GridJson.Default.PromotionModel);
    }

    private static async Task<IResult> PromoteAsync(HttpContext http, Promotion promotion, ITerritoryTable table, ScopeMembers members, TerritoryRights rights)
    {
        var (input, scope, parts, fault) = await ReadAsync(http, table, members, rights);
        if (scope is null)
        {
            return fault!;
        }

        if (input!.Difference is null)
        {
            return Problems.Invalid("difference", "is missing: POST /api/v1/promotions/test tells it, with what would change");
        }

        var difference = await promotion.CompareAsync(scope, parts);
        return difference.Difference == input.Difference
            ? TypedResults.Json(await promotion.CarryOutAsync(scope, difference, Actor.Of(http).Name, http.AuditStepAsync), GridJson.Default.PromotionModel)
            : Problems.Conflict("What would change is not what was looked at. Nothing was changed: look at it again with POST /api/v1/promotions/test.");
    }

    private static async Task<(PromotionInput? Input, PromotionScope? Scope, HashSet<string> Parts, IResult? Fault)> ReadAsync(HttpContext http, ITerritoryTable table, ScopeMembers members, TerritoryRights rights)
    {
        var (input, fault) = await JsonBody.ReadAsync(http.Request, GridJson.Default.PromotionInput);
        if (input is null)
        {
            return (null, null, [], fault);
        }

        // What the pilot has is read, and what it comes to is changed.
        var territory = Territory.Of(http);
        if (!await rights.CoversAsync(territory, input.From, http.RequestAborted) || !await rights.CoversAsync(territory, input.To, http.RequestAborted))
        {
            return (input, null, [], RouteReaches.Forbidden(http));
        }

        var errors = new List<FieldError>();
        HashSet<string> parts = [.. input.Parts ?? Promotion.Parts];
        if (parts.Count == 0 || !parts.IsSubsetOf(Promotion.Parts))
        {
            errors.Add(new("parts", $"must be some of {string.Join(' ', Promotion.Parts)}"));
        }

        var scope = await PromotionScope.ReadAsync(input, table, members, errors, http.RequestAborted);
        return errors.Count > 0 ? (input, null, parts, Problems.Invalid(errors)) : (input, scope, parts, null);
    }
}
