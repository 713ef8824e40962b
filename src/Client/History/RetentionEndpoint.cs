using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Paging;
using Grid.Client.Rights;
using Grid.Contracts.Devices;
using Grid.Contracts.Rights;
using Grid.Contracts.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.History;

/// <summary>How long history is kept, in days.</summary>
/// <param name="RawDays">Readings as they were observed.</param>
/// <param name="QuarterHourDays">Roll-ups to 15 minutes.</param>
/// <param name="DayDays">Roll-ups to a local day.</param>
public sealed record KeepModel(int RawDays, int QuarterHourDays, int DayDays);

/// <summary>How long the series of a kind, or of a kind in a commune, are kept.</summary>
/// <param name="Kind">The kind; null for the figures of territories.</param>
/// <param name="Commune">INSEE code; null for every commune that has no rule of its own for the kind.</param>
/// <param name="Keep">How long.</param>
public sealed record RetentionRuleModel(DeviceKind? Kind, string? Commune, KeepModel Keep);

/// <summary>The oldest day of which something is kept.</summary>
/// <param name="Kind">The kind; null for the figures of territories.</param>
/// <param name="Resolution">Raw readings or roll-ups.</param>
/// <param name="Day">The day.</param>
public sealed record OldestModel(DeviceKind? Kind, HistoryResolution Resolution, DateOnly Day);

/// <summary>What is kept, how long, and what is there.</summary>
/// <param name="Default">For what no rule speaks of.</param>
/// <param name="Personal">At most, for what is a person's.</param>
/// <param name="Rules">The more special rules.</param>
/// <param name="Oldest">The oldest day kept, for each kind and resolution that has one.</param>
public sealed record RetentionModel(KeepModel Default, KeepModel? Personal, IReadOnlyList<RetentionRuleModel> Rules, IReadOnlyList<OldestModel> Oldest);

/// <summary>Policy and oldest kept, so that retention can be shown to be applied.</summary>
internal static class RetentionEndpoint
{
    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/retention", ShowAsync)
        .WithTags("System")
        .WithName("getRetention")
        .WithSummary("How long history is kept, and the oldest day of each kind that is.")
        .Produces<RetentionModel>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .RequireRight(Right.Administer);

    private static async Task<IResult> ShowAsync(HttpContext http, HistoryPolicy policy, IHistory history)
    {
        if (new QueryReader(http.Request.Query).Fault() is { } fault)
        {
            return fault;
        }

        var oldest = await history.GetOldestKeptAsync(http.RequestAborted);
        return TypedResults.Json(
            new RetentionModel(
                Present(policy.Default),
                policy.Personal is { } personal ? Present(personal) : null,
                [.. policy.Rules.Select(rule => new RetentionRuleModel(rule.Kind, rule.Commune, Present(rule.Keep)))],
                [.. oldest.OrderBy(day => day.Kind).ThenBy(day => day.Resolution).Select(day => new OldestModel(day.Kind, day.Resolution, day.Day))]),
            GridJson.Default.RetentionModel);
    }

    private static KeepModel Present(HistoryKeep keep) => new(keep.RawDays, keep.QuarterHourDays, keep.DayDays);
}
