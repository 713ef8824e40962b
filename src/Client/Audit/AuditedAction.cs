using Grid.Client.Authentication;
using Grid.Contracts.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Client.Audit;

/// <summary>Marks a route whose successes are written to the audit log.</summary>
/// <param name="Action">What it does, such as <c>device.put</c>.</param>
public sealed record AuditedAction(string Action);

/// <summary>One place that writes the audit log: after the change, and before the caller is told of it.</summary>
public static class Auditing
{
    private const int MaximumDetailLength = 2_000;

    /// <summary>Every success of the route is written as that action. Its handler calls <see cref="Audit"/>.</summary>
    public static RouteHandlerBuilder Audited(this RouteHandlerBuilder route, string action) => route
        .WithMetadata(new AuditedAction(action))
        .AddEndpointFilter(async (context, next) =>
        {
            var answer = await next(context);
            if (answer is IStatusCodeHttpResult { StatusCode: >= 400 })
            {
                return answer;
            }

            await WriteAsync(context.HttpContext, action);
            return answer;
        });

    /// <summary>The route writes a line as that action for each of its steps, by <see cref="AuditStepAsync"/>: for what may end halfway.</summary>
    public static RouteHandlerBuilder AuditedByStep(this RouteHandlerBuilder route, string action) => route.WithMetadata(new AuditedAction(action));

    /// <summary>Writes what a step of a route that is <see cref="AuditedByStep"/> has changed.</summary>
    public static Task AuditStepAsync(this HttpContext http, string target, string detail)
    {
        http.Audit(target, detail);
        return WriteAsync(http, http.GetEndpoint()?.Metadata.GetMetadata<AuditedAction>()?.Action ?? throw new InvalidOperationException($"{target} was changed by a route that is not audited."));
    }

    /// <summary>Says what was changed.</summary>
    /// <param name="http">The request.</param>
    /// <param name="target">What was changed, such as <c>device:L1</c>.</param>
    /// <param name="detail">The change, for people. Never a secret.</param>
    public static void Audit(this HttpContext http, string target, string detail) => http.Audit(target, [detail]);

    /// <summary>Says what was changed, a line for each change.</summary>
    /// <param name="http">The request.</param>
    /// <param name="target">What was changed, such as <c>commune:29019</c>.</param>
    /// <param name="details">The changes, for people; at least one. Never a secret.</param>
    public static void Audit(this HttpContext http, string target, IReadOnlyList<string> details) =>
        http.Features.Set(new AuditNote(target, [.. details.Select(detail => detail.Length > MaximumDetailLength ? detail[..MaximumDetailLength] : detail)]));

    private static async Task WriteAsync(HttpContext http, string action)
    {
        var note = http.Features.Get<AuditNote>()
            ?? throw new InvalidOperationException($"{action} succeeded without a note for the audit log.");
        var (now, log) = (http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(), http.RequestServices.GetRequiredService<IAuditLog>());
        foreach (var detail in note.Details)
        {
            // The change has happened: a caller that has left must not leave it unwritten.
            await log.AppendAsync(new AuditEntry(now, Actor.Of(http).Name, action, note.Target, detail), CancellationToken.None);
        }
    }

    private sealed record AuditNote(string Target, IReadOnlyList<string> Details);
}
