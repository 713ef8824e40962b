using Grid.Client.Errors;
using Grid.Contracts.Notifications;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Rights;

/// <summary>What a request of a route reaches, and so what its caller must have rights over.</summary>
public enum Reach
{
    /// <summary>All that there is: only for who has rights everywhere. So is every route that says nothing and names no territory.</summary>
    Whole,

    /// <summary>Nothing that belongs to a territory.</summary>
    Nothing,

    /// <summary>What its handler finds: it asks itself.</summary>
    Handler,

    /// <summary>The territory of its path: <c>{insee}</c>, <c>{siren}</c>, <c>{code}</c> or <c>{scope}</c>. So is every route that has one and says nothing.</summary>
    Path,

    /// <summary>The device <c>{id}</c>.</summary>
    Device,

    /// <summary>The device of the command <c>{id}</c>.</summary>
    Command,

    /// <summary>What the command to many devices <c>{id}</c> has chosen from.</summary>
    GroupCommand,

    /// <summary>The source of the alarm <c>{id}</c>.</summary>
    Alarm,

    /// <summary>The commune of the work order <c>{id}</c>.</summary>
    WorkOrder,

    /// <summary>The parameter <c>scope</c>; all without it.</summary>
    Scope,

    /// <summary>One of the parameters <c>commune</c>, <c>syndicate</c> and <c>department</c>, which narrow each other; all without them.</summary>
    Filters,
}

/// <summary>What a route reaches.</summary>
/// <param name="Reach">What.</param>
public sealed record RouteReach(Reach Reach)
{
    private static readonly string[] Territories = ["insee", "siren", "code", "scope"];

    /// <summary>What an endpoint reaches.</summary>
    public static Reach Of(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<RouteReach>()?.Reach
        ?? (endpoint is RouteEndpoint route && route.RoutePattern.Parameters.Any(parameter => Territories.Contains(parameter.Name)) ? Reach.Path : Reach.Whole);
}

/// <summary>Declares what a route reaches, and refuses.</summary>
internal static class RouteReaches
{
    private static readonly BilingualText Outside = new("Vos droits ne couvrent pas ce territoire.", "Your rights do not cover this territory.");

    /// <summary>The caller must have rights over what the route reaches.</summary>
    public static TBuilder Reaches<TBuilder>(this TBuilder builder, Reach reach)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new RouteReach(reach)));
        return builder;
    }

    /// <summary>403: what is asked for lies outside of where the caller's rights hold.</summary>
    public static IResult Forbidden(HttpContext http) => AnswerLanguage.Forbidden(http, Outside);
}
