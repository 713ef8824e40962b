using System.Globalization;
using Grid.Client.Audit;
using Grid.Client.Errors;
using Grid.Client.Exports;
using Grid.Client.Json;
using Grid.Client.Paging;
using Grid.Client.Rights;
using Grid.Contracts.Intake;
using Grid.Contracts.Rights;
using Grid.Contracts.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Subscribers;

/// <summary>The persons whose meters are registered: what is held of one, and its erasure. The audit log has a pseudonym in place of the id.</summary>
internal static class SubscriberEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var subscribers = api.MapGroup("/subscribers").WithTags("Subscribers");
        subscribers.MapGet("/{id}", GetAsync)
            .WithName("getSubscriber")
            .WithSummary("Show everything that is held of one person.")
            .Produces<SubscriberModel>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .Audited("subscriber.export")
            .RequireRight(Right.PersonalData);
        subscribers.MapGet("/{id}/export", ExportAsync)
            .WithName("exportSubscriber")
            .WithSummary("A ZIP archive of everything that is held of one person, with all that history keeps: JSON, CSV, a manifest with checksums.")
            .Produces(StatusCodes.Status200OK, contentType: "application/zip")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .Audited("subscriber.export")
            .RequireRight(Right.PersonalData);
        subscribers.MapDelete("/{id}", EraseAsync)
            .WithName("eraseSubscriber")
            .WithSummary("Erase a person: the key is destroyed, and all that was sealed with it is unreadable, in backups too. The devices go on as nobody's.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .Audited("subscriber.erase")
            .RequireRight(Right.ErasePersonalData);
    }

    private static async Task<IResult> GetAsync(string id, HttpContext http, SubscriberReader reader, ISubscriberKeys keys)
    {
        var (subscriber, refusal) = await ReadAsync(id, http, reader, keys);
        return refusal ?? TypedResults.Json(subscriber, GridJson.Default.SubscriberModel);
    }

    private static async Task<IResult> ExportAsync(string id, HttpContext http, SubscriberReader reader, SubscriberExport export, ISubscriberKeys keys)
    {
        var (subscriber, refusal) = await ReadAsync(id, http, reader, keys);
        return refusal ?? ExportArchive.Send(http, "subscriber", body => export.WriteAsync(subscriber!, body, http.RequestAborted));
    }

    /// <summary>The person, noted in the audit; or what is answered instead.</summary>
    private static async Task<(SubscriberModel? Subscriber, IResult? Refusal)> ReadAsync(string id, HttpContext http, SubscriberReader reader, ISubscriberKeys keys)
    {
        if (new QueryReader(http.Request.Query).Fault() is { } fault)
        {
            return (null, fault);
        }

        if (await reader.ReadAsync(id, http.RequestAborted) is not { } subscriber)
        {
            return (null, Problems.NotFound("such subscriber"));
        }

        http.Audit($"subscriber:{keys.PseudonymOf(id)}", string.Create(CultureInfo.InvariantCulture, $"exported, {subscriber.Devices.Count} devices"));
        return (subscriber, null);
    }

    private static async Task<IResult> EraseAsync(string id, HttpContext http, ISubscribers subscribers)
    {
        // Once begun it is finished, even when the caller leaves.
        if (await subscribers.EraseAsync(id, CancellationToken.None) is not { } erasure)
        {
            return Problems.NotFound("such subscriber");
        }

        http.Audit(
            $"subscriber:{erasure.Pseudonym}",
            string.Create(CultureInfo.InvariantCulture, $"erased at {erasure.At.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}, {erasure.Devices.Length} devices go on as nobody's"));
        return Results.NoContent();
    }
}
