using System.Globalization;
using Grid.Client.Audit;
using Grid.Client.Devices;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Paging;
using Grid.Client.Rights;
using Grid.Contracts.Devices;
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
        subscribers.MapDelete("/{id}", EraseAsync)
            .WithName("eraseSubscriber")
            .WithSummary("Erase a person: the key is destroyed, and all that was sealed with it is unreadable, in backups too. The devices go on as nobody's.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .Audited("subscriber.erase")
            .RequireRight(Right.ErasePersonalData);
    }

    private static async Task<IResult> GetAsync(
        string id, HttpContext http, ISubscribers subscribers, ISubscriberKeys keys, IDeviceRegistry registry, IGridGrains grains, TimeProvider time)
    {
        if (new QueryReader(http.Request.Query).Fault() is { } fault)
        {
            return fault;
        }

        var devices = new List<SubscriberDeviceModel>();
        foreach (var key in subscribers.DevicesOf(id))
        {
            if (await registry.GetAsync(key, http.RequestAborted) is { Descriptor: var device })
            {
                var view = await grains.Device(device.Kind, key).GetView();
                devices.Add(new(
                    DevicePresenting.Present(device, view, withPersonal: true),
                    device.Text(PersonalData.LegalBasis),
                    device.Flag(PersonalData.Dwelling) ? device.Text(PersonalData.Granularity) ?? PersonalData.Daily : null));
            }
        }

        if (devices.Count == 0)
        {
            return Problems.NotFound("such subscriber");
        }

        http.Audit($"subscriber:{keys.PseudonymOf(id)}", string.Create(CultureInfo.InvariantCulture, $"exported, {devices.Count} devices"));
        return TypedResults.Json(new SubscriberModel(id, time.GetUtcNow(), devices), GridJson.Default.SubscriberModel);
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
