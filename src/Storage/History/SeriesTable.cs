namespace Grid.Storage.History;

/// <summary>Series by key and by number. About 130 bytes each. Under the owner's lock, but for <see cref="Find(int)"/>.</summary>
internal sealed class SeriesTable
{
    private readonly Dictionary<string, SeriesInfo> _byKey = new(StringComparer.Ordinal);
    private SeriesInfo?[] _byId = new SeriesInfo?[1024];

    /// <summary>The number that the next one gets.</summary>
    public int Next { get; private set; } = 1;

    /// <summary>Series that have a number.</summary>
    public int Count { get; private set; }

    public SeriesInfo? Find(string key) => _byKey.GetValueOrDefault(key);

    public SeriesInfo? Find(int id)
    {
        var all = Volatile.Read(ref _byId);
        return id < all.Length ? Volatile.Read(ref all[id]) : null;
    }

    public SeriesInfo FindOrAdd(string key)
    {
        if (_byKey.TryGetValue(key, out var found))
        {
            return found;
        }

        found = new SeriesInfo(Next++, key);
        Put(found);
        return found;
    }

    /// <summary>Takes what was stored; of two with a key the newer is it, and the older is returned: its deletion was interrupted.</summary>
    public SeriesInfo? Load(SeriesInfo series, int next)
    {
        var former = _byKey.GetValueOrDefault(series.Key);
        Put(series);
        Next = Math.Max(Next, Math.Max(next, series.Id + 1));
        return former;
    }

    /// <summary>The key is free for a new series; the number stays until <see cref="Forget"/>.</summary>
    public void Detach(SeriesInfo series)
    {
        if (_byKey.TryGetValue(series.Key, out var current) && ReferenceEquals(current, series))
        {
            _byKey.Remove(series.Key);
        }
    }

    public void Forget(SeriesInfo series)
    {
        Detach(series);
        if (Find(series.Id) is not null)
        {
            Volatile.Write(ref _byId[series.Id], null);
            Count--;
        }
    }

    private void Put(SeriesInfo series)
    {
        if (series.Id >= _byId.Length)
        {
            var larger = new SeriesInfo?[Math.Max(series.Id + 1, _byId.Length * 2)];
            _byId.CopyTo(larger, 0);
            Volatile.Write(ref _byId, larger);
        }

        Volatile.Write(ref _byId[series.Id], series);
        _byKey[series.Key] = series;
        Count++;
    }
}
