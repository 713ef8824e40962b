using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Interventions;
using Microsoft.AspNetCore.Http;

namespace Grid.Client.Open311;

/// <summary>Which requests are asked for.</summary>
/// <param name="Ids">These; empty for a period.</param>
/// <param name="From">Opened from this instant on.</param>
/// <param name="To">Opened until this instant, included.</param>
/// <param name="Services">Only of these services; empty for all.</param>
/// <param name="IsOpen">Only those that are open, or that are closed; null for both.</param>
internal sealed record RequestQuery(ImmutableArray<string> Ids, DateTimeOffset From, DateTimeOffset To, ImmutableArray<string> Services, bool? IsOpen)
{
    /// <summary>Requests of a list.</summary>
    public const int MaximumRequests = 1_000;

    /// <summary>The longest period, and that of who says none.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    private const int MaximumIds = 100;

    /// <summary>The query; null when there are errors. Unknown parameters are let be, as the specification wants.</summary>
    public static RequestQuery? Read(IQueryCollection query, DateTimeOffset now, List<string> errors)
    {
        var ids = ListIn(query, "service_request_id");
        if (ids.Length > MaximumIds)
        {
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"service_request_id has more than {MaximumIds} values."));
        }

        var (start, end) = (InstantIn(query, "start_date", errors), InstantIn(query, "end_date", errors));
        var to = end ?? (start is { } from ? Earlier(from + Longest, now) : now);
        var since = start ?? to - Longest;
        if (since > to || to - since > Longest)
        {
            errors.Add("start_date is not before end_date by at most 90 days.");
        }

        var status = ListIn(query, "status");
        if (status.Any(word => word is not ("open" or "closed")))
        {
            errors.Add("status is none of open and closed.");
        }

        bool? isOpen = status.Distinct(StringComparer.Ordinal).Count() == 1 ? status[0] == "open" : null;
        return errors.Count == 0 ? new(ids, since, to, ListIn(query, "service_code"), isOpen) : null;
    }

    /// <summary>True for a citizen's request that is asked for.</summary>
    public bool Matches(WorkOrder order) =>
        order.Request is { Origin: WorkOrderOrigin.Citizen, Report: { } report }
        && (IsOpen is null || IsOpen != order.IsEnded)
        && (Services.IsEmpty || Services.Contains(report.Service));

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static ImmutableArray<string> ListIn(IQueryCollection query, string name) =>
        [.. query[name].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    private static DateTimeOffset? InstantIn(IQueryCollection query, string name, List<string> errors)
    {
        if (query[name].ToString() is not { Length: > 0 } text)
        {
            return null;
        }

        // A plus sign in an address is a space to who decodes it.
        if (DateTimeOffset.TryParse(text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)
            && instant.Year is > 1970 and < 2200)
        {
            return instant;
        }

        errors.Add($"{name} is no instant such as 2026-11-22T10:00:00Z.");
        return null;
    }
}
