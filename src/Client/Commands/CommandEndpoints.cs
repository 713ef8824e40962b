using System.Globalization;
using Grid.Client.Audit;
using Grid.Client.Authentication;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Rights;
using Grid.Contracts.Commands;
using Grid.Contracts.Rights;
using Grid.Contracts.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Commands;

/// <summary>Commands to one device: ask, follow, cancel.</summary>
internal static class CommandEndpoints
{
    private const int MaximumIdLength = 64;

    public static void Map(IEndpointRouteBuilder api)
    {
        var commands = api.MapGroup("").WithTags("Commands");
        commands.MapPost("/devices/{id}/commands", SubmitAsync)
            .WithName("submitCommand")
            .WithSummary("Command a device. With an Idempotency-Key, the same request again finds the same command.")
            .Accepts<CommandInput>("application/json")
            .Produces<CommandModel>(StatusCodes.Status202Accepted)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .Audited("command.submit")
            .RequireRight(Right.Command)
            .Reaches(Reach.Device);
        commands.MapGet("/commands/{id}", GetAsync)
            .WithName("getCommand")
            .WithSummary("Show a command and its ledger.")
            .Produces<CommandModel>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Read)
            .Reaches(Reach.Command);
        commands.MapDelete("/commands/{id}", CancelAsync)
            .WithName("cancelCommand")
            .WithSummary("Cancel a command: it ends superseded, unless it is final already. What was transmitted is not taken back.")
            .Produces<CommandModel>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .Audited("command.cancel")
            .RequireRight(Right.Command)
            .Reaches(Reach.Command);
    }

    private static async Task<IResult> SubmitAsync(string id, HttpContext http, IDeviceRegistry registry, IGridGrains grains)
    {
        var (input, fault) = await JsonBody.ReadAsync(http.Request, GridJson.Default.CommandInput);
        if (input is null)
        {
            return fault!;
        }

        if (!IdempotencyKey.TryRead(http.Request, out var key, out fault))
        {
            return fault;
        }

        if (await registry.GetAsync(id, http.RequestAborted) is not { } device)
        {
            return Problems.NotFound("such device");
        }

        var actor = Actor.Of(http).Name;
        var errors = new List<FieldError>();
        if (CommandBinding.Bind(device.Descriptor, actor, input, errors) is not { } request)
        {
            return Problems.Invalid(errors);
        }

        var command = CommandBinding.IdOf(id, actor, key);
        var answer = await grains.Command(command).Submit(request);
        switch (answer.Status)
        {
            case SubmitStatus.Refused:
                return AnswerLanguage.Invalid(http, (answer.Field ?? "name", new(answer.ReasonFrench ?? answer.Reason ?? "est refusé par l’équipement", answer.Reason ?? "is refused by the device")));
            case SubmitStatus.Conflict:
                return Problems.Conflict($"This {IdempotencyKey.Header} stands for another request to this device.");
            case SubmitStatus.Accepted:
            default:
                var arguments = string.Join(' ', request.Arguments.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}")));
                http.Audit($"device:{id}", $"command {command}: {request.Name} {arguments}");
                http.Response.Headers.Location = $"/api/v1/commands/{command}";
                return TypedResults.Json(
                    CommandModel.Of(answer.Command ?? throw new InvalidOperationException($"Command {command} was accepted without a view.")),
                    GridJson.Default.CommandModel,
                    statusCode: StatusCodes.Status202Accepted);
        }
    }

    private static async Task<IResult> GetAsync(string id, IGridGrains grains) =>
        id.Length <= MaximumIdLength && await grains.Command(id).Get() is { } view
            ? TypedResults.Json(CommandModel.Of(view), GridJson.Default.CommandModel)
            : Problems.NotFound("such command");

    private static async Task<IResult> CancelAsync(string id, HttpContext http, IGridGrains grains, TimeProvider time)
    {
        if (id.Length > MaximumIdLength || await grains.Command(id).Get() is null)
        {
            return Problems.NotFound("such command");
        }

        var command = grains.Command(id);
        await command.Report(new() { State = CommandState.Superseded, At = time.GetUtcNow(), Detail = $"cancelled by {Actor.Of(http).Name}" });
        var view = await command.Get() ?? throw new InvalidOperationException($"Command {id} is gone.");
        http.Audit($"device:{view.Device}", $"command {id}: cancelled, is {Words<CommandState>.Of(view.State)}");
        return TypedResults.Json(CommandModel.Of(view), GridJson.Default.CommandModel);
    }
}
