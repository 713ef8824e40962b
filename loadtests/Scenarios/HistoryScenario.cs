using System.Collections.Immutable;
using System.Diagnostics;
using Grid.Connectors.Simulator;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Grains.Devices;
using Grid.Grains.Territory;
using Grid.Storage;
using Grid.Storage.History;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.LoadTests.Scenarios;

/// <summary>
/// The embedded history over days of the simulator's data: bytes a point once a day is closed, what a reading costs to write, and how long a month of one
/// device takes, alone and while readings come in.
/// </summary>
internal static class HistoryScenario
{
    private const double MaximumBytesPerPoint = 4;
    private const double MaximumMonthMillis = 50;
    private static readonly DateTimeOffset First = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private const int FlushesAMinute = 3;
    private const int WideFlushes = 40;
    private static readonly TimeSpan FlushEvery = TimeSpan.FromSeconds(20);
    private static readonly CancellationToken None = CancellationToken.None;

    public static async Task<ScenarioOutcome> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var days = options.Number("days", 31, 2, 400);
        var rate = options.Number("rate", 125_000, 1_000, 1_000_000);
        var seconds = options.Number("seconds", 15, 1, 600);
        var feed = new Feed(options.Number("devices", 4_000, 100, 500_000), options.Number("seed", 1, 0, int.MaxValue));
        var directory = Directory.CreateTempSubdirectory("grid-history-").FullName;
        try
        {
            var clock = new MovedTime { Now = First };
            await using var history = new SqliteHistory(new HistoryOptions(), clock, new StorageMetrics(), NullLogger.Instance);
            await history.OpenAsync(directory, feed, null);
            var cost = new WriteCost();
            for (var day = 0; day < days; day++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await WriteDayAsync(history, feed, clock, First.AddDays(day), cost);
            }

            var size = SizeOf(directory, First.AddDays(days / 2), cost.PointsADay);
            var alone = await QueryAsync(history, feed, days, seconds, None);
            using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var load = LoadAsync(history, feed, feed.DayOf(First.AddDays(days)), rate, stopping.Token);
            var loaded = await QueryAsync(history, feed, days, seconds, cancellationToken);
            await stopping.CancelAsync();
            var (sent, took) = await load;
            var wide = await WideCostAsync(options.Number("wide", 100_000, 100, 500_000), options.Number("seed", 1, 0, int.MaxValue), cancellationToken);
            var course = await CourseCost.MeasureAsync(feed, new Feed(options.Number("devices", 4_000, 100, 500_000), options.Number("seed", 1, 0, int.MaxValue)).DayOf(First), First, options.Number("seed", 1, 0, int.MaxValue), cancellationToken);
            return new ScenarioOutcome(
                [
                    .. course,
                    new Result("devices", feed.Reporting, "devices"),
                    new Result("days", days, "days"),
                    new Result("pointsPerDay", cost.PointsADay, "points"),
                    new Result("pointsChangedPercent", cost.ChangedPercent, "%"),
                    new Result("bytesPerPoint", size.Raw, "bytes"),
                    new Result("bytesPerChangedPoint", size.Raw * 100 / cost.ChangedPercent, "bytes"),
                    new Result("rollUpBytesPerPoint", size.RollUps, "bytes"),
                    new Result("appendNanosPerReading", cost.Append, "ns"),
                    new Result("writeCpuNanosPerReading", cost.Processor, "ns"),
                    new Result("closeCpuNanosPerReading", cost.Close, "ns"),
                    new Result("wideWriteCpuNanosPerReading", wide, "ns"),
                    new Result("monthP50Millis", Percentile(alone, 0.5), "ms"),
                    new Result("monthP99Millis", Percentile(alone, 0.99), "ms"),
                    new Result("monthUnderLoadP50Millis", Percentile(loaded, 0.5), "ms"),
                    new Result("monthUnderLoadP99Millis", Percentile(loaded, 0.99), "ms"),
                    new Result("loadReadingsPerSecond", sent / took.TotalSeconds, "readings/s"),
                ],
                [
                    .. size.Raw <= MaximumBytesPerPoint ? Array.Empty<string>() : [$"a closed day takes {size.Raw:F2} bytes a point, more than {MaximumBytesPerPoint}"],
                    .. Percentile(loaded, 0.5) <= MaximumMonthMillis ? Array.Empty<string>() : [$"a month under load takes {Percentile(loaded, 0.5):F1} ms, more than {MaximumMonthMillis}"],
                    .. sent / took.TotalSeconds >= rate * 0.9 ? Array.Empty<string>() : [$"the load was {sent / took.TotalSeconds:F0} readings/s instead of {rate}"],
                ]);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task WriteDayAsync(SqliteHistory history, Feed feed, MovedTime clock, DateTimeOffset day, WriteCost cost)
    {
        var batches = feed.DayOf(day);
        var before = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        var flushed = day;
        var append = TimeSpan.Zero;
        foreach (var (at, sector, batch) in batches)
        {
            if (at - flushed > TimeSpan.FromHours(1))
            {
                append += Stopwatch.GetElapsedTime(started);
                flushed = clock.Now = at;
                await history.FlushAsync(None);
                await history.CompactAsync(None);
                started = Stopwatch.GetTimestamp();
            }

            await history.AppendAsync(sector, batch, None);
        }

        append += Stopwatch.GetElapsedTime(started);
        await history.FlushAsync(None);
        var written = Environment.CpuUsage.TotalTime;
        clock.Now = day.AddDays(1).AddHours(2);
        await history.CompactAsync(None);
        cost.Add(batches, append, written - before, Environment.CpuUsage.TotalTime - written);
    }

    /// <summary>
    /// Processor time of a reading, merges included, where each flush has one reading of a series at the most: many devices that report once a minute,
    /// made durable every 20 s as in the program.
    /// </summary>
    private static async Task<double> WideCostAsync(int devices, int seed, CancellationToken cancellationToken)
    {
        var feed = new Feed(devices, seed);
        var directory = Directory.CreateTempSubdirectory("grid-history-wide-").FullName;
        try
        {
            var clock = new MovedTime { Now = First };
            await using var history = new SqliteHistory(new HistoryOptions(), clock, new StorageMetrics(), NullLogger.Instance);
            await history.OpenAsync(directory, feed, null);
            var (readings, used) = (0L, TimeSpan.Zero);
            for (var flush = 0; flush < WideFlushes; flush++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                clock.Now = First + (flush * FlushEvery);
                var batches = feed.ShareOf(clock.Now, flush % FlushesAMinute, FlushesAMinute);
                var before = Environment.CpuUsage.TotalTime;
                foreach (var (sector, batch) in batches)
                {
                    await history.AppendAsync(sector, batch, None);
                    readings += batch.Entries.Length;
                }

                await history.FlushAsync(None);
                await history.CompactAsync(None);
                used += Environment.CpuUsage.TotalTime - before;
            }

            return used.TotalNanoseconds / readings;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static (double Raw, double RollUps) SizeOf(string directory, DateTimeOffset day, double points)
    {
        var raw = new FileInfo(Path.Combine(directory, $"raw-{day:yyyy-MM-dd}.db")).Length;
        var rollUps = Directory.GetFiles(directory, "quarters-*.db").Concat(Directory.GetFiles(directory, "days-*.db")).Sum(file => new FileInfo(file).Length);
        return (raw / points, rollUps / (points * Directory.GetFiles(directory, "raw-*.db").Length));
    }

    private static async Task<List<double>> QueryAsync(SqliteHistory history, Feed feed, int days, int seconds, CancellationToken cancellationToken)
    {
        var took = new List<double>();
        var clock = Stopwatch.StartNew();
        for (var number = 0; clock.Elapsed < TimeSpan.FromSeconds(seconds) && number < 2_000; number++)
        {
            var (device, metric) = feed.SeriesAt(number * 7_919);
            var started = Stopwatch.GetTimestamp();
            var answer = await history.ReadPointsAsync(
                new HistoryQuery { Series = device, Metric = metric, From = First, To = First.AddDays(days), Limit = 100_000 }, cancellationToken);
            took.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (answer.Points.Length < days * 90)
            {
                throw new InvalidOperationException($"{device} {metric} has {answer.Points.Length} points in {days} days.");
            }
        }

        return took;
    }

    /// <summary>Appends a day again and again at a pace, each time a day later; how much in which time.</summary>
    private static async Task<(long Sent, TimeSpan Took)> LoadAsync(
        SqliteHistory history, Feed feed, List<(DateTimeOffset At, string Sector, RecordedBatch Batch)> batches, int rate, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var (sent, clock) = (0L, Stopwatch.StartNew());
        for (var round = 0; !cancellationToken.IsCancellationRequested; round++)
        {
            foreach (var (_, sector, batch) in batches)
            {
                await history.AppendAsync(sector, round == 0 ? batch : feed.Later(sector, batch, TimeSpan.FromDays(round)), None);
                sent += batch.Entries.Length;
                var ahead = TimeSpan.FromSeconds(sent / (double)rate) - clock.Elapsed;
                if (ahead > TimeSpan.FromMilliseconds(5))
                {
                    await Task.Delay(ahead, None);
                }

                if (cancellationToken.IsCancellationRequested)
                {
                    break;
                }
            }
        }

        return (sent, clock.Elapsed);
    }

    private static double Percentile(List<double> values, double part)
    {
        var ordered = values.Order().ToArray();
        return ordered[(int)Math.Min(ordered.Length - 1, part * ordered.Length)];
    }

    private sealed class MovedTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private sealed class WriteCost
    {
        private long _readings;
        private readonly Dictionary<(string Device, string Metric), double> _newest = [];
        private long _points;
        private long _changed;
        private int _days;
        private TimeSpan _append;
        private TimeSpan _processor;
        private TimeSpan _close;

        public double PointsADay => _points / (double)_days;

        /// <summary>Points whose value is another than that of the point before: data that never change would compress to nothing.</summary>
        public double ChangedPercent => 100.0 * _changed / _points;

        public double Append => _append.TotalNanoseconds / _readings;

        public double Processor => _processor.TotalNanoseconds / _readings;

        public double Close => _close.TotalNanoseconds / _readings;

        public void Add(List<(DateTimeOffset At, string Sector, RecordedBatch Batch)> batches, TimeSpan append, TimeSpan processor, TimeSpan close)
        {
            foreach (var (_, _, batch) in batches)
            {
                _readings += batch.Entries.Length;
                foreach (var reading in batch.Entries.Cast<ReadingEntry>())
                {
                    foreach (var metric in reading.Metrics)
                    {
                        _points++;
                        _changed += _newest.TryGetValue((reading.Device, metric.Name), out var former) && former != metric.Value ? 1 : 0;
                        _newest[(reading.Device, metric.Name)] = metric.Value;
                    }
                }
            }

            _days++;
            _append += append;
            _processor += processor;
            _close += close;
        }
    }

    /// <summary>What the simulated devices of a demo report, as batches of the log.</summary>
    private sealed class Feed : IHistorySubjects
    {
        private readonly SimulatedFleet _fleet;
        private readonly FleetSchedule _schedule;
        private readonly Dictionary<string, (string Sector, HistorySubject Subject)> _known = new(StringComparer.Ordinal);
        private readonly Dictionary<string, long> _offsets = new(StringComparer.Ordinal);
        private readonly LocalCalendars _calendars = new(TerritoryTable.Shared);
        private readonly List<(string Device, string Metric)> _series = [];

        public Feed(int devices, int seed)
        {
            var table = TerritoryTable.Shared;
            var descriptors = DemoFleet.Create(table, "29", devices, seed).ToList();
            var subjects = new Dictionary<HistorySubject, HistorySubject>();
            foreach (var device in descriptors)
            {
                var subject = new HistorySubject { Kind = device.Kind, Commune = device.Commune, Zone = _calendars.OfCommune(device.Commune).ZoneId };
                subject = subjects.TryGetValue(subject, out var known) ? known : subjects[subject] = subject;
                _known[device.Id] = (SectorMap.SectorOf(device.Commune, table.FindCommune(device.Commune)!.Population, device.Id), subject);
            }

            _fleet = SimulatedFleet.Build(descriptors, table, seed);
            _schedule = new FleetSchedule(_fleet.Reporting, null, seed);
            for (var device = 0; device < _fleet.Reporting; device++)
            {
                _series.AddRange(_fleet.Read(device, First)?.Metrics.Select(metric => (_fleet.IdOf(device), metric.Name)) ?? []);
            }
        }

        public int Reporting => _fleet.Reporting;

        public (string Device, string Metric) SeriesAt(int number) => _series[number % _series.Count];

        public HistorySubject? Find(string series) => _known.TryGetValue(series, out var known) ? known.Subject : null;

        public HistoryDay DayOf(string zone, DateTimeOffset instant)
        {
            var day = _calendars.OfZone(zone).DayOf(instant.ToUnixTimeMilliseconds());
            return new HistoryDay(
                DateOnly.FromDayNumber(day.Day + new DateOnly(1970, 1, 1).DayNumber), DateTimeOffset.FromUnixTimeMilliseconds(day.Start), DateTimeOffset.FromUnixTimeMilliseconds(day.End));
        }

        /// <summary>A batch as it would come some time later.</summary>
        public RecordedBatch Later(string sector, RecordedBatch batch, TimeSpan by)
        {
            var former = _offsets.GetValueOrDefault(sector);
            _offsets[sector] = former + batch.Entries.Length;
            return new RecordedBatch(former, former + 1, 1, [.. batch.Entries.Select(entry => (LogEntry)((ReadingEntry)entry with { ObservedAt = ((ReadingEntry)entry).ObservedAt + by }))]);
        }

        /// <summary>One reading of every n-th device.</summary>
        public List<(string Sector, RecordedBatch Batch)> ShareOf(DateTimeOffset at, int first, int every)
        {
            var bySector = new Dictionary<string, List<LogEntry>>(StringComparer.Ordinal);
            for (var device = first; device < _fleet.Reporting; device += every)
            {
                Take(bySector, device, at);
            }

            return Batches(bySector);
        }

        public List<(DateTimeOffset At, string Sector, RecordedBatch Batch)> DayOf(DateTimeOffset day)
        {
            var batches = new List<(DateTimeOffset, string, RecordedBatch)>();
            for (var at = day; at < day.AddDays(1); at = at.AddSeconds(10))
            {
                var due = _schedule.Due(at, at.AddSeconds(10));
                var bySector = new Dictionary<string, List<LogEntry>>(StringComparer.Ordinal);
                for (var index = 0; index < due.Count; index++)
                {
                    Take(bySector, due[index].Device, due[index].At);
                }

                batches.AddRange(Batches(bySector).Select(batch => (at, batch.Sector, batch.Batch)));
            }

            return batches;
        }

        private void Take(Dictionary<string, List<LogEntry>> bySector, int device, DateTimeOffset at)
        {
            if (_fleet.Read(device, at) is not { } reading)
            {
                return;
            }

            var sector = _known[reading.Device].Sector;
            (bySector.TryGetValue(sector, out var entries) ? entries : bySector[sector] = [])
                .Add(new ReadingEntry { Device = reading.Device, ReceivedAt = at, ObservedAt = at, Metrics = reading.Metrics });
        }

        private List<(string Sector, RecordedBatch Batch)> Batches(Dictionary<string, List<LogEntry>> bySector)
        {
            var batches = new List<(string, RecordedBatch)>();
            foreach (var (sector, entries) in bySector)
            {
                var former = _offsets.GetValueOrDefault(sector);
                batches.Add((sector, new RecordedBatch(former, former + 1, 1, [.. entries])));
                _offsets[sector] = former + entries.Count;
            }

            return batches;
        }
    }
}
