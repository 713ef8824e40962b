using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Grid.Client.Errors;

/// <summary>The one shape of errors: <c>application/problem+json</c>, with <c>errors</c> by field where a field is at fault.</summary>
public static class Problems
{
    /// <summary>A status with a sentence for people.</summary>
    public static IResult Of(int status, string detail) => Results.Problem(detail, statusCode: status);

    /// <summary>400: one field is at fault.</summary>
    public static IResult Invalid(string field, string reason) => Invalid(new Dictionary<string, string[]> { [field] = [reason] });

    /// <summary>400: fields are at fault.</summary>
    public static IResult Invalid(IDictionary<string, string[]> errors) => Results.ValidationProblem(errors);

    /// <summary>400: fields are at fault, in the order they were found.</summary>
    public static IResult Invalid(IEnumerable<FieldError> errors) =>
        Invalid(errors.GroupBy(error => error.Field).ToDictionary(group => group.Key, group => group.Select(error => error.Reason).ToArray()));

    /// <summary>404.</summary>
    public static IResult NotFound(string what) => Of(StatusCodes.Status404NotFound, $"There is no {what}.");

    /// <summary>409.</summary>
    public static IResult Conflict(string detail) => Of(StatusCodes.Status409Conflict, detail);

    /// <summary>503 with <c>Retry-After</c>.</summary>
    public static IResult Unavailable(HttpContext http, TimeSpan retryAfter, string detail)
    {
        http.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return Of(StatusCodes.Status503ServiceUnavailable, detail);
    }
}

/// <summary>A field of the input, and what is wrong with it.</summary>
public readonly record struct FieldError(string Field, string Reason);
