using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Grid.Client.Open311;

/// <summary>Errors as GeoReport v2 tells them: code and description.</summary>
internal static class Open311Errors
{
    /// <summary>One error, or several of one status.</summary>
    public static IResult Of(string format, int status, params IEnumerable<string> descriptions) => new Open311Document(
        "errors",
        new JsonArray([.. descriptions.Select(JsonNode? (description) => new JsonObject { ["code"] = status, ["description"] = description })])).In(format, status);

    /// <summary>400: something is missing or wrong.</summary>
    public static IResult Invalid(string format, params IEnumerable<string> descriptions) => Of(format, StatusCodes.Status400BadRequest, descriptions);

    /// <summary>404.</summary>
    public static IResult NotFound(string format, string what) => Of(format, StatusCodes.Status404NotFound, $"{what} was not found.");
}
