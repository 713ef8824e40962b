using Grid.Storage.Codec;

namespace Grid.Storage.History;

/// <summary>
/// The roll-ups of a series on a day (UTC) as bytes.
/// <code>
/// version, metrics, then for each: name, parts, 1 when each has a single point, slots, times of the first, their values,
/// and unless single: counts, times of the last, values of the last, minima, maxima, sums, what was consumed
/// </code>
/// One for each thread.
/// </summary>
internal sealed class RollUpCodec(MetricTable metrics)
{
    private const byte Version = 1;
    private const int MaximumParts = 96;
    private readonly NumberColumn _numbers = new();
    private readonly double[] _column = new double[MaximumParts];

    /// <summary>Begins the roll-ups of a series.</summary>
    public static void Begin(ByteWriter writer, int names)
    {
        writer.Byte(Version);
        writer.Varint((ulong)names);
    }

    /// <summary>Writes those of one metric: at most 96.</summary>
    public void Write(ByteWriter writer, ushort metric, List<RollUpPart> parts)
    {
        metrics.Write(writer, metric);
        writer.Varint((ulong)parts.Count);
        var isSingle = parts.TrueForAll(part => part.Count == 1);
        writer.Byte(isSingle ? (byte)1 : (byte)0);
        Column(writer, parts, part => part.Slot);
        Column(writer, parts, part => part.FirstTime);
        Column(writer, parts, part => part.First);
        if (!isSingle)
        {
            Column(writer, parts, part => part.Count);
            Column(writer, parts, part => part.LastTime);
            Column(writer, parts, part => part.Last);
            Column(writer, parts, part => part.Minimum);
            Column(writer, parts, part => part.Maximum);
            Column(writer, parts, part => part.Sum);
            Column(writer, parts, part => part.Consumed);
        }
    }

    /// <summary>The roll-ups of one metric; empty when it has none.</summary>
    public List<RollUpPart> Read(ref ByteReader reader, MetricFilter wanted)
    {
        if (reader.Byte() is var version && version != Version)
        {
            throw reader.Wrong($"roll-ups have the unknown form {version}");
        }

        var found = new List<RollUpPart>();
        var names = reader.Count();
        for (var name = 0; name < names; name++)
        {
            var metric = metrics.Read(ref reader, wanted);
            var parts = ReadMetric(ref reader);
            if (metric is not null)
            {
                found.AddRange(parts);
            }
        }

        return found;
    }

    private static RollUpPart[] ReadMetric(ref ByteReader reader)
    {
        var count = reader.Varint();
        if (count is 0 or > MaximumParts)
        {
            throw reader.Wrong($"{count} roll-ups cannot be");
        }

        var isSingle = reader.Byte() != 0;
        var parts = new RollUpPart[count];
        Span<double> column = stackalloc double[MaximumParts];
        column = column[..parts.Length];
        NumberColumn.Read(ref reader, column);
        Each(parts, column, static (ref RollUpPart part, double value) => part.Slot = (int)value);
        NumberColumn.Read(ref reader, column);
        Each(parts, column, static (ref RollUpPart part, double value) => part.LastTime = part.FirstTime = (int)value);
        NumberColumn.Read(ref reader, column);
        Each(parts, column, static (ref RollUpPart part, double value) => (part.Count, part.Minimum, part.Maximum, part.Sum, part.First, part.Last) = (1, value, value, value, value, value));
        if (!isSingle)
        {
            NumberColumn.Read(ref reader, column);
            Each(parts, column, static (ref RollUpPart part, double value) => part.Count = (long)value);
            NumberColumn.Read(ref reader, column);
            Each(parts, column, static (ref RollUpPart part, double value) => part.LastTime = (int)value);
            NumberColumn.Read(ref reader, column);
            Each(parts, column, static (ref RollUpPart part, double value) => part.Last = value);
            NumberColumn.Read(ref reader, column);
            Each(parts, column, static (ref RollUpPart part, double value) => part.Minimum = value);
            NumberColumn.Read(ref reader, column);
            Each(parts, column, static (ref RollUpPart part, double value) => part.Maximum = value);
            NumberColumn.Read(ref reader, column);
            Each(parts, column, static (ref RollUpPart part, double value) => part.Sum = value);
            NumberColumn.Read(ref reader, column);
            Each(parts, column, static (ref RollUpPart part, double value) => part.Consumed = value);
        }

        return parts;
    }

    private delegate void Setter(ref RollUpPart part, double value);

    private static void Each(RollUpPart[] parts, ReadOnlySpan<double> column, Setter set)
    {
        for (var index = 0; index < parts.Length; index++)
        {
            set(ref parts[index], column[index]);
        }
    }

    private void Column(ByteWriter writer, List<RollUpPart> parts, Func<RollUpPart, double> value)
    {
        for (var index = 0; index < parts.Count; index++)
        {
            _column[index] = value(parts[index]);
        }

        _numbers.Write(writer, _column.AsSpan(0, parts.Count));
    }
}
