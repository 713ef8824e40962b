using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Contracts.Storage;
using Grid.Grains.History;
using Grid.Grains.Rules.Trial;
using static Grid.Tests.City.Rules.RuleCity;

namespace Grid.Tests.City.Rules;

/// <summary>What history keeps of how things came gives them back as they came.</summary>
public sealed class RuleTrialCourseTimeTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 16, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task What_came_late_twice_together_or_empty_is_read_as_it_came(int seed)
    {
        await using var city = await TestCity.StartAsync(null, Noon.AddDays(-1));
        var random = new Random(seed);
        var came = new List<ReadingEntry>();
        for (var (accepted, step) = (Noon, 0); step < 400; step++)
        {
            accepted = accepted.AddMilliseconds(random.Next(6) == 0 ? 0 : random.Next(1, 20_000));
            var after = random.Next(5) switch { 0 => 0, 1 => random.Next(90_000, 4_000_000), _ => random.Next(1, 3_000) };
            var again = random.Next(10) == 0 && came.Count > 0 ? came[^1] : null;
            if (again is not null && again.ReceivedAt == accepted)
            {
                continue;
            }

            // Of one that came at the very instant at which it was observed and long after it again, only the latter is kept.
            came.Add(again is not null && again.ReceivedAt != again.ObservedAt
                ? again with { ReceivedAt = accepted }
                : new ReadingEntry
                {
                    Device = "B1",
                    ReceivedAt = accepted,
                    ObservedAt = accepted.AddMilliseconds(-after),
                    Metrics = random.Next(12) == 0 ? [] : [new MetricValue("fillPercent", step % 100)],
                });
        }

        // An instant at which two were observed has the values of one of them.
        came = [.. came.GroupBy(entry => entry.ObservedAt).Where(same => same.Select(entry => entry.Metrics.IsEmpty ? -1 : entry.Metrics[0].Value).Distinct().Count() == 1).SelectMany(same => same).OrderBy(entry => entry.ReceivedAt)];
        var history = city.Get<IHistory>();
        var course = new SectorCourse(Sector);
        foreach (var batch in came.Chunk(7))
        {
            await history.RecordAsync(course.Of([.. batch]), CancellationToken.None);
        }

        await history.RecordAsync([.. came.Where(entry => !entry.Metrics.IsEmpty).Select(entry => new HistorySample("B1", entry.ObservedAt, "fillPercent", entry.Metrics[0].Value))], CancellationToken.None);
        var readings = new TrialReadings(history);
        var (from, to) = (Noon.AddMinutes(10), Noon.AddMinutes(40));
        var read = await readings.OfAsync("B1", ["fillPercent"], from, to, await readings.KeptSinceAsync(Sector, from, to));
        var expected = came.Where(entry => entry.ReceivedAt >= from && entry.ReceivedAt < to).ToArray();
        Assert.True(expected.Length > 80, $"{expected.Length} are too few");
        Assert.Equal(expected.Select(Line), read.Entries.Cast<ReadingEntry>().Select(Line));
        Assert.False(read.IsGuessedFrom(from));
    }

    [Fact]
    public async Task Before_history_kept_how_reports_came_they_are_taken_as_in_time_and_that_is_said()
    {
        await using var city = await TestCity.StartAsync(null, Noon);
        await city.PutAsync(Bin("B1"));
        ImmutableArray<HistorySample> samples = [.. Enumerable.Range(1, 20).Select(step => new HistorySample("B1", Noon.AddMinutes(-10 * step), "fillPercent", 100 - step))];
        await city.Get<IHistory>().RecordAsync(samples, CancellationToken.None);
        var trial = await TryAsync(city, "commune:29155", "each bin when fillPercent > 90 then notify ops \"x\"", Noon.AddHours(-3));
        Assert.Contains(trial.Events, one => one.What == "notify");
        Assert.Contains("history has not, or no longer", Assert.Single(trial.Inexact).En, StringComparison.Ordinal);

        await city.ReportAsync(Fill(city, "B1", 95));
        await city.PassAsync(TimeSpan.FromMinutes(1));
        var after = await TryAsync(city, "commune:29155", "each bin when fillPercent > 90 then notify ops \"x\"", Noon);
        Assert.Equal((21, null), (after.Readings, after.Cut));
        Assert.Empty(after.Inexact);

        // It takes the parameters of now, and says where they were others.
        ParameterSet hotter = new() { Kind = DeviceKind.Bin, Values = [new ParameterValue("fireCelsius", AttributeValue.Of(70))] };
        Assert.Empty((await city.Grains.GetGrain<IParametersGrain>(ParameterScopes.OfCommune("29155")).Put([hotter], null)).Faults);
        var changed = await TryAsync(city, "commune:29155", "each bin when fillPercent > 90 then notify ops \"x\"", Noon);
        Assert.StartsWith("the parameters of commune:29155 have changed since", Assert.Single(changed.Inexact).En, StringComparison.Ordinal);
    }

    private static string Line(ReadingEntry entry) => $"{entry.ReceivedAt:O} {entry.ObservedAt:O} {string.Join(' ', entry.Metrics)}";
}
