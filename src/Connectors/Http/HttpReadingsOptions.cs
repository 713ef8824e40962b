using System.ComponentModel.DataAnnotations;

namespace Grid.Connectors.Http;

/// <summary>Limits of <c>POST /api/v1/readings</c>; section <c>Grid:Readings</c>.</summary>
public sealed class HttpReadingsOptions
{
    /// <summary>Bytes of a body; 1 KiB to 256 MiB, default 8 MiB.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int MaximumBodyBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Readings in a body; 1 to 1,000,000, default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaximumReadings { get; set; } = 10_000;

    /// <summary>Bytes of all bodies that are being read or waiting for the log; 1 MiB to 16 GiB, default 256 MiB. Beyond it, 503.</summary>
    [Range(1024L * 1024, 16L * 1024 * 1024 * 1024)]
    public long MaximumBytesInFlight { get; set; } = 256L * 1024 * 1024;

    /// <summary>Bytes of a line of NDJSON; a longer one is one rejection.</summary>
    internal const int MaximumLineBytes = 64 * 1024;
}
