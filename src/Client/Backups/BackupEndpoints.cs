using Grid.Client.Audit;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Rights;
using Grid.Contracts.Rights;
using Grid.Contracts.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Backups;

/// <summary>What to back up to.</summary>
/// <param name="To">A full path on the machine of the grid, at which nothing is yet; one file when it ends with <c>.tar</c>, else a directory.</param>
public sealed record BackupInput(string? To);

/// <summary>Backups of the running grid.</summary>
internal static class BackupEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var backups = api.MapGroup("/backups").WithTags("Backups");
        backups.MapPost("/", StartAsync)
            .WithName("startBackup")
            .WithSummary("Begin a backup to a new place on the machine of the grid: {to}. It is consistent, and the grid goes on.")
            .Accepts<BackupInput>("application/json")
            .Produces<BackupStatus>(StatusCodes.Status202Accepted)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .Audited("backup.start")
            .RequireRight(Right.Administer);
        backups.MapGet("/{id}", Get)
            .WithName("getBackup")
            .WithSummary("How far a backup is.")
            .Produces<BackupStatus>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Administer);
    }

    private static async Task<IResult> StartAsync(HttpContext http, IBackups backups)
    {
        var (input, fault) = await JsonBody.ReadAsync(http.Request, GridJson.Default.BackupInput);
        if (input is null)
        {
            return fault!;
        }

        if (string.IsNullOrWhiteSpace(input.To) || !Path.IsPathFullyQualified(input.To))
        {
            return Problems.Invalid("to", "is not a full path on the machine of the grid");
        }

        try
        {
            var status = backups.Start(input.To);
            http.Audit("backups", status.To);
            http.Response.Headers.Location = $"/api/v1/backups/{status.Id}";
            return TypedResults.Json(status, GridJson.Default.BackupStatus, statusCode: StatusCodes.Status202Accepted);
        }
        catch (BackupRefusedException refused)
        {
            return refused.IsBusy ? Problems.Conflict(refused.Message) : Problems.Invalid("to", refused.Message);
        }
    }

    private static IResult Get(string id, IBackups backups) =>
        backups.Find(id) is { } status ? TypedResults.Json(status, GridJson.Default.BackupStatus) : Problems.NotFound("such backup");
}
