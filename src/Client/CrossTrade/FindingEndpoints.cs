using Grid.Client.Devices;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Paging;
using Grid.Client.Rights;
using Grid.Contracts.CrossTrade;
using Grid.Contracts.Rights;
using Grid.Contracts.Territories;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.CrossTrade;

/// <summary>What no trade sees by itself.</summary>
internal static class FindingEndpoints
{
    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/communes/{insee}/findings", ListAsync)
        .WithTags("Territories")
        .WithName("listFindings")
        .WithSummary("What is found across trades in a commune now: an outage of a supply, exposure to a flood, a closed building in use.")
        .Produces<FindingList>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .RequireRight(Right.Read);

    private static async Task<IResult> ListAsync(string insee, HttpContext http, ITerritoryTable table, IGridGrains grains)
    {
        if (new QueryReader(http.Request.Query).Fault() is { } fault)
        {
            return fault;
        }

        return table.FindCommune(insee) is null
            ? Problems.NotFound("such commune")
            : TypedResults.Json(new FindingList([.. (await grains.Findings(insee).GetFindings()).Select(Present)]), GridJson.Default.FindingList);
    }

    private static FindingModel Present(CrossTradeFinding finding) => new()
    {
        Rule = finding.Rule,
        Source = finding.Source,
        Since = finding.Since,
        Severity = finding.Severity,
        Of = finding.Of,
        Members = [.. finding.Members.Select(member => new FindingMemberModel(
            member.Device, member.Kind, member.Shows, member.Since, member.Figure?.Name, member.Figure is { } figure ? DevicePresenting.Derived(figure) : null))],
    };
}
