using System.Globalization;
using System.Text;

namespace Grid.LoadTests.Ingest;

/// <summary>A device that reports by itself.</summary>
internal readonly record struct ReportingDevice(string Id, string Kind);

/// <summary>
/// Requests with readings, made before the measurement. Before each sending only the instants in them are written anew, so that every
/// reading is a new one; values differ between the requests of a sender.
/// </summary>
internal sealed class ReadingBodies
{
    private const string AnyInstant = "2026-01-01T00:00:00.000Z";
    private readonly byte[][] _requests;
    private readonly int[][] _instants;
    private int _next;

    /// <param name="host">The host in the request.</param>
    /// <param name="devices">Devices of this sender alone, so that the instants of each only go forward; as many requests as it takes for all of them.</param>
    /// <param name="size">Readings in a body.</param>
    /// <param name="isLines">NDJSON instead of an array.</param>
    /// <param name="seed">For the values.</param>
    public ReadingBodies(string host, ReadOnlySpan<ReportingDevice> devices, int size, bool isLines, int seed)
    {
        const int MostRequests = 100_000;
        var random = new Random(seed);
        var count = Math.Clamp((devices.Length + size - 1) / size, 2, MostRequests);
        _requests = new byte[count][];
        _instants = new int[count][];
        var device = 0;
        for (var request = 0; request < count; request++)
        {
            var body = new StringBuilder(size * 110);
            body.Append(isLines ? "" : "[");
            for (var index = 0; index < size; index++)
            {
                var (id, kind) = devices[device++ % devices.Length];
                body.Append(index == 0 ? "" : isLines ? "\n" : ",")
                    .Append(CultureInfo.InvariantCulture, $$$"""{"device":"{{{id}}}","time":"{{{AnyInstant}}}","metrics":{{{{Metrics(kind, random)}}}}}""");
            }

            body.Append(isLines ? "" : "]");
            _requests[request] = Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $"POST /api/v1/readings HTTP/1.1\r\nHost: {host}\r\nContent-Type: {(isLines ? "application/x-ndjson" : "application/json")}\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
            _instants[request] = Places(_requests[request]);
        }

        Size = size;
    }

    /// <summary>Readings in a body.</summary>
    public int Size { get; }

    /// <summary>Place among the sender's devices of the first one in the request that was made last; those after it follow in their order.</summary>
    public int First => _next * Size;

    /// <summary>The next request, with the instant of each reading set.</summary>
    public ReadOnlyMemory<byte> Next(DateTimeOffset now)
    {
        Span<byte> instant = stackalloc byte[AnyInstant.Length];
        now.UtcDateTime.TryFormat(instant, out _, "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        _next = (_next + 1) % _requests.Length;
        var request = _requests[_next];
        foreach (var place in _instants[_next])
        {
            instant.CopyTo(request.AsSpan(place));
        }

        return request;
    }

    private static int[] Places(ReadOnlySpan<byte> request)
    {
        var places = new List<int>();
        for (var from = 0; request[from..].IndexOf("2026-01-01T"u8) is >= 0 and var found; from += found + 1)
        {
            places.Add(from + found);
        }

        return [.. places];
    }

    private static string Metrics(string kind, Random random)
    {
        double Tenths(int low, int high) => random.Next(low * 10, high * 10) / 10.0;
        return kind switch
        {
            "bin" => string.Create(CultureInfo.InvariantCulture, $"\"fillPercent\":{Tenths(0, 80)},\"temperatureCelsius\":{Tenths(5, 30)}"),
            "meter" => string.Create(CultureInfo.InvariantCulture, $"\"flowLitresPerHour\":{Tenths(0, 400)},\"batteryPercent\":{random.Next(50, 100)}"),
            "building" => string.Create(CultureInfo.InvariantCulture, $"\"temperatureCelsius\":{Tenths(17, 23)},\"powerWatts\":{random.Next(0, 90_000)}"),
            "environment" => string.Create(CultureInfo.InvariantCulture, $"\"levelMillimetres\":{random.Next(0, 2_000)},\"batteryPercent\":{random.Next(50, 100)}"),
            "cabinet" => string.Create(CultureInfo.InvariantCulture, $"\"segment1On\":{random.Next(2)},\"powerWatts\":{random.Next(0, 4_000)}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"\"dimmingPercent\":{random.Next(1, 101)},\"powerWatts\":{Tenths(20, 120)}"),
        };
    }
}
