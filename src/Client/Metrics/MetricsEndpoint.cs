using Grid.Client.Rights;
using Grid.Contracts.Rights;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Metrics;

/// <summary><c>/metrics</c>, as Prometheus scrapes it.</summary>
internal static class MetricsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/metrics", (PrometheusExporter exporter) => Results.Text(exporter.Export(), PrometheusText.ContentType))
        .WithTags("System")
        .WithName("metrics")
        .WithSummary("Measurements as Prometheus text, version 0.0.4.")
        .Produces<string>(StatusCodes.Status200OK, "text/plain")
        .RequireRight(Right.Read);
}
