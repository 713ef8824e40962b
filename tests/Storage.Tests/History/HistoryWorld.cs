using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Storage;
using Grid.Storage.History;
using Microsoft.Extensions.Logging.Abstractions;
using static Grid.Tests.Storage.History.HistorySamples;

namespace Grid.Tests.Storage.History;

/// <summary>
/// A reading log of a few sectors and days, given to a history that may crash at any step and is opened again; what it must answer follows from the log.
/// </summary>
internal sealed class HistoryWorld(string directory) : IAsyncDisposable
{
    public static readonly string[] Devices = [.. Enumerable.Range(0, 12).Select(number => $"M{number}")];
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly Dictionary<string, List<RecordedBatch>> _log = [];
    private readonly ManualTime _time = new();
    private readonly KnownSubjects _subjects = new();
    private readonly KeyRing _keys = new();
    private int _steps;

    /// <summary>Where it is opened next.</summary>
    public string Directory { get; set; } = directory;

    public SqliteHistory History { get; private set; } = null!;

    /// <summary>The step at which it crashes; null for never.</summary>
    public int? CrashAt { get; set; }

    /// <summary>True once it has crashed, be it in the background.</summary>
    public bool HasCrashed { get; private set; }

    /// <summary>Steps so far.</summary>
    public int Steps => _steps;

    public async Task OpenAsync()
    {
        History = new SqliteHistory(new HistoryOptions { FanIn = 2, BlockBytes = 4096 }, _time, new StorageMetrics(), NullLogger.Instance) { OnStep = OnStep };
        await History.OpenAsync(Directory, _subjects, _keys);
    }

    /// <summary>Lives through some days: readings, repeated and late ones, flushes, merges and closed days. What was logged stays when it crashes.</summary>
    public async Task LiveAsync()
    {
        for (var round = 0; round < 6; round++)
        {
            for (var sector = 0; sector < 3; sector++)
            {
                Log($"29019.{sector}", round, sector);
            }

            await ReplayAsync();
            await History.FlushAsync(None);
            _time.Advance(TimeSpan.FromHours(round == 0 ? 24 * 10 : 14));
            await History.CompactAsync(None);
        }
    }

    /// <summary>Gives the history what the log holds beyond what is durable in it, as after a start.</summary>
    public async Task ReplayAsync()
    {
        foreach (var (sector, batches) in _log)
        {
            var durable = await History.GetDurableAsync(sector, None);
            foreach (var batch in batches.Where(batch => batch.FirstOffset + batch.Entries.Length - 1 > durable))
            {
                await History.AppendAsync(sector, batch, None);
            }
        }
    }

    /// <summary>Every answer is what follows from the log.</summary>
    public async Task CheckAsync()
    {
        foreach (var device in Devices)
        {
            var expected = _log.Values.SelectMany(batches => batches).SelectMany(batch => batch.Entries).OfType<ReadingEntry>()
                .Where(reading => reading.Device == device).GroupBy(reading => reading.ObservedAt).OrderBy(group => group.Key)
                .Select(group => Point(group.Key, group.Last()["indexLitres"]!.Value)).ToArray();
            Assert.Equal(expected, (await History.ReadPointsAsync(Query(device, "indexLitres"), None)).Points);
            var quarters = (await History.ReadBucketsAsync(Query(device, "indexLitres"), HistoryResolution.QuarterHour, None)).Buckets;
            Assert.Equal(
                expected.GroupBy(point => point.Time.ToUnixTimeMilliseconds() / 900_000).Select(group => (group.First(), group.Last(), (long)group.Count())),
                quarters.Select(bucket => (bucket.First, bucket.Last, bucket.Count)));
            var days = (await History.ReadBucketsAsync(Query(device, "indexLitres"), HistoryResolution.Day, None)).Buckets;
            Assert.Equal(expected.Length, days.Sum(day => day.Count));
            Assert.Equal(expected.Sum(point => point.Value), days.Sum(day => day.Sum), 1e-6);
        }
    }

    public async ValueTask DisposeAsync()
    {
        CrashAt = null;
        await History.DisposeAsync();
    }

    private void Log(string sector, int round, int seed)
    {
        var batches = _log.TryGetValue(sector, out var known) ? known : _log[sector] = [];
        var first = batches.Count == 0 ? 1 : batches[^1].FirstOffset + batches[^1].Entries.Length;
        var day = Day.AddHours(14 * round);
        for (var batch = 0; batch < 3; batch++)
        {
            // A late reading of the first day, a repeated instant with another value, and new ones.
            var entries = Devices.Where((_, number) => number % 3 == seed).SelectMany(device => (ReadingEntry[])
            [
                Reading(device, Day.AddMinutes(7 * round).AddSeconds(batch), ("indexLitres", (100 * round) + batch), ("powerWatts", seed)),
                Reading(device, day.AddMinutes(batch), ("indexLitres", (1_000 * round) + batch)),
                Reading(device, day, ("indexLitres", (1_000 * round) + (batch * 0.25))),
            ]).ToArray<LogEntry>();
            batches.Add(Batch(first, entries));
            first += entries.Length;
        }
    }

    private void OnStep(string step)
    {
        // The end is the end of all threads: whichever comes to a step first, the others get no further than to their next.
        if (_steps++ >= CrashAt)
        {
            HasCrashed = true;
            throw new CrashException(step);
        }
    }
}

/// <summary>The process ends here.</summary>
internal sealed class CrashException(string step) : Exception(step);
