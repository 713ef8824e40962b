using Grid.Contracts.Notifications;
using Microsoft.AspNetCore.Http;

namespace Grid.Client.Errors;

/// <summary>The language of what an answer says to people: French when <c>Accept-Language</c> begins with <c>fr</c>, else English.</summary>
internal static class AnswerLanguage
{
    private static readonly BilingualText Refused = new("Un ou plusieurs champs sont refusés.", "One or more validation errors occurred.");

    /// <summary>True for a request that asks for French.</summary>
    public static bool IsFrench(HttpContext http) => http.Request.Headers.AcceptLanguage.ToString().StartsWith("fr", StringComparison.OrdinalIgnoreCase);

    /// <summary>400: fields are at fault, in the order they were found. The answer names its language.</summary>
    public static IResult Invalid(HttpContext http, params IEnumerable<(string Field, BilingualText Reason)> errors) => Results.ValidationProblem(
        errors.GroupBy(error => error.Field).ToDictionary(group => group.Key, group => group.Select(error => Say(http, error.Reason)).ToArray()),
        title: Say(http, Refused));

    /// <summary>404. The answer names its language.</summary>
    public static IResult NotFound(HttpContext http, BilingualText detail) => Problems.Of(StatusCodes.Status404NotFound, Say(http, detail));

    /// <summary>What is said, in the language of the request. The answer names it.</summary>
    public static string Say(HttpContext http, BilingualText text)
    {
        var isFrench = IsFrench(http);
        http.Response.Headers.ContentLanguage = isFrench ? "fr" : "en";
        return isFrench ? text.Fr : text.En;
    }
}
