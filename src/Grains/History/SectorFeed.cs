using Grid.Contracts.Storage;

namespace Grid.Grains.History;

/// <summary>
/// Where history is with one sector, and what is kept in memory for it. Appends that were committed together may be offered in another order;
/// what was not kept leaves a gap, and is read from the log. Only <see cref="Offer"/> and <see cref="Wake"/> may be called beside the others,
/// which belong to the one that feeds history.
/// </summary>
internal sealed class SectorFeed(string sector)
{
    private const long NotKnown = -1;

    private readonly PriorityQueue<RecordedBatch, long> _held = new();
    private readonly Lock _gate = new();

    // Of callers that wait for history, each until its offset: few at a time.
    private readonly List<(long Offset, TaskCompletionSource Done)> _waiters = [];
    private long _taken = NotKnown;
    private long _newest;
    private long _behind;
    private bool _isInLine;

    public string Sector { get; } = sector;

    /// <summary>What is kept of how its entries came. Of the one that feeds history.</summary>
    public SectorCourse Course { get; } = new(sector);

    /// <summary>History has the sector up to here; null before it was asked, and after an answer of it was lost.</summary>
    public long? Taken => Volatile.Read(ref _taken) is var taken and not NotKnown ? taken : null;

    /// <summary>The newest offset that anyone spoke of.</summary>
    public long Newest => Volatile.Read(ref _newest);

    /// <summary>A batch is durable in the log, where history may have read it by now.</summary>
    public (bool IsNews, bool PutInLine) Offer(RecordedBatch batch, bool isKept)
    {
        lock (_gate)
        {
            var last = LastOf(batch);
            if (last <= _taken)
            {
                return default;
            }

            _newest = Math.Max(_newest, last);
            _behind += batch.Entries.Length;
            if (isKept)
            {
                _held.Enqueue(batch, batch.FirstOffset);
            }

            return (true, PutInLine());
        }
    }

    /// <summary>The log may hold entries up to an offset that nobody offers. True when the caller has to put this sector in line.</summary>
    public bool Wake(long head)
    {
        lock (_gate)
        {
            _newest = Math.Max(_newest, head);
            return _newest > _taken && PutInLine();
        }
    }

    /// <summary>The next batch in memory; null when the next one is not there. Those that history has already go with it.</summary>
    /// <param name="left">Entries that have left the memory.</param>
    public RecordedBatch? TakeHeld(out int left)
    {
        left = 0;
        lock (_gate)
        {
            while (_held.TryPeek(out var next, out _) && (next.PreviousOffset <= _taken || LastOf(next) <= _taken))
            {
                _held.Dequeue();
                left += next.Entries.Length;
                if (LastOf(next) > _taken)
                {
                    return next;
                }
            }
        }

        return null;
    }

    /// <summary>History has the sector up to an offset, with so many entries that it was given just now. Answers how many less are behind.</summary>
    public long Advance(long taken, int entries)
    {
        lock (_gate)
        {
            var before = _behind;
            _behind = taken >= _newest ? 0 : Math.Max(0, before - entries);
            Volatile.Write(ref _taken, taken);
            Release(taken);
            return before - _behind;
        }
    }

    /// <summary>Where history is with the sector has to be asked.</summary>
    public void Doubt()
    {
        lock (_gate)
        {
            _taken = NotKnown;
        }
    }

    /// <summary>Completes when history has taken what anyone has spoken of until now.</summary>
    public Task WhenTaken()
    {
        lock (_gate)
        {
            if (_taken >= _newest)
            {
                return Task.CompletedTask;
            }

            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((_newest, done));
            return done.Task;
        }
    }

    /// <summary>The log has nothing beyond its head, which history has: whoever said otherwise was wrong, unless it was said since.</summary>
    public void Settle(long head, long newestBefore)
    {
        lock (_gate)
        {
            if (_newest == newestBefore)
            {
                _newest = Math.Max(_taken, head);
                _behind = 0;
                Release(newestBefore);
            }
        }
    }

    /// <summary>True when there is more to do; if not, the sector is out of line.</summary>
    public bool StaysInLine()
    {
        lock (_gate)
        {
            return _isInLine = _taken < _newest;
        }
    }

    private void Release(long taken)
    {
        for (var place = _waiters.Count - 1; place >= 0; place--)
        {
            if (_waiters[place].Offset <= taken)
            {
                _waiters[place].Done.SetResult();
                _waiters.RemoveAt(place);
            }
        }
    }

    private bool PutInLine() => !_isInLine && (_isInLine = true);

    private static long LastOf(RecordedBatch batch) => batch.FirstOffset + batch.Entries.Length - 1;
}
