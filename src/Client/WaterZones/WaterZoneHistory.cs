using Grid.Client.History;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Contracts.Zones;

namespace Grid.Client.WaterZones;

/// <summary>
/// Figures of a zone over the days that are over. What was recorded on a day is of the day before (<see cref="ZoneFigures"/>), so a day's value is the newest one of the day after it, from its
/// roll-up; and none where that is older than what is always recorded: then the figure was no longer known.
/// </summary>
internal sealed class WaterZoneHistory(IHistory history, IHistorySubjects subjects)
{
    private const string DefaultZone = "Europe/Paris";

    /// <summary>One value a step.</summary>
    /// <param name="scope">The zone's scope.</param>
    /// <param name="figure">The figure.</param>
    /// <param name="request">The range and its steps, of days at least.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<HistoryAnswer> ReadAsync(string scope, string figure, HistoryRequest request, CancellationToken cancellationToken)
    {
        var series = FigureCatalog.SeriesOf(scope);
        var zone = subjects.Find(series)?.Zone ?? DefaultZone;
        var clock = request.Step!.ClockFrom(request.From, zone, subjects);
        var (from, to) = (clock.Of(request.From).Start, clock.Of(request.To.AddMilliseconds(-1)).End);
        var query = new HistoryQuery { Series = series, Metric = figure, From = subjects.DayOf(zone, from).End, To = subjects.DayOf(zone, to).End };
        var known = (await NewestAsync(query with { Metric = ZoneFigures.Always }, cancellationToken)).Select(point => point.Time).ToHashSet();
        var steps = new Resampling(clock, request.Function, index: null, before: null, from, _ => false);
        foreach (var recorded in (await NewestAsync(query, cancellationToken)).Where(point => known.Contains(point.Time)))
        {
            var today = subjects.DayOf(zone, recorded.Time);
            steps.Add(recorded with { Time = subjects.DayOf(zone, today.Start.AddMilliseconds(-1)).Start });
        }

        return new HistoryAnswer(from, to, steps.Finish(), null, IsErased: false);
    }

    /// <summary>The newest value of each local day.</summary>
    private async Task<List<HistoryPoint>> NewestAsync(HistoryQuery query, CancellationToken cancellationToken)
    {
        var found = new List<HistoryPoint>();
        for (DateTimeOffset? from = query.From; from is { } start;)
        {
            var page = await history.ReadBucketsAsync(query with { From = start }, HistoryResolution.Day, cancellationToken);
            found.AddRange(page.Buckets.Select(bucket => bucket.Last));
            from = page.Next;
        }

        return found;
    }
}
