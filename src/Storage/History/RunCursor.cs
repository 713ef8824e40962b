using Grid.Storage.Codec;

namespace Grid.Storage.History;

/// <summary>Goes through the series of a run, in order, holding one block. For the one thread that changes runs.</summary>
internal sealed class RunCursor(HistoryFile file, HistorySession session, RunInfo run)
{
    private readonly RunDirectory _directory = file.ReadDirectory(session.Session, run);
    private BlockReader? _block;
    private int _nextBlock;
    private int _place;

    public RunInfo Run => run;

    /// <summary>The series that it is at.</summary>
    public int Series => _block!.SeriesAt(_place);

    public ReadOnlySpan<byte> Fragments => _block!.FragmentsAt(_place);

    /// <summary>Moves to the next series; false at the end.</summary>
    public bool Next()
    {
        _place++;
        while (_block is null || _place >= _block.Count)
        {
            if (_nextBlock == run.Blocks)
            {
                return false;
            }

            _block = file.ReadBlock(session.Session, run, _directory, _nextBlock++);
            _place = 0;
        }

        return true;
    }
}

/// <summary>Goes through the series of several runs together: of each, what the oldest run has of it first.</summary>
internal sealed class RunMerge : IDisposable
{
    private readonly PriorityQueue<RunCursor, (int Series, int Age)> _queue = new();
    private readonly Dictionary<RunCursor, int> _ages = [];
    private readonly ByteWriter _fragments = new(4096);

    public RunMerge(IEnumerable<RunCursor> oldestFirst)
    {
        foreach (var cursor in oldestFirst)
        {
            _ages[cursor] = _ages.Count;
            Enqueue(cursor);
        }
    }

    /// <summary>The series that it is at.</summary>
    public int Series { get; private set; }

    /// <summary>All fragments of it.</summary>
    public ReadOnlySpan<byte> Fragments => _fragments.Written;

    public bool Next()
    {
        if (!_queue.TryPeek(out var first, out _))
        {
            return false;
        }

        Series = first.Series;
        _fragments.Clear();
        while (_queue.TryPeek(out var cursor, out _) && cursor.Series == Series)
        {
            _queue.Dequeue();
            _fragments.Bytes(cursor.Fragments);
            Enqueue(cursor);
        }

        return true;
    }

    public void Dispose() => _fragments.Dispose();

    private void Enqueue(RunCursor cursor)
    {
        if (cursor.Next())
        {
            _queue.Enqueue(cursor, (cursor.Series, _ages[cursor]));
        }
    }
}

/// <summary>A run that is being written beside those that are there: nothing sees it before it is put in the list of runs.</summary>
internal sealed class RunOutput : IDisposable
{
    private const int MaximumWaiting = 4 * 1024 * 1024;
    private readonly HistoryFile _file;
    private readonly HistorySession _session;
    private readonly int _run;
    private readonly List<(int Block, byte[] Stored)> _waiting = [];
    private long _waitingBytes;

    public RunOutput(HistoryFile file, HistorySessions sessions, int level, int blockBytes, bool compress)
    {
        _file = file;
        _session = sessions.Rent(file);
        lock (file.Gate)
        {
            _session.Transact(file.LoadRoot);
            _run = file.TakeRun();
        }

        Writer = new RunWriter(file.Period, _run, level, blockBytes, compress, Take);
    }

    public RunWriter Writer { get; }

    /// <summary>Writes what is left and puts the list of runs that is made of the one of now and the new run, null when it is empty.</summary>
    public void Complete(Func<HistoryRoot, RunInfo?, HistoryRoot> change, IEnumerable<RunInfo> gone)
    {
        var (info, directory) = Writer.Complete();
        WriteWaiting();
        lock (_file.Gate)
        {
            var root = _session.Transact(connection =>
            {
                if (info.Blocks > 0)
                {
                    HistoryFile.WriteDirectory(connection, _run, directory);
                }

                foreach (var run in gone)
                {
                    HistoryFile.DeleteRun(connection, run.Id);
                }

                return _file.WriteRoot(connection, change(_file.LoadRoot(connection), info.Blocks > 0 ? info : null));
            });
            _file.Committed(root);
            _session.Shrink();
            _session.Truncate();
        }
    }

    /// <summary>Forgets the run.</summary>
    public void Abandon()
    {
        _waiting.Clear();
        lock (_file.Gate)
        {
            _session.Transact(connection =>
            {
                HistoryFile.DeleteRun(connection, _run);
                return true;
            });
        }
    }

    public void Dispose()
    {
        Writer.Dispose();
        _session.Dispose();
    }

    private void Take(int block, ReadOnlySpan<byte> stored)
    {
        _waiting.Add((block, stored.ToArray()));
        _waitingBytes += stored.Length;
        if (_waitingBytes >= MaximumWaiting)
        {
            WriteWaiting();
        }
    }

    private void WriteWaiting()
    {
        lock (_file.Gate)
        {
            _session.Transact(connection =>
            {
                foreach (var (block, stored) in _waiting)
                {
                    HistoryFile.WriteBlock(connection, _run, block, stored);
                }

                return true;
            });
            _session.Checkpoint();
        }

        _waiting.Clear();
        _waitingBytes = 0;
    }
}
