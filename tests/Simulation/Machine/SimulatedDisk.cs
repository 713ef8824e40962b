using Grid.Simulation.Faults;

namespace Grid.Simulation.Machine;

/// <summary>
/// The disk of the log. What is written is seen at once by every process of the machine and is durable once synced; names are durable at once.
/// A loss of power takes what was not synced: each write, in their order from the newest, is kept, cut or lost.
/// </summary>
/// <param name="losesPower">False when the power never goes: then nothing needs to be taken back.</param>
internal sealed class SimulatedDisk(bool losesPower)
{
    private readonly SortedDictionary<string, Content> _files = new(StringComparer.Ordinal);

    public IReadOnlyList<string> List() => [.. _files.Keys];

    /// <summary>Bytes on it.</summary>
    public long Length => _files.Values.Sum(file => file.Length);

    public Content Create(string name)
    {
        var file = new Content(losesPower);
        _files.Add(name, file);
        return file;
    }

    public Content Open(string name) => _files.TryGetValue(name, out var file) ? file : throw new FileNotFoundException($"There is no file {name}.");

    public void Rename(string from, string to)
    {
        var file = Open(from);
        _files.Remove(from);
        _files[to] = file;
    }

    public void Delete(string name) => _files.Remove(name);

    /// <summary>The power goes.</summary>
    public void LosePower(Chance chance, double tornRate)
    {
        foreach (var file in _files.Values)
        {
            file.LosePower(chance, tornRate);
        }
    }

    /// <summary>A file's bytes, and how to take back those that are not synced.</summary>
    internal sealed class Content(bool losesPower)
    {
        private readonly List<Unsynced> _unsynced = [];
        private byte[] _bytes = new byte[4096];
        private int _length;

        public long Length => _length;

        public int Read(Span<byte> into, long position)
        {
            var count = (int)Math.Clamp(_length - position, 0, into.Length);
            _bytes.AsSpan((int)position, count).CopyTo(into);
            return count;
        }

        public void Write(ReadOnlySpan<byte> bytes, long position)
        {
            var from = (int)position;
            if (losesPower)
            {
                var overwritten = _bytes.AsSpan(Math.Min(from, _length), Math.Max(0, Math.Min(_length, from + bytes.Length) - from)).ToArray();
                _unsynced.Add(new Unsynced(from, _length, overwritten, bytes.ToArray()));
            }

            Place(bytes, from);
        }

        public void Truncate(long length)
        {
            if (length < _length)
            {
                if (losesPower)
                {
                    _unsynced.Add(new Unsynced((int)length, _length, _bytes.AsSpan((int)length, _length - (int)length).ToArray(), null));
                }

                _length = (int)length;
            }
        }

        public void Sync() => _unsynced.Clear();

        public void LosePower(Chance chance, double tornRate)
        {
            for (var index = _unsynced.Count - 1; index >= 0; index--)
            {
                _unsynced[index].TakeBack(this);
            }

            foreach (var write in _unsynced)
            {
                var fate = chance.Unit();
                if (write.Bytes is not { } bytes)
                {
                    _length = fate < 0.5 ? Math.Min(_length, write.Position) : _length;
                }
                else if (chance.Happens(tornRate))
                {
                    Place(bytes.AsSpan(0, (int)(fate * bytes.Length)), write.Position);
                }
                else if (fate < 0.5)
                {
                    Place(bytes, write.Position);
                }
            }

            _unsynced.Clear();
        }

        private void Place(ReadOnlySpan<byte> bytes, int position)
        {
            var end = position + bytes.Length;
            if (end > _bytes.Length)
            {
                Array.Resize(ref _bytes, Math.Max(end, _bytes.Length * 2));
            }

            // A gap that a lost write has left reads as zeros.
            if (position > _length)
            {
                _bytes.AsSpan(_length, position - _length).Clear();
            }

            bytes.CopyTo(_bytes.AsSpan(position));
            _length = bytes.IsEmpty ? _length : Math.Max(_length, end);
        }

        private sealed record Unsynced(int Position, int LengthBefore, byte[] Overwritten, byte[]? Bytes)
        {
            public void TakeBack(Content file)
            {
                Overwritten.CopyTo(file._bytes.AsSpan(Position));
                file._length = LengthBefore;
            }
        }
    }
}
