using System.Diagnostics.CodeAnalysis;
using Grid.Client.Errors;
using Microsoft.AspNetCore.Http;

namespace Grid.Client.Commands;

/// <summary>The key under which a request is the same, however often it is sent.</summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    /// <summary>The key of a request, null when it has none; false when it is no good, with the answer that says so.</summary>
    public static bool TryRead(HttpRequest request, out string? key, [NotNullWhen(false)] out IResult? fault)
    {
        var keys = request.Headers[Header];
        key = keys.Count == 0 ? null : keys[0];
        fault = keys.Count > 1 || (keys.Count == 1 && !CommandBinding.IsIdempotencyKey(key ?? ""))
            ? Problems.Invalid(Header, "is not one value of 1 to 255 visible ASCII characters")
            : null;
        return fault is null;
    }
}
