using System.Reflection;
using System.Text.Json.Serialization;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Metrics;
using Grid.Client.Rights;
using Grid.Contracts.Intake;
using Grid.Contracts.Rights;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Health;

/// <summary>State of the program.</summary>
/// <param name="Status"><c>live</c> or <c>ready</c>.</param>
/// <param name="Figures">
/// When ready: <c>whole</c>, or <c>catchingUp</c> while readings that were acknowledged before the start are still being put into the figures.
/// </param>
public sealed record HealthModel(
    string Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Figures = null);

/// <summary>What runs, and how much of it.</summary>
/// <param name="Version">The program's version.</param>
/// <param name="Runtime">The grain runtime's name.</param>
/// <param name="StartedAt">When the program was started.</param>
/// <param name="Counts">Devices registered and live connections.</param>
/// <param name="LimitsHit">What was refused since the start.</param>
/// <param name="Recovery">How far the figures have caught up since the start.</param>
public sealed record SystemModel(string Version, string Runtime, DateTimeOffset StartedAt, SystemCounts Counts, SystemLimits LimitsHit, RecoveryProgress Recovery);

/// <summary>Counts now.</summary>
public sealed record SystemCounts(long Devices, long LiveClients);

/// <summary>Counts since the start.</summary>
public sealed record SystemLimits(long RequestsRefused, long MeasurementsDropped);

/// <summary>Health and the state of the system.</summary>
internal static class HealthEndpoints
{
    private static readonly string Version = typeof(HealthEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    public static void Map(IEndpointRouteBuilder routes, IEndpointRouteBuilder api)
    {
        var health = routes.MapGroup("/health").WithTags("Health");
        health.MapGet("/live", () => TypedResults.Json(new HealthModel("live"), GridJson.Default.HealthModel))
            .WithName("live")
            .WithSummary("200 while the process answers.")
            .Produces<HealthModel>()
            .RequireRight(Right.Public);
        health.MapGet("/ready", Ready)
            .WithName("ready")
            .WithSummary("200 when it takes readings and counts every device; 503 before. Says whether the figures are whole.")
            .Produces<HealthModel>()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .RequireRight(Right.Public);
        api.MapGet("/system", System)
            .WithTags("System")
            .WithName("system")
            .WithSummary("Version, runtime, counts, limits hit.")
            .Produces<SystemModel>()
            .RequireRight(Right.Read);
    }

    private static IResult Ready(HttpContext http, IReadiness readiness) => readiness.WaitsFor is { } reason
        ? Problems.Unavailable(http, TimeSpan.FromSeconds(1), $"Not ready: {reason}.")
        : TypedResults.Json(new HealthModel("ready", readiness.Recovery.IsComplete ? "whole" : "catchingUp"), GridJson.Default.HealthModel);

    private static IResult System(IGridRuntime runtime, IReadiness readiness, IDeviceDirectory devices, GatewayMeter meter, PrometheusExporter exporter, ProcessStart start) =>
        TypedResults.Json(
            new SystemModel(Version, runtime.Name, start.At, new(devices.Count, meter.Clients), new(meter.Refused, exporter.MeasurementsDropped), readiness.Recovery),
            GridJson.Default.SystemModel);
}

/// <summary>When the gateway was mapped.</summary>
internal sealed class ProcessStart(TimeProvider time)
{
    public DateTimeOffset At { get; } = time.GetUtcNow();
}
