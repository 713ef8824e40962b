using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Grid.Client.Errors;
using Grid.Contracts.Notifications;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Grid.Client.Json;

/// <summary>Reads a JSON body with errors that name the field.</summary>
internal static class JsonBody
{
    private const string MediaType = "application/json";

    private static readonly BilingualText IsNull = new("est null", "is null");
    private static readonly BilingualText OtherType = new("est d’un autre type qu’attendu", "has another type than expected");
    private static readonly BilingualText Malformed = new("n’est pas du JSON bien formé", "is malformed JSON");

    /// <summary>The value, or the answer that says what is wrong: 415, or 400 with the field.</summary>
    public static async ValueTask<(T? Value, IResult? Fault)> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type)
        where T : class
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var media) || !media.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase))
        {
            return (null, AnswerLanguage.UnsupportedType(request.HttpContext, new($"Envoyez {MediaType}.", $"Send {MediaType}.")));
        }

        try
        {
            var value = await JsonSerializer.DeserializeAsync(request.Body, type, request.HttpContext.RequestAborted);
            return value is null ? (null, AnswerLanguage.Invalid(request.HttpContext, ("body", IsNull))) : (value, null);
        }
        catch (JsonException fault)
        {
            return (null, AnswerLanguage.Invalid(request.HttpContext, (FieldOf(fault), ReasonOf(fault))));
        }
    }

    /// <summary>What is wrong, by field, in English; <c>body</c> for the whole.</summary>
    public static FieldError ErrorOf(JsonException fault) => new(FieldOf(fault), ReasonOf(fault).En);

    /// <summary>The text itself cannot be read; else a value in it.</summary>
    private static bool IsMalformed(JsonException fault) => fault.InnerException is JsonException;

    /// <summary>From <c>$.position.lon</c> to <c>position.lon</c>; what cannot be read is no field.</summary>
    private static string FieldOf(JsonException fault) =>
        IsMalformed(fault) || fault.Path is null or "$" or "" ? "body" : fault.Path.StartsWith("$.", StringComparison.Ordinal) ? fault.Path[2..] : fault.Path.TrimStart('$');

    private static BilingualText ReasonOf(JsonException fault)
    {
        if (fault is BilingualJsonException ours)
        {
            return ours.Reason;
        }

        if (fault.Message.Contains("missing required properties", StringComparison.Ordinal))
        {
            var fields = fault.Message[(fault.Message.LastIndexOf(": ", StringComparison.Ordinal) + 2)..].TrimEnd('.');
            return new($"n’a pas le champ obligatoire : {fields}", $"misses a required field: {fields}");
        }

        return IsMalformed(fault) ? Malformed : OtherType;
    }
}
