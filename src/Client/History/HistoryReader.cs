using Grid.Contracts.Storage;

namespace Grid.Client.History;

/// <summary>Values of a series as they are answered.</summary>
/// <param name="From">From this instant on.</param>
/// <param name="To">Before this instant.</param>
/// <param name="Points">Oldest first.</param>
/// <param name="Next">Where raw readings go on; null at the end.</param>
/// <param name="IsErased">True when a part of the range was erased.</param>
internal sealed record HistoryAnswer(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<HistoryPoint> Points, DateTimeOffset? Next, bool IsErased);

/// <summary>Reads series: raw readings by pages, or steps from the coarsest roll-ups that make them up.</summary>
internal sealed class HistoryReader(IHistory history, IHistorySubjects subjects)
{
    /// <summary>Readings or roll-ups that are read for one answer, at most.</summary>
    public const int MaximumRead = 1_000_000;

    private const int PageSize = 50_000;
    private const string DefaultZone = "Europe/Paris";

    // How far back a change counts from the newest reading before the range: first nearby, then by days.
    private static readonly TimeSpan Nearby = TimeSpan.FromDays(1);
    private static readonly TimeSpan FarBack = TimeSpan.FromDays(35);

    /// <summary>The zone of a series' local days.</summary>
    public string ZoneOf(string series) => subjects.Find(series)?.Zone ?? DefaultZone;

    /// <summary>Null when more would have to be read than one answer may.</summary>
    public async Task<HistoryAnswer?> ReadAsync(string series, string metric, bool isIndex, HistoryRequest request, CancellationToken cancellationToken)
    {
        var query = new HistoryQuery { Series = series, Metric = metric, From = request.From, To = request.To, Limit = request.Limit };
        if (request.Step is not { } step)
        {
            var raw = await history.ReadPointsAsync(query, cancellationToken);
            return new(request.From, request.To, raw.Points, raw.Next, raw.IsErased);
        }

        var clock = step.ClockFrom(request.From, ZoneOf(series), subjects);
        query = query with { From = clock.Of(request.From).Start, To = clock.Of(request.To.AddMilliseconds(-1)).End, Limit = PageSize };
        IndexCounting? index = isIndex ? new IndexCounting(subjects.Find(series)?.IndexMaximum ?? 0) : null;
        var before = request.Function == HistoryFunction.Delta ? await BeforeAsync(query, step.Resolution, cancellationToken) : null;
        var steps = new Resampling(clock, request.Function, index, before, query.From, instant => subjects.StandsForDay(series, instant));
        var isErased = step.Resolution == HistoryResolution.Raw
            ? await AddPointsAsync(query, steps, cancellationToken)
            : await AddBucketsAsync(query, step.Resolution, steps, cancellationToken);
        if (isErased is not { } erased)
        {
            return null;
        }

        var end = index is not null && request.Function == HistoryFunction.Delta ? await AtAsync(query, step.Resolution, cancellationToken) : null;
        return new(query.From, query.To, steps.Finish(end), null, erased);
    }

    /// <summary>Adds a range's raw points; says whether something of it was erased, or null when there are too many.</summary>
    private async Task<bool?> AddPointsAsync(HistoryQuery query, Resampling steps, CancellationToken cancellationToken)
    {
        var (read, isErased) = (0, false);
        while (true)
        {
            var page = await history.ReadPointsAsync(query, cancellationToken);
            foreach (var point in page.Points)
            {
                steps.Add(point);
            }

            isErased |= page.IsErased;
            if (page.Next is not { } next)
            {
                return isErased;
            }

            if ((read += page.Points.Length) >= MaximumRead)
            {
                return null;
            }

            query = query with { From = next };
        }
    }

    private async Task<bool?> AddBucketsAsync(HistoryQuery query, HistoryResolution resolution, Resampling steps, CancellationToken cancellationToken)
    {
        var (read, isErased) = (0, false);
        while (true)
        {
            var page = await history.ReadBucketsAsync(query, resolution, cancellationToken);
            foreach (var bucket in page.Buckets)
            {
                steps.Add(bucket);
            }

            isErased |= page.IsErased;
            if (page.Next is not { } next)
            {
                return isErased;
            }

            if ((read += page.Buckets.Length) >= MaximumRead)
            {
                return null;
            }

            query = query with { From = next };
        }
    }

    /// <summary>The newest reading before a range, within <see cref="FarBack"/>.</summary>
    private async Task<HistoryPoint?> BeforeAsync(HistoryQuery query, HistoryResolution resolution, CancellationToken cancellationToken)
    {
        if (resolution != HistoryResolution.Day)
        {
            var near = await NewestAsync(query with { From = query.From - Nearby, To = query.From }, HistoryResolution.QuarterHour, cancellationToken);
            if (near is not null)
            {
                return near;
            }
        }

        return await NewestAsync(query with { From = query.From - FarBack, To = query.From }, HistoryResolution.Day, cancellationToken);
    }

    /// <summary>The reading of the very end of a range.</summary>
    private async Task<HistoryPoint?> AtAsync(HistoryQuery query, HistoryResolution resolution, CancellationToken cancellationToken)
    {
        var at = query with { From = query.To, To = query.To.AddMilliseconds(1), Limit = 1 };
        HistoryPoint[] found = resolution == HistoryResolution.Raw
            ? [.. (await history.ReadPointsAsync(at, cancellationToken)).Points]
            : [.. (await history.ReadBucketsAsync(at, resolution, cancellationToken)).Buckets.Select(bucket => bucket.First)];
        return found.Length > 0 && found[0].Time == query.To ? found[0] : null;
    }

    private async Task<HistoryPoint?> NewestAsync(HistoryQuery query, HistoryResolution resolution, CancellationToken cancellationToken)
    {
        var buckets = (await history.ReadBucketsAsync(query, resolution, cancellationToken)).Buckets;
        for (var place = buckets.Length - 1; place >= 0; place--)
        {
            // A day in which the range begins holds readings of the range.
            if (buckets[place].Last.Time < query.To)
            {
                return buckets[place].Last;
            }
        }

        return null;
    }
}
