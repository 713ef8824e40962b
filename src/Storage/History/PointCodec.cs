using Grid.Storage.Codec;

namespace Grid.Storage.History;

/// <summary>
/// The points of a series on a day as bytes. The metrics share one column of times, each with the rows that it has when those are not all.
/// <code>
/// version, rows, unit of times (0 milliseconds, 1 seconds), times, metrics, then for each: name, 0 or 1 and a bitmap of rows, column
/// </code>
/// One for each thread.
/// </summary>
internal sealed class PointCodec(MetricTable metrics)
{
    private const byte Version = 1;
    private readonly NumberColumn _numbers = new();
    private int[] _rows = new int[128];
    private long[] _times = new long[128];
    private double[] _values = new double[128];

    /// <summary>Writes points that are in order, at least one.</summary>
    public void Write(ByteWriter writer, PointList points)
    {
        var rows = RowsOf(points);
        writer.Byte(Version);
        writer.Varint((ulong)rows);
        WriteTimes(writer, rows);
        var names = 0;
        for (var start = 0; start < points.Count; start = points.EndOf(start))
        {
            names++;
        }

        writer.Varint((ulong)names);
        for (var start = 0; start < points.Count;)
        {
            var end = points.EndOf(start);
            metrics.Write(writer, points.Metrics[start]);
            WriteBitmap(writer, points.Times[start..end], rows);
            _numbers.Write(writer, points.Values[start..end]);
            start = end;
        }
    }

    /// <summary>Adds the points of one metric, or of all, to a list.</summary>
    public void Read(ref ByteReader reader, PointList points, MetricFilter? only = null)
    {
        if (reader.Byte() is var version && version != Version)
        {
            throw reader.Wrong($"points have the unknown form {version}");
        }

        var rows = reader.Varint();
        if (rows is 0 or > 86_400_000)
        {
            throw reader.Wrong($"{rows} rows cannot be");
        }

        var count = (int)rows;
        ReadTimes(ref reader, count);
        var names = reader.Count();
        for (var name = 0; name < names; name++)
        {
            var metric = only is { } wanted ? metrics.Read(ref reader, wanted) : metrics.Read(ref reader);
            var bitmap = reader.Byte() switch
            {
                0 => default,
                1 => reader.Bytes((count + 7) / 8),
                var other => throw reader.Wrong($"a bitmap has the unknown form {other}"),
            };
            var present = bitmap.IsEmpty ? count : Present(bitmap);
            if (present > count)
            {
                throw reader.Wrong("a bitmap has more rows than there are");
            }

            Room(ref _values, present);
            var values = _values.AsSpan(0, present);
            NumberColumn.Read(ref reader, values);
            if (metric is { } number)
            {
                Add(points, number, count, bitmap, values);
            }
        }
    }

    private void Add(PointList points, ushort metric, int rows, ReadOnlySpan<byte> bitmap, ReadOnlySpan<double> values)
    {
        var next = 0;
        for (var row = 0; row < rows; row++)
        {
            if (bitmap.IsEmpty || (bitmap[row >> 3] & (1 << (row & 7))) != 0)
            {
                points.Add(metric, _rows[row], values[next++]);
            }
        }
    }

    private static int Present(ReadOnlySpan<byte> bitmap)
    {
        var present = 0;
        foreach (var part in bitmap)
        {
            present += System.Numerics.BitOperations.PopCount(part);
        }

        return present;
    }

    /// <summary>The instants at which any metric has a point, in order.</summary>
    private int RowsOf(PointList points)
    {
        var times = points.Times;
        var first = points.EndOf(0);
        Room(ref _rows, points.Count);
        var isShared = true;
        for (var start = first; start < points.Count && isShared; start = points.EndOf(start))
        {
            isShared = times[start..points.EndOf(start)].SequenceEqual(times[..first]);
        }

        if (isShared)
        {
            times[..first].CopyTo(_rows);
            return first;
        }

        times.CopyTo(_rows);
        Array.Sort(_rows, 0, points.Count);
        var rows = 1;
        for (var index = 1; index < points.Count; index++)
        {
            if (_rows[index] != _rows[rows - 1])
            {
                _rows[rows++] = _rows[index];
            }
        }

        return rows;
    }

    private void WriteBitmap(ByteWriter writer, ReadOnlySpan<int> times, int rows)
    {
        if (times.Length == rows)
        {
            writer.Byte(0);
            return;
        }

        writer.Byte(1);
        var bitmap = writer.Reserve((rows + 7) / 8);
        bitmap.Clear();
        var next = 0;
        for (var row = 0; row < rows && next < times.Length; row++)
        {
            if (_rows[row] == times[next])
            {
                bitmap[row >> 3] |= (byte)(1 << (row & 7));
                next++;
            }
        }
    }

    private void WriteTimes(ByteWriter writer, int rows)
    {
        var isSeconds = true;
        for (var row = 0; row < rows && isSeconds; row++)
        {
            isSeconds = _rows[row] % 1000 == 0;
        }

        Room(ref _times, rows);
        for (var row = 0; row < rows; row++)
        {
            _times[row] = isSeconds ? _rows[row] / 1000 : _rows[row];
        }

        writer.Byte(isSeconds ? (byte)1 : (byte)0);
        _numbers.WriteIntegers(writer, _times.AsSpan(0, rows));
    }

    private void ReadTimes(ref ByteReader reader, int rows)
    {
        var unit = reader.Byte() switch
        {
            0 => 1,
            1 => 1000,
            var other => throw reader.Wrong($"times have the unknown unit {other}"),
        };

        // A time that is not the same as the one before takes a byte: a count of rows cannot ask for memory that is not there.
        if (rows > reader.Remaining + 1)
        {
            throw reader.Wrong($"{rows} rows are more than what is left");
        }

        Room(ref _values, rows);
        Room(ref _rows, rows);
        NumberColumn.Read(ref reader, _values.AsSpan(0, rows));
        var former = -1;
        for (var row = 0; row < rows; row++)
        {
            var time = _values[row] * unit;
            if (!(time > former && time < 86_400_000))
            {
                throw reader.Wrong($"row {row} has the time {time}");
            }

            former = _rows[row] = (int)time;
        }
    }

    private static void Room<T>(ref T[] array, int count)
    {
        if (array.Length < count)
        {
            array = new T[Math.Max(count, array.Length * 2)];
        }
    }
}
