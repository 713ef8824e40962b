using Grid.Storage.Codec;

namespace Grid.Storage.History;

/// <summary>Takes the series of a run in order and gives out its blocks as they are full.</summary>
/// <param name="period">The file's period.</param>
/// <param name="run">The run's number.</param>
/// <param name="level">The run's level.</param>
/// <param name="blockBytes">Bytes of a block before compression.</param>
/// <param name="compress">True for what is read more often than it is merged.</param>
/// <param name="emit">Takes a block: its number, and its bytes until it returns.</param>
internal sealed class RunWriter(HistoryPeriod period, int run, int level, int blockBytes, bool compress, RunWriter.Emit emit) : IDisposable
{
    private readonly ByteWriter _heads = new(4096);
    private readonly ByteWriter _bodies = new(blockBytes);
    private readonly ByteWriter _content = new(blockBytes);
    private readonly ByteWriter _stored = new(blockBytes);
    private readonly List<int> _first = [];
    private readonly List<int> _last = [];
    private readonly List<uint> _checksums = [];
    private readonly int[] _firstDays = [-1, -1, -1, -1, -1, -1, -1];
    private int _inBlock;
    private int _former;
    private long _series;
    private long _points;
    private long _bytes;

    public delegate void Emit(int block, ReadOnlySpan<byte> stored);

    /// <summary>Blocks so far.</summary>
    public int Blocks => _first.Count;

    /// <summary>Adds a series: a greater number than the one before.</summary>
    public void Add(int series, int kind, int firstDay, long points, ReadOnlySpan<byte> fragments)
    {
        if (_inBlock == 0)
        {
            _first.Add(series);
            _former = 0;
        }

        _heads.Varint((ulong)(series - _former));
        _heads.Varint((ulong)fragments.Length);
        _bodies.Bytes(fragments);
        _former = series;
        _inBlock++;
        _series++;
        _points += points;
        _firstDays[kind] = _firstDays[kind] < 0 ? firstDay : Math.Min(_firstDays[kind], firstDay);
        if (_heads.Length + _bodies.Length >= blockBytes)
        {
            EndBlock();
        }
    }

    /// <summary>Ends the run: what it is, and its directory as stored.</summary>
    public (RunInfo Run, byte[] Directory) Complete()
    {
        if (_inBlock > 0)
        {
            EndBlock();
        }

        _content.Clear();
        new RunDirectory([.. _first], [.. _last], [.. _checksums]).Write(_content);
        var checksum = Checksum.Of(_content.Written, RunFormat.SeedOf(period, run, -1));
        _content.Fixed32(checksum);
        var info = new RunInfo
        {
            Id = run,
            Level = level,
            Blocks = _first.Count,
            Series = _series,
            Points = _points,
            Bytes = _bytes,
            LastSeries = _last.Count == 0 ? 0 : _last[^1],
            Directory = checksum,
            FirstDays = [.. _firstDays],
        };
        return (info, _content.Written.ToArray());
    }

    public void Dispose()
    {
        _heads.Dispose();
        _bodies.Dispose();
        _content.Dispose();
        _stored.Dispose();
    }

    private void EndBlock()
    {
        _content.Clear();
        _content.Varint((ulong)_inBlock);
        _content.Bytes(_heads.Written);
        _content.Bytes(_bodies.Written);
        var block = _first.Count - 1;
        _checksums.Add(RunFormat.Pack(_stored, _content.Written, compress, RunFormat.SeedOf(period, run, block)));
        _last.Add(_former);
        _bytes += _stored.Length;
        emit(block, _stored.Written);
        _heads.Clear();
        _bodies.Clear();
        _inBlock = 0;
    }
}

/// <summary>The series of a block, in order.</summary>
internal sealed class BlockReader
{
    private readonly byte[] _content;
    private readonly int[] _series;
    private readonly int[] _ends;
    private readonly int _start;

    /// <exception cref="CodecException">Not what was written.</exception>
    public BlockReader(byte[] content)
    {
        _content = content;
        var reader = new ByteReader(content);
        var count = reader.Count();
        _series = new int[count];
        _ends = new int[count];
        var (series, end) = (0, 0L);
        for (var index = 0; index < count; index++)
        {
            series += (int)reader.Varint();
            end += (long)reader.Varint();
            if (end > content.Length)
            {
                throw reader.Wrong("a series is longer than its block");
            }

            (_series[index], _ends[index]) = (series, (int)end);
        }

        _start = reader.Position;
        if (reader.Remaining != end)
        {
            throw reader.Wrong($"a block has {reader.Remaining} bytes of series instead of {end}");
        }
    }

    public int Count => _series.Length;

    public int SeriesAt(int place) => _series[place];

    public ReadOnlySpan<byte> FragmentsAt(int place)
    {
        var start = place == 0 ? 0 : _ends[place - 1];
        return _content.AsSpan(_start + start, _ends[place] - start);
    }

    /// <summary>The fragments of a series, empty when it is not in the block.</summary>
    public ReadOnlySpan<byte> Find(int series)
    {
        var place = Array.BinarySearch(_series, series);
        return place < 0 ? default : FragmentsAt(place);
    }
}
