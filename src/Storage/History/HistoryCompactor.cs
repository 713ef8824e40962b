using Grid.Contracts.Storage;
using Grid.Storage.Codec;

namespace Grid.Storage.History;

/// <summary>
/// Changes runs: merges small ones, compacts and rolls up closed days, deletes series. All on one thread; flushes only add runs, so what it reads stays.
/// </summary>
internal sealed class HistoryCompactor(HistoryCore core)
{
    /// <summary>Level of a run that holds a whole day: it is merged with no other.</summary>
    private const int Closed = 100;

    private static readonly TimeSpan DamageRetry = TimeSpan.FromHours(1);
    private static readonly TimeSpan ErrorRetry = TimeSpan.FromMinutes(1);
    private readonly PointList _points = new();
    private readonly PointCodec _pointCodec = new(core.Metrics);
    private readonly RollUpCodec _rollUps = new(core.Metrics);
    private readonly ByteWriter _content = new(4096);
    private readonly ByteWriter _fragment = new(4096);
    private readonly List<RollUpPart> _parts = [];

    /// <summary>Does the most urgent piece of work; false when there is none.</summary>
    public bool Step()
    {
        var now = core.Time.GetUtcNow();
        foreach (var file in core.Shelf.All.Where(file => now >= file.RetryAt))
        {
            try
            {
                if (Step(file, now))
                {
                    return true;
                }
            }
            catch (IOException error)
            {
                // The other files go on: one that is damaged stays so, a full disk does not.
                file.RetryAt = now + (error is HistoryDamagedException ? DamageRetry : ErrorRetry);
                throw;
            }
        }

        return false;
    }

    private bool Step(HistoryFile file, DateTimeOffset now)
    {
        if (file.Period.Resolution == HistoryResolution.Raw && IsDue(file, now))
        {
            Close(file);
            return true;
        }

        if (file.Root is { } root && FindMerge(root) is { Length: > 0 } runs)
        {
            Merge(file, runs);
            return true;
        }

        return false;
    }

    /// <summary>Runs that wait to be merged, over all files.</summary>
    public long Backlog => core.Shelf.All.Sum(file => Math.Max(0, (file.Root?.Runs.Length ?? 0) - core.Options.FanIn));

    /// <summary>Compacts a day to one run and rolls it up. The roll-ups are committed first: done twice, they are the same. How things came is never rolled up.</summary>
    /// <param name="raw">The day.</param>
    /// <param name="dropsCourse">Whether how things came is kept no longer.</param>
    public void Close(HistoryFile raw, bool dropsCourse = false)
    {
        using var session = core.Sessions.Rent(raw);
        var inputs = LoadRoot(raw, session).Runs;
        var day = raw.Period.Number;
        var quarters = core.Shelf.FindOrAdd(HistoryPeriod.Of(HistoryResolution.QuarterHour, day));
        var days = core.Shelf.FindOrAdd(HistoryPeriod.Of(HistoryResolution.Day, day));
        using (var merge = new RunMerge(inputs.Select(run => new RunCursor(raw, session, run))))
        using (var rawOutput = new RunOutput(raw, core.Sessions, Closed, core.Options.BlockBytes, compress: true))
        using (var quarterOutput = new RunOutput(quarters, core.Sessions, 0, core.Options.BlockBytes, compress: true))
        using (var dayOutput = new RunOutput(days, core.Sessions, 0, core.Options.BlockBytes, compress: true))
        {
            while (merge.Next())
            {
                if (core.Find(merge.Series) is { } series && Decode(raw, series, merge.Fragments))
                {
                    if (!dropsCourse)
                    {
                        WritePoints(rawOutput, series, day);
                    }

                    if (_points.DropCourse(core.Metrics))
                    {
                        if (dropsCourse)
                        {
                            WritePoints(rawOutput, series, day);
                        }

                        WriteRollUps(quarterOutput, series, day, HistoryResolution.QuarterHour);
                        WriteRollUps(dayOutput, series, day, HistoryResolution.Day);
                    }
                }
            }

            quarterOutput.Complete(Added, []);
            core.Fault("after the quarter hours");
            dayOutput.Complete(Added, []);
            core.Fault("after the days");
            rawOutput.Complete(
                (root, run) =>
                {
                    var late = root.Runs.RemoveRange(inputs);
                    return root with { Runs = run is null ? late : late.Insert(0, run), IsRolled = late.Length == 0 };
                },
                inputs);
        }

        core.Fault("after closing");
        core.Catalog.Write(() =>
        {
            core.Shelf.PutMark(quarters);
            core.Shelf.PutMark(days);
            core.Shelf.PutMark(raw);
        });
        core.Counters.HistoryClosed();
    }

    /// <summary>Deletes a series from a file, and its bytes from the disk; false when it was not there.</summary>
    public bool Delete(HistoryFile file, int series)
    {
        using var session = core.Sessions.Rent(file);
        lock (file.Gate)
        {
            session.Session.Run("PRAGMA secure_delete=ON");
            try
            {
                var isChanged = false;
                var root = session.Transact(connection =>
                {
                    var now = file.LoadRoot(connection);
                    foreach (var run in now.Runs)
                    {
                        if (RunRewriter.Without(file, connection, run, series) is { } changed)
                        {
                            now = now with { Runs = now.Runs.Replace(run, changed) };
                            isChanged = true;
                        }
                    }

                    return isChanged ? file.WriteRoot(connection, now) : now;
                });
                if (isChanged)
                {
                    file.Committed(root);
                    session.Truncate();
                }

                return isChanged;
            }
            finally
            {
                session.Session.Run("PRAGMA secure_delete=OFF");
            }
        }
    }

    /// <summary>Writes each run of a file anew without what is not to be kept; true when something was left out.</summary>
    public long Filter(HistoryFile file, Func<SeriesInfo?, int, bool> isKept)
    {
        using var session = core.Sessions.Rent(file);
        var left = 0L;
        foreach (var run in LoadRoot(file, session).Runs)
        {
            var before = left;
            using var merge = new RunMerge([new RunCursor(file, session, run)]);
            using var output = new RunOutput(file, core.Sessions, run.Level, core.Options.BlockBytes, compress: run.Level > 0 || file.Period.Resolution != HistoryResolution.Raw);
            while (merge.Next())
            {
                var series = core.Find(merge.Series);
                var (kept, first) = Keep(file, merge.Fragments, day => isKept(series, day), ref left);
                if (kept > 0)
                {
                    output.Writer.Add(merge.Series, series?.Kind ?? (RunInfo.Kinds - 1), first, kept, _fragment.Written);
                }
            }

            if (left == before)
            {
                output.Abandon();
            }
            else
            {
                output.Complete((root, made) => root with { Runs = made is null ? root.Runs.Remove(run) : root.Runs.Replace(run, made) }, [run]);
            }
        }

        return left;
    }

    /// <summary>True when a day is over, or a closed one has waited long enough for more late readings.</summary>
    private bool IsDue(HistoryFile raw, DateTimeOffset now)
    {
        if (raw.IsRolled || now < Days.At(raw.Period.Number + 1, 0) + core.Options.CloseAfter)
        {
            return false;
        }

        return raw.Root is not { Runs: [{ Level: Closed }, ..] } || raw.AddedAt is not { } added || now >= added + core.Options.ReopenedFor;
    }

    private HistoryRoot LoadRoot(HistoryFile file, HistorySession session)
    {
        lock (file.Gate)
        {
            return session.Transact(file.LoadRoot);
        }
    }

    /// <summary>The oldest runs of one level that are enough to be merged.</summary>
    private RunInfo[] FindMerge(HistoryRoot root)
    {
        for (var start = 0; start < root.Runs.Length;)
        {
            var end = start;
            while (end < root.Runs.Length && root.Runs[end].Level == root.Runs[start].Level)
            {
                end++;
            }

            if (root.Runs[start].Level != Closed && end - start >= core.Options.FanIn)
            {
                return [.. root.Runs[start..(start + core.Options.FanIn)]];
            }

            start = end;
        }

        return [];
    }

    private void Merge(HistoryFile file, RunInfo[] inputs)
    {
        using var session = core.Sessions.Rent(file);
        using var merge = new RunMerge(inputs.Select(run => new RunCursor(file, session, run)));
        using (var output = new RunOutput(file, core.Sessions, inputs[0].Level + 1, core.Options.BlockBytes, compress: true))
        {
            var replaced = 0L;
            while (merge.Next())
            {
                if (core.Find(merge.Series) is { } series)
                {
                    // Of raw points all fragments stay; of roll-ups the newest of each day.
                    var newest = file.Period.Resolution == HistoryResolution.Raw ? null : NewestOf(file, merge.Fragments);
                    var (kept, first) = Keep(file, merge.Fragments, null, ref replaced, newest);
                    output.Writer.Add(series.Id, series.Kind, first, kept, _fragment.Written);
                }
            }

            core.Fault("before a merge's commit");
            output.Complete(
                (root, run) =>
                {
                    var place = root.Runs.IndexOf(inputs[0]);
                    var rest = root.Runs.RemoveRange(inputs);
                    return root with { Runs = run is null ? rest : rest.Insert(place, run) };
                },
                inputs);
        }

        core.Catalog.Write(() => core.Shelf.PutMark(file));
        core.Counters.HistoryMerged();
    }

    /// <summary>Copies fragments to <see cref="_fragment"/>: how many, and the first day of them.</summary>
    private (int Count, int FirstDay) Keep(HistoryFile file, ReadOnlySpan<byte> fragments, Func<int, bool>? isKept, ref long left, Dictionary<int, int>? newest = null)
    {
        _fragment.Clear();
        var (count, first) = (0, int.MaxValue);
        try
        {
            var reader = new ByteReader(fragments);
            while (reader.Remaining > 0)
            {
                var (day, start, length) = Fragment.Next(ref reader);
                if ((isKept is not null && !isKept(day)) || (newest is not null && newest[day] != start))
                {
                    left++;
                    continue;
                }

                _fragment.Varint((ulong)length);
                _fragment.Bytes(fragments.Slice(start, length));
                count++;
                first = Math.Min(first, day);
            }
        }
        catch (CodecException error)
        {
            throw file.Damaged("a series", error.Message, error);
        }

        return (count, first);
    }

    private static Dictionary<int, int> NewestOf(HistoryFile file, ReadOnlySpan<byte> fragments)
    {
        var newest = new Dictionary<int, int>();
        try
        {
            var reader = new ByteReader(fragments);
            while (reader.Remaining > 0)
            {
                var (day, start, _) = Fragment.Next(ref reader);
                newest[day] = start;
            }
        }
        catch (CodecException error)
        {
            throw file.Damaged("a series", error.Message, error);
        }

        return newest;
    }

    /// <summary>Gathers the points of all fragments in order; false when there are none that can be read, since their key is destroyed.</summary>
    private bool Decode(HistoryFile file, SeriesInfo series, ReadOnlySpan<byte> fragments)
    {
        _points.Clear();
        try
        {
            var reader = new ByteReader(fragments);
            while (reader.Remaining > 0)
            {
                var (_, start, length) = Fragment.Next(ref reader);
                if (Fragment.Open(fragments.Slice(start, length), HistoryResolution.Raw, series, core.Seal) is { } content)
                {
                    var bytes = new ByteReader(content);
                    _pointCodec.Read(ref bytes, _points);
                }
            }
        }
        catch (CodecException error)
        {
            throw file.Damaged("a series", error.Message, error);
        }

        _points.Order();
        return _points.Count > 0;
    }

    private void WritePoints(RunOutput output, SeriesInfo series, int day)
    {
        _content.Clear();
        _pointCodec.Write(_content, _points);
        Add(output, series, HistoryResolution.Raw, day, _points.Count);
    }

    private void WriteRollUps(RunOutput output, SeriesInfo series, int day, HistoryResolution resolution)
    {
        var subject = series.Subject ?? HistoryCore.Unknown;
        var counting = new IndexCounting(subject.IndexMaximum);
        _content.Clear();
        var names = 0;
        for (var start = 0; start < _points.Count; start = _points.EndOf(start))
        {
            names++;
        }

        RollUpCodec.Begin(_content, names);
        var parts = 0L;
        for (var start = 0; start < _points.Count;)
        {
            var end = _points.EndOf(start);
            var metric = _points.Metrics[start];
            var slots = new BucketSpans(core.Subjects, subject.Zone, resolution).SlotsOf(day);
            RollUp.Of(_points.Times[start..end], _points.Values[start..end], slots, MetricTable.IsIndex(core.Metrics.NameOf(metric)) ? counting : null, _parts);
            _rollUps.Write(_content, metric, _parts);
            parts += _parts.Count;
            start = end;
        }

        Add(output, series, resolution, day, parts);
    }

    private void Add(RunOutput output, SeriesInfo series, HistoryResolution resolution, int day, long points)
    {
        _fragment.Clear();
        if (Fragment.Write(_fragment, resolution, day, series, _content.Written, core.Seal))
        {
            output.Writer.Add(series.Id, series.Kind, day, points, _fragment.Written);
        }
    }

    private static HistoryRoot Added(HistoryRoot root, RunInfo? run) => run is null ? root : root with { Runs = root.Runs.Add(run) };
}
