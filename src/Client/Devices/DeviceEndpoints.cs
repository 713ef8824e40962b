using Grid.Client.Alarms;
using Grid.Client.Audit;
using Grid.Client.Authentication;
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

namespace Grid.Client.Devices;

/// <summary>Devices: create, replace, show, list, remove.</summary>
internal static class DeviceEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var devices = api.MapGroup("/devices").WithTags("Devices");
        devices.MapGet("/", ListAsync)
            .WithName("listDevices")
            .WithSummary("List devices.")
            .WithDescription(
                "Filters: commune, syndicate (any body), department, kind, status (each one word or several with commas), bbox=w,s,e,n, cabinet (the light points that "
                + "it feeds), q (part of the id or the name). With a status, a page may be short of its limit although nextCursor is not null.")
            .Produces<DevicePage>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .RequireRight(Right.Read)
            .Reaches(Reach.Filters);
        devices.MapGet("/{id}", GetAsync)
            .WithName("getDevice")
            .WithSummary("Show a device: what is registered, reported and desired.")
            .Produces<DeviceModel>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Read)
            .Reaches(Reach.Device);
        devices.MapPut("/{id}", PutAsync)
            .WithName("putDevice")
            .WithSummary("Create or replace a device. A secret that is left out stays as it is.")
            .Accepts<DeviceInput>("application/json")
            .Produces<DeviceModel>()
            .Produces<DeviceModel>(StatusCodes.Status201Created)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .Audited("device.put")
            .RequireRight(Right.ManageDevices)
            .Reaches(Reach.Device);
        devices.MapDelete("/{id}", DeleteAsync)
            .WithName("deleteDevice")
            .WithSummary("Remove a device and its contribution; with history=true its history too.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .Audited("device.delete")
            .RequireRight(Right.ManageDevices)
            .Reaches(Reach.Device);
    }

    private static async Task<IResult> ListAsync(HttpContext http, DeviceListing listing)
    {
        var (page, fault) = await listing.ListAsync(http.Request.Query, Actor.Of(http).SeesPersonalData, http.RequestAborted);
        return fault ?? TypedResults.Json(page, GridJson.Default.DevicePage);
    }

    private static async Task<IResult> GetAsync(string id, HttpContext http, IDeviceRegistry registry, IGridGrains grains, AlarmReader alarms)
    {
        if (new QueryReader(http.Request.Query).Fault() is { } fault)
        {
            return fault;
        }

        return await registry.GetAsync(id, http.RequestAborted) is { } record
            ? TypedResults.Json(await ShowAsync(record.Descriptor, http, grains, alarms), GridJson.Default.DeviceModel)
            : Problems.NotFound("such device");
    }

    private static async Task<IResult> PutAsync(string id, HttpContext http, IDeviceRegistry registry, IRegistrar registrar, IGridGrains grains, AlarmReader alarms)
    {
        var (input, fault) = await JsonBody.ReadAsync(http.Request, GridJson.Default.DeviceInput);
        if (input is null)
        {
            return fault!;
        }

        var former = DeviceBinding.IsKey(id) ? await registry.GetAsync(id, http.RequestAborted) : null;
        var errors = new List<FieldError>();
        if (DeviceBinding.Bind(id, input, former?.Descriptor, errors) is not { } device)
        {
            return Problems.Invalid(errors);
        }

        if (!Territory.Of(http).Covers(device.Commune, device.Kind))
        {
            return RouteReaches.Forbidden(http);
        }

        // Once begun it is finished, even when the caller leaves: the registrar's own steps must not be cut in half by a closed connection.
        var result = await registrar.PutAsync([device], CancellationToken.None);
        if (!result.Errors.IsEmpty)
        {
            return Problems.Invalid(result.Errors.Select(error => new FieldError(error.Field, error.Reason)));
        }

        http.Audit($"device:{id}", DevicePresenting.Describe(device));
        var isNew = result.Created > 0;
        if (isNew)
        {
            http.Response.Headers.Location = $"/api/v1/devices/{Uri.EscapeDataString(id)}";
        }

        return TypedResults.Json(
            await ShowAsync(device, http, grains, alarms), GridJson.Default.DeviceModel, statusCode: isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext http, IRegistrar registrar)
    {
        var query = new QueryReader(http.Request.Query);
        var withHistory = query.Flag("history");
        if (query.Fault() is { } fault)
        {
            return fault;
        }

        // History is deleted of a device that is gone already, too: whoever got no answer asks again.
        var isRemoved = DeviceBinding.IsKey(id) && await registrar.RemoveAsync(id, CancellationToken.None);
        var isForgotten = withHistory && DeviceBinding.IsKey(id) && await registrar.ForgetAsync(id, CancellationToken.None);
        if (!isRemoved && !isForgotten)
        {
            return Problems.NotFound("such device");
        }

        http.Audit($"device:{id}", withHistory ? "removed with its history" : "removed");
        return Results.NoContent();
    }

    private static async Task<DeviceModel> ShowAsync(DeviceDescriptor device, HttpContext http, IGridGrains grains, AlarmReader alarms) => DevicePresenting.Present(
        device, await grains.Device(device.Kind, device.Id).GetView(), await alarms.OfDeviceAsync(device.Id), Actor.Of(http).SeesPersonalData);
}
