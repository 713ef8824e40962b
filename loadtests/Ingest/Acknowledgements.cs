using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Grid.LoadTests.Ingest;

/// <summary>
/// Senders that remember, for each device, the instant of its newest reading that was acknowledged. A device must then show that instant or a
/// later one that was sent to it.
/// </summary>
internal sealed class Acknowledgements
{
    private readonly ReportingDevice[][] _shares;
    private readonly DateTimeOffset[][] _instants;
    private readonly int _size;
    private long _readings;

    public Acknowledgements(ReportingDevice[] devices, int senders, int size)
    {
        _size = size;
        _shares = [.. devices.Chunk((devices.Length + senders - 1) / senders)];
        _instants = [.. _shares.Select(share => new DateTimeOffset[share.Length])];
    }

    /// <summary>The senders that have run.</summary>
    public ConcurrentBag<ReadingSender> Senders { get; } = [];

    /// <summary>Readings acknowledged.</summary>
    public long Readings => Interlocked.Read(ref _readings);

    /// <summary>Sends until told, or until the program is gone.</summary>
    public Task SendAsync(Uri address, TimeSpan interval, CancellationToken stop) =>
        Task.WhenAll(_shares.Select((share, number) => Task.Factory.StartNew(
            () =>
            {
                var bodies = new ReadingBodies(address.Authority, share, _size, isLines: false, number);
                var sender = new ReadingSender(address, bodies) { OnAccepted = (first, count, instant) => Note(number, first, count, instant) };
                Senders.Add(sender);
                try
                {
                    sender.Run(TimeSpan.MaxValue, interval, stop);
                }
                catch (Exception gone) when (gone is IOException or System.Net.Sockets.SocketException)
                {
                    // Killed: what got no answer is not counted.
                }
            },
            stop,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

    /// <summary>Acknowledged readings that are not shown: a device that has not been heard since its newest one.</summary>
    public async Task<long> CountLostAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var seen = new Dictionary<string, DateTimeOffset?>(StringComparer.Ordinal);
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await http.GetFromJsonAsync<JsonElement>($"/api/v1/devices?limit=1000{(cursor.Length == 0 ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}", cancellationToken);
            foreach (var item in page.GetProperty("items").EnumerateArray())
            {
                var last = item.GetProperty("lastSeen");
                seen[item.GetProperty("id").GetString()!] = last.ValueKind == JsonValueKind.Null ? null : last.GetDateTimeOffset();
            }

            cursor = page.GetProperty("nextCursor").GetString();
        }

        var lost = 0L;
        for (var share = 0; share < _shares.Length; share++)
        {
            for (var device = 0; device < _shares[share].Length; device++)
            {
                // Reception is at or after the instant of the reading: both clocks are this machine's.
                var instant = _instants[share][device];
                lost += instant != default && !(seen.GetValueOrDefault(_shares[share][device].Id) >= instant) ? 1 : 0;
            }
        }

        return lost + await CountLostValuesAsync(http, cancellationToken);
    }

    /// <summary>Some devices in full: the instant of each value that they show.</summary>
    private async Task<long> CountLostValuesAsync(HttpClient http, CancellationToken cancellationToken)
    {
        const int Looked = 2_000;
        var random = new Random(1);
        var lost = 0L;
        var chosen = Enumerable.Range(0, Looked).Select(_ =>
        {
            var share = random.Next(_shares.Length);
            return (Share: share, Device: random.Next(_shares[share].Length));
        }).Distinct();
        await Parallel.ForEachAsync(chosen, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken }, async (place, _) =>
        {
            var instant = _instants[place.Share][place.Device];
            if (instant == default)
            {
                return;
            }

            using var answer = await http.GetAsync($"/api/v1/devices/{Uri.EscapeDataString(_shares[place.Share][place.Device].Id)}", cancellationToken);
            var shown = answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken) : default;
            var isThere = shown.ValueKind == JsonValueKind.Object
                && shown.GetProperty("reported").EnumerateObject().Any(metric => metric.Value.GetProperty("time").GetDateTimeOffset() >= instant);
            Interlocked.Add(ref lost, isThere ? 0 : 1);
        });
        return lost;
    }

    private void Note(int share, int first, int count, DateTimeOffset instant)
    {
        var instants = _instants[share];
        for (var index = 0; index < count; index++)
        {
            instants[(first + index) % instants.Length] = instant;
        }

        Interlocked.Add(ref _readings, count);
    }
}
