using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Grid.Client.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Grid.Client.Json;

/// <summary>Reads a JSON body with errors that name the field.</summary>
internal static class JsonBody
{
    private const string MediaType = "application/json";

    /// <summary>The value, or the answer that says what is wrong: 415, or 400 with the field.</summary>
    public static async ValueTask<(T? Value, IResult? Fault)> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type)
        where T : class
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var media) || !media.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase))
        {
            return (null, Problems.Of(StatusCodes.Status415UnsupportedMediaType, $"Send {MediaType}."));
        }

        try
        {
            var value = await JsonSerializer.DeserializeAsync(request.Body, type, request.HttpContext.RequestAborted);
            return value is null ? (null, Problems.Invalid("body", "is null")) : (value, null);
        }
        catch (JsonException fault)
        {
            var (field, reason) = ErrorOf(fault);
            return (null, Problems.Invalid(field, reason));
        }
    }

    /// <summary>What is wrong, by field; <c>body</c> for the whole.</summary>
    public static FieldError ErrorOf(JsonException fault) => new(FieldOf(fault.Path), ReasonOf(fault));

    /// <summary>From <c>$.position.lon</c> to <c>position.lon</c>.</summary>
    private static string FieldOf(string? path) => path is null or "$" or "" ? "body" : path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path.TrimStart('$');

    private static string ReasonOf(JsonException fault)
    {
        if (fault.InnerException is null && fault.Message.StartsWith("is ", StringComparison.Ordinal))
        {
            // Written by a converter of ours; the serializer adds the path after it.
            var end = fault.Message.IndexOf(" Path: ", StringComparison.Ordinal);
            return end < 0 ? fault.Message : fault.Message[..end];
        }

        if (fault.Message.Contains("missing required properties", StringComparison.Ordinal))
        {
            return "misses a required field: " + fault.Message[(fault.Message.LastIndexOf(": ", StringComparison.Ordinal) + 2)..].TrimEnd('.');
        }

        return fault.InnerException is null && fault.Message.Contains("could not be converted", StringComparison.Ordinal)
            ? "has another type than expected"
            : "is malformed JSON, or of another type than expected";
    }
}
