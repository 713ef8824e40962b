using Grid.Contracts.Rights;
using Microsoft.AspNetCore.Builder;

namespace Grid.Client.Rights;

/// <summary>Declares the right of a route.</summary>
public static class RouteRights
{
    /// <summary>The caller must have the right; <see cref="Right.Public"/> opens the route to everybody.</summary>
    public static TBuilder RequireRight<TBuilder>(this TBuilder builder, Right right)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new RequiresRightAttribute(right)));
        return builder;
    }
}
