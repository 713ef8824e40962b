using System.ComponentModel.DataAnnotations;

namespace Grid.Client.Limits;

/// <summary>Limits of the gateway; section <c>Grid:Limits</c>. What is over a limit is refused and counted.</summary>
public sealed class GatewayLimits
{
    /// <summary>Bytes of a request's body, where a route says nothing else; 1 KiB to 64 MiB, default 256 KiB. Beyond it, 413.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int BodyBytes { get; set; } = 256 * 1024;

    /// <summary>Bytes of the body of an import of devices; 1 KiB to 256 MiB, default 16 MiB, some 80,000 devices. Beyond it, 413.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int ImportBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Headers of a request; 10 to 1,000, default 100.</summary>
    [Range(10, 1000)]
    public int Headers { get; set; } = 100;

    /// <summary>Requests a second from one address, readings apart; 1 to 1,000,000, default 5,000. Beyond it, 429.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerSecond { get; set; } = 5_000;

    /// <summary>Bodies of readings a second from one address; 1 to 1,000,000, default 100,000. Beyond it, 429.</summary>
    [Range(1, 1_000_000)]
    public int ReadingBodiesPerSecond { get; set; } = 100_000;

    /// <summary>Hub connections; 1 to 1,000,000, default 20,000.</summary>
    [Range(1, 1_000_000)]
    public int LiveConnections { get; set; } = 20_000;

    /// <summary>Watch streams of one connection; 1 to 1,000, default 16.</summary>
    [Range(1, 1000)]
    public int StreamsPerConnection { get; set; } = 16;

    /// <summary>Devices in one live subscription; 1 to 10,000,000, default 250,000.</summary>
    [Range(1, 10_000_000)]
    public int LiveDevices { get; set; } = 250_000;
}
