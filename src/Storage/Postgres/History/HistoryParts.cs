using Grid.Contracts.Storage;
using Grid.Storage.Codec;
using Grid.Storage.History;

namespace Grid.Storage.Postgres.History;

/// <summary>Points and roll-ups of one series, day by day, from the contents of rows and what is in memory. For one caller at a time.</summary>
internal sealed class HistoryParts(MetricTable metrics, IHistorySubjects subjects)
{
    private readonly PointCodec _pointCodec = new(metrics);
    private readonly RollUpCodec _rollUpCodec = new(metrics);
    private readonly List<RollUpPart> _parts = [];

    /// <summary>The points that were gathered last, in order.</summary>
    public PointList Points { get; } = new();

    /// <summary>Gathers the points of a day: the contents oldest first, then what is in memory.</summary>
    public PointList Gather(IEnumerable<byte[]> contents, MetricFilter? only, Action<PointList>? inMemory = null)
    {
        Points.Clear();
        foreach (var content in contents)
        {
            var reader = new ByteReader(content);
            _pointCodec.Read(ref reader, Points, only);
        }

        inMemory?.Invoke(Points);
        Points.Order();
        return Points;
    }

    /// <summary>The gathered points as the content of a row.</summary>
    public ReadOnlySpan<byte> Encode(ByteWriter writer)
    {
        writer.Clear();
        _pointCodec.Write(writer, Points);
        return writer.Written;
    }

    /// <summary>Roll-ups of gathered points of one metric.</summary>
    public List<RollUpPart> RollUpsOf(int day, string zone, HistoryResolution resolution, IndexCounting? index)
    {
        RollUp.Of(Points.Times, Points.Values, new BucketSpans(subjects, zone, resolution).SlotsOf(day), index, _parts);
        return _parts;
    }

    /// <summary>Roll-ups of all gathered metrics as the content of a row.</summary>
    public ReadOnlySpan<byte> EncodeRollUps(ByteWriter writer, int day, HistorySubject subject, HistoryResolution resolution)
    {
        var names = 0;
        for (var start = 0; start < Points.Count; start = Points.EndOf(start))
        {
            names++;
        }

        writer.Clear();
        RollUpCodec.Begin(writer, names);
        for (var start = 0; start < Points.Count;)
        {
            var end = Points.EndOf(start);
            var metric = Points.Metrics[start];
            IndexCounting? index = MetricTable.IsIndex(metrics.NameOf(metric)) ? new IndexCounting(subject.IndexMaximum) : null;
            RollUp.Of(Points.Times[start..end], Points.Values[start..end], new BucketSpans(subjects, subject.Zone, resolution).SlotsOf(day), index, _parts);
            _rollUpCodec.Write(writer, metric, _parts);
            start = end;
        }

        return writer.Written;
    }

    /// <summary>The roll-ups of one metric in the content of a row.</summary>
    public List<RollUpPart> ReadRollUps(byte[] content, MetricFilter metric)
    {
        var reader = new ByteReader(content);
        return _rollUpCodec.Read(ref reader, metric);
    }
}
