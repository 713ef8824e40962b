using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Grains.History;
using Grid.Storage;
using Grid.Storage.History;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.LoadTests.Scenarios;

/// <summary>
/// What it costs that history keeps how reports came: the same day of the same devices without it, with reports that are accepted at the instant at which they are observed, and with
/// reports that are accepted up to 3 s later and one in 200 up to 5 hours later.
/// </summary>
internal static class CourseCost
{
    private const int MostDelayMilliseconds = 3_000;

    public static async Task<ImmutableArray<Result>> MeasureAsync(
        IHistorySubjects subjects, List<(DateTimeOffset At, string Sector, RecordedBatch Batch)> batches, DateTimeOffset day, int seed, CancellationToken cancellationToken)
    {
        var delayed = Delayed(batches, new Random(seed));
        var readings = batches.Sum(batch => batch.Batch.Entries.Length);

        // Each twice in turn: the better of the two.
        var (none, inTime, late) = (Cost.Worst, Cost.Worst, Cost.Worst);
        for (var turn = 0; turn < 2; turn++)
        {
            none = Cost.Better(none, await WriteAsync(subjects, batches, day, isKept: false, cancellationToken));
            inTime = Cost.Better(inTime, await WriteAsync(subjects, batches, day, isKept: true, cancellationToken));
            late = Cost.Better(late, await WriteAsync(subjects, delayed, day, isKept: true, cancellationToken));
        }

        return
        [
            new Result("bytesPerReading", none.Bytes / (double)readings, "bytes"),
            new Result("courseInTimeBytesPerReading", (inTime.Bytes - none.Bytes) / (double)readings, "bytes"),
            new Result("courseBytesPerReading", (late.Bytes - none.Bytes) / (double)readings, "bytes"),
            new Result("cpuNanosPerReading", none.Processor.TotalNanoseconds / readings, "ns"),
            new Result("courseInTimeCpuNanosPerReading", (inTime.Processor - none.Processor).TotalNanoseconds / readings, "ns"),
            new Result("courseCpuNanosPerReading", (late.Processor - none.Processor).TotalNanoseconds / readings, "ns"),
        ];
    }

    private static async Task<Cost> WriteAsync(
        IHistorySubjects subjects, List<(DateTimeOffset At, string Sector, RecordedBatch Batch)> batches, DateTimeOffset day, bool isKept, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("grid-history-course-").FullName;
        try
        {
            var clock = new MovedTime { Now = day };
            await using var history = new SqliteHistory(new HistoryOptions(), clock, new StorageMetrics(), NullLogger.Instance);
            await history.OpenAsync(directory, subjects, null);
            var courses = new Dictionary<string, SectorCourse>(StringComparer.Ordinal);
            var (flushed, before) = (day, Environment.CpuUsage.TotalTime);
            foreach (var (at, sector, batch) in batches)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (at - flushed > TimeSpan.FromHours(1))
                {
                    flushed = clock.Now = at;
                    await history.FlushAsync(CancellationToken.None);
                    await history.CompactAsync(CancellationToken.None);
                }

                if (isKept)
                {
                    var course = (courses.TryGetValue(sector, out var known) ? known : courses[sector] = new SectorCourse(sector)).Of(batch.Entries);
                    if (!course.IsEmpty)
                    {
                        await history.RecordAsync(course, CancellationToken.None);
                    }
                }

                await history.AppendAsync(sector, batch, CancellationToken.None);
            }

            await history.FlushAsync(CancellationToken.None);
            clock.Now = day.AddDays(1).AddHours(12);
            await history.CompactAsync(CancellationToken.None);
            var used = Environment.CpuUsage.TotalTime - before;
            return new Cost(new FileInfo(Path.Combine(directory, $"raw-{day:yyyy-MM-dd}.db")).Length, used);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static List<(DateTimeOffset At, string Sector, RecordedBatch Batch)> Delayed(List<(DateTimeOffset At, string Sector, RecordedBatch Batch)> batches, Random random)
    {
        var delayed = new List<(DateTimeOffset At, string Sector, RecordedBatch Batch)>(batches.Count);
        foreach (var (at, sector, batch) in batches)
        {
            var entries = batch.Entries.Select(entry => (LogEntry)((ReadingEntry)entry with { ReceivedAt = entry.ReceivedAt.AddMilliseconds(DelayOf(random)) })).OrderBy(entry => entry.ReceivedAt).ToImmutableArray();
            delayed.Add((at, sector, batch with { Entries = entries }));
        }

        return delayed;
    }

    private static int DelayOf(Random random) => random.Next(200) == 0 ? random.Next(60_000, 18_000_000) : random.Next(1, MostDelayMilliseconds);

    private sealed class MovedTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private readonly record struct Cost(long Bytes, TimeSpan Processor)
    {
        public static Cost Worst { get; } = new(long.MaxValue, TimeSpan.MaxValue);

        public static Cost Better(Cost one, Cost other) => new(Math.Min(one.Bytes, other.Bytes), one.Processor < other.Processor ? one.Processor : other.Processor);
    }
}
