using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Tests.City;

/// <summary>Frames through the door: order, repeats, limits and what may be kept of a dwelling.</summary>
public sealed class DayFrameTimeTests
{
    private const string Quimper = "29232";

    private static readonly TimeZoneInfo Paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");

    /// <summary>The last local midnight before an instant.</summary>
    private static DateTimeOffset MidnightBefore(DateTimeOffset instant)
    {
        var local = TimeZoneInfo.ConvertTime(instant, Paris).Date;
        return new DateTimeOffset(local, Paris.GetUtcOffset(local)).ToUniversalTime();
    }

    private static IncomingFrame Day(string device, DateTimeOffset start, double index, IEnumerable<double> deltas, long? sequence = null) =>
        new(0, device, start, [new("indexLitres", index)], [new("indexLitres", [.. deltas])], TimeSpan.FromHours(1), sequence is null ? null : "S", sequence);

    private static async Task<DeviceView> ViewAsync(TestCity city, string device) => await city.Grains.GetGrain<IMeterGrain>(device).GetView();

    private static async Task<double?> YesterdayAsync(TestCity city, string device) =>
        (await ViewAsync(city, device)).Derived.Single(figure => figure.Name == "consumedYesterdayLitres").Value;

    [Fact]
    public async Task A_frame_gives_its_day_to_the_litre()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.WaterMeter("M1", Quimper));
        var midnight = MidnightBefore(city.Now);
        var answer = await city.TryReportAsync(Day("M1", midnight.AddDays(-1), 1_000, Enumerable.Range(1, 24).Select(hour => (double)hour)));

        Assert.Equal((25, 0), (answer.Accepted, answer.Rejected.Length));
        Assert.Equal(300, await YesterdayAsync(city, "M1"));
        Assert.Equal(new ReportedMetric("indexLitres", 1_300, midnight), Assert.Single((await ViewAsync(city, "M1")).Reported));
    }

    [Fact]
    public async Task A_frame_that_is_sent_again_changes_nothing_and_a_late_one_finds_its_day()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.WaterMeter("M1", Quimper));
        var midnight = MidnightBefore(city.Now);

        // Nothing flows in most hours, so that many readings of a frame have the same values.
        double[] quiet = [.. Enumerable.Repeat(0.0, 20), 5, 0, 0, 0];
        var former = Day("M1", midnight.AddDays(-2), 1_000, quiet, 30);
        var newest = Day("M1", midnight.AddDays(-1), 1_005, quiet.Select(delta => delta * 2), 31);
        await city.ReportAsync(newest);
        await city.ReportAsync(former);
        var before = await ViewAsync(city, "M1");
        var contribution = await city.Grains.GetGrain<IMeterGrain>("M1").GetContribution();
        Assert.Equal((10_000, 5_000), (contribution.DayAmount, contribution.PreviousDayAmount));

        foreach (var again in new[] { newest, former, newest })
        {
            await city.PassAsync(TimeSpan.FromMinutes(10));
            Assert.Equal(25, (await city.TryReportAsync(again)).Accepted);
            Assert.Equal(contribution, await city.Grains.GetGrain<IMeterGrain>("M1").GetContribution());
            var after = await ViewAsync(city, "M1");
            Assert.Equal(before.Reported, after.Reported);
            Assert.Equal(before.Derived, after.Derived);
        }
    }

    [Fact]
    public async Task Frames_that_overlap_are_no_clock_that_stepped_back()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.WaterMeter("M1", Quimper));
        var midnight = MidnightBefore(city.Now);

        // A day of hourly amounts every 12 hours: each frame holds half of the one before again.
        for (var half = 0; half < 4; half++)
        {
            await city.ReportAsync(Day("M1", midnight.AddHours(-72 + (12 * half)), 1_000 + (120 * half), Enumerable.Repeat(10.0, 24), half));
        }

        var contribution = await city.Grains.GetGrain<IMeterGrain>("M1").GetContribution();
        Assert.Equal(240_000, contribution.PreviousDayAmount);
        Assert.Equal(midnight.AddHours(-12), Assert.Single((await ViewAsync(city, "M1")).Reported).ObservedAt);
    }

    [Fact]
    public async Task Each_reading_of_a_frame_stands_for_itself()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.WaterMeter("M1", Quimper));
        var answer = await city.TryReportAsync(
            Say.Reading("M1", city.Now.AddHours(-3), ("indexLitres", 990)),
            Day("M1", city.Now.AddHours(-2), 1_000, [1, 2, 3, 4]) with { Index = 1 },
            Day("nobody", city.Now.AddHours(-2), 1_000, [1, 2]) with { Index = 2 },
            Day("M1", city.Now.AddHours(-2), -1, [1, 2]) with { Index = 3 });

        // Two hours are past and two are to come.
        Assert.Equal(4, answer.Accepted);
        Assert.Equal(
            [(1, "deltas.indexLitres[2]"), (1, "deltas.indexLitres[3]"), (2, "device"), (3, "metrics.indexLitres")],
            answer.Rejected.Select(rejection => (rejection.Index, rejection.Field)));
        Assert.Equal(1_003, Assert.Single((await ViewAsync(city, "M1")).Reported).Value);
    }

    [Fact]
    public async Task A_leak_is_found_from_frames_alone()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.WaterMeter("M1", Quimper));
        var midnight = MidnightBefore(city.Now);
        for (var day = 3; day >= 1; day--)
        {
            await city.ReportAsync(Day("M1", midnight.AddDays(-day), 1_000 - (144 * day), Enumerable.Repeat(6.0, 24)));
        }

        Assert.Equal("leak", Assert.Single((await ViewAsync(city, "M1")).Conditions).Condition);
        await city.Commune(Quimper).Refresh();
        Assert.Equal(1, (await city.Commune(Quimper).GetSummary()).Figures.Kinds.Single(kind => kind.Kind == DeviceKind.Meter).LeakSuspects);
    }

    [Fact]
    public async Task Of_a_dwelling_that_is_kept_daily_only_the_last_index_of_each_day_passes_the_door()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Dwelling("W1"));
        var midnight = MidnightBefore(city.Now);

        // From 06:00 to 06:00: the rest of one day and the beginning of the next.
        var frame = Day("W1", midnight.AddHours(-18), 1_000, Enumerable.Repeat(10.0, 24));
        Assert.Equal(25, (await city.TryReportAsync(frame)).Accepted);
        var entries = await EntriesAsync(city, "W1");
        Assert.Equal([1_180.0, 1_240.0], entries.Select(entry => entry["indexLitres"]));
        Assert.Equal([midnight, midnight.AddHours(6)], entries.Select(entry => entry.ObservedAt));
        Assert.Equal([midnight.AddDays(-1), midnight], entries.Select(entry => entry.Personal!.Day!.Value));

        // Sent again, the newest says the same of its day, and an older one of the day before replaces it by itself.
        await city.TryReportAsync(frame);
        Assert.Equal([1_180.0, 1_240.0], (await EntriesAsync(city, "W1")).Select(entry => entry["indexLitres"]).Distinct());
    }

    [Fact]
    public async Task Of_a_dwelling_with_consent_all_of_a_frame_is_kept_from_the_consent_on()
    {
        await using var city = await TestCity.StartAsync();
        var from = city.Now.AddHours(-5);
        await city.PutAsync(Dwelling("W1", ("granularity", "subDaily"), ("legalBasis", "consent"), ("consentedAt", from.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture))));
        var answer = await city.TryReportAsync(Day("W1", city.Now.AddHours(-8), 1_000, Enumerable.Repeat(10.0, 8)));

        // Three before the consent, of which the first is the frame's own.
        Assert.Equal(["device", "deltas.indexLitres[0]", "deltas.indexLitres[1]"], answer.Rejected.Select(rejection => rejection.Field));
        Assert.Equal(6, answer.Accepted);
        Assert.Equal(6, (await EntriesAsync(city, "W1")).Count);
    }

    private static DeviceDescriptor Dwelling(string id, params (string Name, string Value)[] attributes) => Say.Device(id, DeviceKind.Meter, Quimper, [
        ("fluid", AttributeValue.Of("water")), ("dwelling", AttributeValue.Of(true)), ("subscriber", AttributeValue.Of($"subscriber-of-{id}")),
        .. attributes.Any(attribute => attribute.Name == "legalBasis") ? Array.Empty<(string, AttributeValue)>() : [("legalBasis", AttributeValue.Of("contract"))],
        .. attributes.Select(attribute => (attribute.Name, AttributeValue.Of(attribute.Value)))]);

    private static async Task<List<ReadingEntry>> EntriesAsync(TestCity city, string id)
    {
        var sector = (await city.Get<IDeviceRegistry>().GetAsync(id, CancellationToken.None))!.Sector;
        var entries = new List<ReadingEntry>();
        await foreach (var batch in city.Get<IReadingLog>().ReadAsync(sector, 0, CancellationToken.None))
        {
            entries.AddRange(batch.Entries.OfType<ReadingEntry>().Where(entry => entry.Device == id));
        }

        return entries;
    }
}
