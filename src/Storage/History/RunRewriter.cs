using Grid.Storage.Codec;
using Grid.Storage.Sqlite;

namespace Grid.Storage.History;

/// <summary>Takes one series out of a run, in place.</summary>
internal static class RunRewriter
{
    /// <summary>The run without the series, in the session's transaction; null when it does not hold it.</summary>
    public static RunInfo? Without(HistoryFile file, SqliteSession session, RunInfo run, int series)
    {
        var directory = file.ReadDirectory(session, run);
        if (directory.BlockOf(series) is not (var place and >= 0))
        {
            return null;
        }

        var block = file.ReadBlock(session, run, directory, place);
        if (block.Find(series).IsEmpty)
        {
            return null;
        }

        using var content = new ByteWriter(4096);
        content.Varint((ulong)(block.Count - 1));
        var former = 0;
        for (var index = 0; index < block.Count; index++)
        {
            if (block.SeriesAt(index) != series)
            {
                content.Varint((ulong)(block.SeriesAt(index) - former));
                content.Varint((ulong)block.FragmentsAt(index).Length);
                former = block.SeriesAt(index);
            }
        }

        for (var index = 0; index < block.Count; index++)
        {
            if (block.SeriesAt(index) != series)
            {
                content.Bytes(block.FragmentsAt(index));
            }
        }

        using var stored = new ByteWriter(4096);
        directory.Checksums[place] = RunFormat.Pack(stored, content.Written, compress: true, RunFormat.SeedOf(file.Period, run.Id, place));
        HistoryFile.WriteBlock(session, run.Id, place, stored.Written);
        content.Clear();
        directory.Write(content);
        var checksum = Checksum.Of(content.Written, RunFormat.SeedOf(file.Period, run.Id, -1));
        content.Fixed32(checksum);
        HistoryFile.WriteDirectory(session, run.Id, content.Written);
        return run with { Directory = checksum, Series = run.Series - 1 };
    }
}
