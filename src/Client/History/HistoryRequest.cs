using System.Globalization;
using System.Text.Json;
using Grid.Client.Json;
using Grid.Client.Paging;

namespace Grid.Client.History;

/// <summary>Which part of a series is asked for, and how. Read from a query together with what is wrong with it.</summary>
internal sealed record HistoryRequest
{
    /// <summary>Points of an answer at most.</summary>
    public const int MaximumPoints = 10_000;

    private const string FirstInstant = "1970-01-01";
    private const string LastInstant = "2200-01-01";
    private static readonly TimeSpan DefaultRange = TimeSpan.FromDays(1);
    private static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset Latest = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    /// <summary>Null for raw readings.</summary>
    public HistoryStep? Step { get; init; }

    public HistoryFunction Function { get; init; }

    /// <summary>Raw readings of a page.</summary>
    public int Limit { get; init; } = MaximumPoints;

    /// <summary>The list that a cursor belongs to.</summary>
    public required string List { get; init; }

    /// <summary>Reads <c>from to step fn limit cursor</c>; faults are noted in the query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="series">What is asked, for cursors.</param>
    /// <param name="isIndex">True for an ever-growing index.</param>
    /// <param name="now">The end of a range that names none.</param>
    /// <param name="fallback">The step and the range that count when none is named; null for no step and a day.</param>
    public static HistoryRequest Read(QueryReader query, string series, bool isIndex, DateTimeOffset now, (HistoryStep Step, TimeSpan Range)? fallback = null)
    {
        var step = ReadStep(query) ?? fallback?.Step;
        var range = fallback?.Range ?? DefaultRange;
        var function = ReadFunction(query, step, isIndex);
        var (fromText, toText) = (query.Text("from"), query.Text("to"));
        var to = toText is null ? now : Instant(query, "to", toText) ?? now;
        var from = fromText is null ? to - range : Instant(query, "from", fromText) ?? to - range;
        var list = $"history?{series}&{fromText}&{toText}";
        var limit = MaximumPoints;
        if (step is null)
        {
            limit = query.Limit(MaximumPoints, MaximumPoints);
            if (query.After(list) is { } after)
            {
                (from, to) = Resume(after);
            }
        }

        if (from >= to)
        {
            query.Reject(fromText is null ? "to" : "from", "is not before to; a range goes from 'from' on to before 'to'");
        }
        else if (step is not null && (to - from) / step.Least > MaximumPoints)
        {
            query.Reject("step", string.Create(CultureInfo.InvariantCulture, $"makes more than {MaximumPoints} points of this range; take a longer step or a shorter range"));
        }

        return new() { From = from, To = to, Step = step, Function = function, Limit = limit, List = list };
    }

    /// <summary>The cursor of raw readings that go on at an instant, in the range that was first asked for.</summary>
    public string CursorAt(DateTimeOffset next) =>
        PageCursor.Encode(List, string.Create(CultureInfo.InvariantCulture, $"{next.ToUnixTimeMilliseconds()} {To.ToUnixTimeMilliseconds()}"));

    private static (DateTimeOffset From, DateTimeOffset To) Resume(string after)
    {
        var parts = after.Split(' ');
        return (Milliseconds(parts[0]), Milliseconds(parts[1]));
    }

    private static DateTimeOffset Milliseconds(string text) => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(text, CultureInfo.InvariantCulture));

    private static HistoryStep? ReadStep(QueryReader query)
    {
        if (query.Text("step") is not { } text)
        {
            return null;
        }

        if (HistoryStep.Parse(text) is { } step)
        {
            return step;
        }

        query.Reject("step", HistoryStep.Rule);
        return null;
    }

    private static HistoryFunction ReadFunction(QueryReader query, HistoryStep? step, bool isIndex)
    {
        var fallback = isIndex ? HistoryFunction.Delta : HistoryFunction.Avg;
        if (query.Text("fn") is not { } word)
        {
            return fallback;
        }

        if (!Words<HistoryFunction>.TryParse(word, out var function))
        {
            query.Reject("fn", $"is none of {Words<HistoryFunction>.All}");
            return fallback;
        }

        if (isIndex && function is HistoryFunction.Avg or HistoryFunction.Sum)
        {
            query.Reject("fn", $"means nothing for an index, which only grows; ask for delta, last, min, max or count");
        }
        else if (step is null && query.Text("step") is null)
        {
            query.Reject("fn", "needs a step; without one the readings are answered as they are");
        }

        return function;
    }

    private static DateTimeOffset? Instant(QueryReader query, string name, string text)
    {
        // The same form as in a body.
        if (!TryRead(text, out var instant))
        {
            query.Reject(name, "is no RFC 3339 instant, such as 2026-11-22T10:00:00.000Z (write + as %2B)");
            return null;
        }

        if (instant < Earliest || instant > Latest)
        {
            query.Reject(name, $"is not from {FirstInstant} to {LastInstant}");
            return null;
        }

        return DateTimeOffset.FromUnixTimeMilliseconds(instant.ToUnixTimeMilliseconds());
    }

    private static bool TryRead(string text, out DateTimeOffset instant)
    {
        instant = default;
        var reader = new Utf8JsonReader(JsonSerializer.SerializeToUtf8Bytes(text, GridJson.Default.String));
        reader.Read();
        return text.Contains('T', StringComparison.OrdinalIgnoreCase)
            && (text.EndsWith('Z') || text.EndsWith('z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.OrdinalIgnoreCase))
            && reader.TryGetDateTimeOffset(out instant);
    }
}
