using System.Globalization;

namespace Grid.Storage.ReadingLog;

/// <summary>One file of the log. Its counters belong to <see cref="LogIndex"/>.</summary>
internal sealed class Segment(SegmentHeader header, ILogFile file)
{
    private const string Extension = ".log";
    private const string UnfinishedExtension = ".log.new";

    public SegmentHeader Header { get; } = header;

    public ILogFile File { get; } = file;

    public string Name => NameOf(Header.Number);

    /// <summary>Bytes up to the end of the last whole block.</summary>
    public long Length { get; set; }

    /// <summary>Batches in it that are not checkpointed.</summary>
    public int LiveBatches { get; set; }

    /// <summary>Readers that are in it now.</summary>
    public int Readers { get; set; }

    /// <summary>True once its file is deleted: the last reader closes it.</summary>
    public bool IsRetired { get; set; }

    public static string NameOf(long number) => number.ToString("D16", CultureInfo.InvariantCulture) + Extension;

    /// <summary>The name under which a segment is made: one with a final name is whole.</summary>
    public static string UnfinishedNameOf(long number) => number.ToString("D16", CultureInfo.InvariantCulture) + UnfinishedExtension;

    public static bool IsUnfinished(string name) => name.EndsWith(UnfinishedExtension, StringComparison.Ordinal);

    public static long? NumberOf(string name) =>
        name.Length == 16 + Extension.Length
        && name.EndsWith(Extension, StringComparison.Ordinal)
        && long.TryParse(name.AsSpan(0, 16), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
