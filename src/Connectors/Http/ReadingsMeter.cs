using System.Diagnostics.Metrics;
using Grid.Contracts.Intake;

namespace Grid.Connectors.Http;

/// <summary>What came in through HTTP and what did not, on the meter <c>Grid.Gateway</c>.</summary>
public sealed class ReadingsMeter
{
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _refused;
    private readonly Histogram<long> _bodyBytes;

    /// <summary>Creates the instruments.</summary>
    public ReadingsMeter(IMeterFactory meters, BodyBudget budget)
    {
        var meter = meters.Create("Grid.Gateway");
        _accepted = meter.CreateCounter<long>("grid.gateway.readings.accepted", "{reading}", "Readings that are durable, duplicates included.");
        _rejected = meter.CreateCounter<long>("grid.gateway.readings.rejected", "{reading}", "Readings that were not taken, by field at fault.");
        _refused = meter.CreateCounter<long>("grid.gateway.bodies.refused", "{request}", "Bodies of readings refused as a whole, by reason.");
        _bodyBytes = meter.CreateHistogram(
            "grid.gateway.body.size",
            "By",
            "Size of bodies of readings, where the sender says it.",
            advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304] });
        meter.CreateObservableGauge("grid.gateway.bodies.bytes", () => budget.Bytes, "By", "Bytes of bodies in flight.");
    }

    internal void Took(int accepted, IReadOnlyList<Rejection> rejections, long? bodyBytes)
    {
        _accepted.Add(accepted);
        if (bodyBytes is { } bytes)
        {
            _bodyBytes.Record(bytes);
        }

        foreach (var group in rejections.GroupBy(static rejection => FieldClass(rejection.Field)))
        {
            _rejected.Add(group.Count(), new KeyValuePair<string, object?>("field", group.Key));
        }
    }

    internal void Refused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    // A metric's name comes from outside: as a tag it would be without bound.
    private static string FieldClass(string field) => field switch
    {
        "device" or "time" or "seq" or "session" or "reading" or "interval" => field,
        _ => field.StartsWith("metrics", StringComparison.Ordinal) ? "metrics" : field.StartsWith("deltas", StringComparison.Ordinal) ? "deltas" : "other",
    };
}
