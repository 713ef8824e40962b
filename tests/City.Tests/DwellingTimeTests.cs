using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Tests.City;

/// <summary>Dwelling meters: what may be kept of them, and what an erasure leaves.</summary>
public sealed class DwellingTimeTests
{
    private const string Quimper = "29232";

    private static DeviceDescriptor Dwelling(string id, params (string Name, AttributeValue Value)[] attributes) =>
        Say.Device(id, DeviceKind.Meter, Quimper, [
            .. new (string Name, AttributeValue Value)[]
            {
                ("fluid", AttributeValue.Of("water")), ("dwelling", AttributeValue.Of(true)), ("legalBasis", AttributeValue.Of("contract")),
                ("subscriber", AttributeValue.Of($"subscriber-of-{id}")),
            }.Where(attribute => attributes.All(other => other.Name != attribute.Name)),
            .. attributes]);

    private static (string, AttributeValue) Text(string name, string value) => (name, AttributeValue.Of(value));

    private static string At(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<ImmutableDictionary<string, double>> ReportedAsync(TestCity city, string id) =>
        (await city.Grains.GetGrain<IMeterGrain>(id).GetView()).Reported.ToImmutableDictionary(metric => metric.Name, metric => metric.Value);

    private static async Task<long> TodayAsync(TestCity city)
    {
        await city.Commune(Quimper).Refresh();
        return (await city.Commune(Quimper).GetSummary()).TodayOf(DeviceKind.Meter);
    }

    [Fact]
    public async Task A_daily_meter_keeps_its_newest_index_of_the_day_and_nothing_that_is_finer()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Dwelling("W1"));
        var refused = await city.TryReportAsync(Say.Reading("W1", city.Now, ("flowLitresPerHour", 12)));
        Assert.Equal((0, "metrics.flowLitresPerHour"), (refused.Accepted, Assert.Single(refused.Rejected).Field));

        await city.ReportAsync(Say.Reading("W1", city.Now, ("indexLitres", 1000), ("flowLitresPerHour", 12), ("somethingElse", 3), ("batteryPercent", 80)));
        await city.PassAsync(TimeSpan.FromHours(1));
        await city.ReportAsync(Say.Reading("W1", city.Now, ("indexLitres", 1005)));
        await city.ReportAsync(Say.Reading("W1", city.Now.AddMinutes(-30), ("indexLitres", 1003)));
        Assert.Equivalent(new Dictionary<string, double> { ["indexLitres"] = 1005, ["batteryPercent"] = 80 }, await ReportedAsync(city, "W1"));

        // The first day has no reading to begin from: one a day is kept, and it is its last.
        Assert.Equal(0, await TodayAsync(city));
        var entries = await EntriesAsync(city, "W1");
        Assert.Equal(1005, entries[^1]["indexLitres"]);
        Assert.All(entries, entry => Assert.Equal((null, null), (entry["flowLitresPerHour"], entry["somethingElse"])));
        Assert.Single(entries.Select(entry => entry.Personal!.Day).Distinct());

        await city.PassAsync(TimeSpan.FromDays(1));
        await city.ReportAsync(Say.Reading("W1", city.Now, ("indexLitres", 1030)));
        Assert.Equal(25_000, await TodayAsync(city));
    }

    [Fact]
    public async Task What_is_kept_by_the_day_stands_for_its_day_and_what_consent_lets_be_finer_for_its_instant()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(
            Dwelling("W1"),
            Dwelling("W2", Text("granularity", "subDaily"), Text("consentedAt", At(city.Now.AddDays(-3))), Text("consentEndsAt", At(city.Now.AddDays(3)))),
            Say.WaterMeter("W3", Quimper));
        var subjects = city.Get<IHistorySubjects>();

        Assert.True(subjects.StandsForDay("W1", city.Now));
        Assert.Equal([true, false, false, true, true], new[] { -4, -2, 1.5, 2.5, 4 }.Select(days => subjects.StandsForDay("W2", city.Now.AddDays(days))));
        Assert.False(subjects.StandsForDay("W3", city.Now));
        Assert.False(subjects.StandsForDay("W4", city.Now));
    }

    [Fact]
    public async Task With_consent_values_are_kept_as_they_come_and_from_its_withdrawal_daily()
    {
        await using var city = await TestCity.StartAsync();
        var consent = Text("consentedAt", At(city.Now.AddDays(-1)));
        await city.PutAsync(Dwelling("W1", Text("granularity", "subDaily"), consent));
        await city.ReportAsync(Say.Reading("W1", city.Now, ("indexLitres", 1000), ("flowLitresPerHour", 12)));
        Assert.Equal(12, (await ReportedAsync(city, "W1"))["flowLitresPerHour"]);

        await city.PassAsync(TimeSpan.FromHours(1));
        await city.PutAsync(Dwelling("W1", Text("granularity", "subDaily"), consent, Text("consentEndsAt", At(city.Now))));
        await city.PassAsync(TimeSpan.FromMinutes(1));

        // Observed before the withdrawal and received after it: that counts as after it.
        foreach (var observed in new[] { city.Now, city.Now.AddMinutes(-10) })
        {
            var refused = await city.TryReportAsync(Say.Reading("W1", observed, ("flowLitresPerHour", 99)));
            Assert.Equal("metrics.flowLitresPerHour", Assert.Single(refused.Rejected).Field);
        }

        Assert.Equal(12, (await ReportedAsync(city, "W1"))["flowLitresPerHour"]);
    }

    [Fact]
    public async Task A_meter_that_rests_on_consent_alone_is_silent_once_it_is_withdrawn()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Dwelling("W1", Text("legalBasis", "consent"), Text("consentedAt", At(city.Now.AddDays(-1))), Text("consentEndsAt", At(city.Now.AddHours(1)))));
        await city.ReportAsync(Say.Reading("W1", city.Now, ("indexLitres", 1000)));
        await city.PassAsync(TimeSpan.FromHours(2));
        var refused = await city.TryReportAsync(Say.Reading("W1", city.Now, ("indexLitres", 1001)));
        Assert.Contains("consent", Assert.Single(refused.Rejected).Reason, StringComparison.Ordinal);
        Assert.Equal(1000, (await ReportedAsync(city, "W1"))["indexLitres"]);
    }

    [Fact]
    public async Task An_erasure_leaves_the_communes_figures_and_a_meter_that_knows_nothing_and_goes_on()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Dwelling("W1"), Say.WaterMeter("M1", Quimper));
        await city.ReportAsync(Say.Reading("W1", city.Now, ("indexLitres", 5000)), Say.Reading("M1", city.Now, ("indexLitres", 100)));
        await city.PassAsync(TimeSpan.FromDays(1));
        await city.ReportAsync(Say.Reading("W1", city.Now, ("indexLitres", 5040)), Say.Reading("M1", city.Now, ("indexLitres", 107)));
        Assert.Equal(47_000, await TodayAsync(city));

        var erasure = await city.Get<ISubscribers>().EraseAsync("subscriber-of-W1", CancellationToken.None);
        Assert.Equal(["W1"], erasure!.Devices);
        Assert.False(city.Get<ISubscriberKeys>().Has("subscriber-of-W1"));
        Assert.Empty(await ReportedAsync(city, "W1"));
        Assert.Equal(47_000, await TodayAsync(city));

        // As nobody's it goes on from its next index, and what it measures is sealed as before.
        await city.ReportAsync(Say.Reading("W1", city.Now.AddMinutes(1), ("indexLitres", 5041)));
        await city.PassAsync(TimeSpan.FromDays(1));
        await city.ReportAsync(Say.Reading("W1", city.Now, ("indexLitres", 5050)), Say.Reading("M1", city.Now, ("indexLitres", 107)));
        Assert.Equal(9_000, await TodayAsync(city));
        Assert.StartsWith("anonymous-", (await EntriesAsync(city, "W1"))[^1].Personal!.Subscriber, StringComparison.Ordinal);

        // Asked again, nothing more happens; and whoever was never here is not found.
        Assert.Equal(erasure.At, (await city.Get<ISubscribers>().EraseAsync("subscriber-of-W1", CancellationToken.None))!.At);
        Assert.Null(await city.Get<ISubscribers>().EraseAsync("nobody", CancellationToken.None));
    }

    [Fact]
    public async Task A_crash_after_an_erasure_replays_what_is_left_and_the_figures_stay()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Dwelling("W1"), Dwelling("W2"));
        await city.ReportAsync(Say.Reading("W1", city.Now, ("indexLitres", 5000)), Say.Reading("W2", city.Now, ("indexLitres", 900)));
        await city.PassAsync(TimeSpan.FromDays(1));
        await city.ReportAsync(Say.Reading("W1", city.Now, ("indexLitres", 5040)), Say.Reading("W2", city.Now, ("indexLitres", 905)));
        await city.Get<ISubscribers>().EraseAsync("subscriber-of-W1", CancellationToken.None);
        await city.PassAsync(TimeSpan.FromMinutes(5));
        await using var again = await city.CrashAsync([Say.Reading("W2", city.Now, ("indexLitres", 906))]);
        Assert.Equal(906, (await ReportedAsync(again, "W2"))["indexLitres"]);
        Assert.Empty(await ReportedAsync(again, "W1"));
        Assert.Equal(46_000, await TodayAsync(again));
    }

    [Fact]
    public async Task A_key_that_goes_without_an_orderly_erasure_stops_nothing()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Dwelling("W1"), Dwelling("W2"));
        await city.ReportAsync(Say.Reading("W1", city.Now, ("indexLitres", 5000)), Say.Reading("W2", city.Now, ("indexLitres", 900)));
        await city.Get<ISubscriberKeys>().DestroyAsync("subscriber-of-W1", CancellationToken.None);

        // As after a restore of older data beside newer keys: the log, the state and the books of W1 are unreadable.
        await using var again = await city.CrashAsync([Say.Reading("W1", city.Now, ("indexLitres", 5001)), Say.Reading("W2", city.Now.AddMinutes(1), ("indexLitres", 901))]);
        Assert.Empty(await ReportedAsync(again, "W1"));
        Assert.Equal(901, (await ReportedAsync(again, "W2"))["indexLitres"]);
        await again.ReportAsync(Say.Reading("W1", again.Now.AddMinutes(2), ("indexLitres", 5002)));
        Assert.Equal(5002, (await ReportedAsync(again, "W1"))["indexLitres"]);
    }

    [Fact]
    public async Task A_meter_of_another_subscriber_shows_nothing_of_the_former_one()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Dwelling("W1"));
        await city.ReportAsync(Say.Reading("W1", city.Now, ("indexLitres", 5000)));
        await city.PutAsync(Dwelling("W1", Text("subscriber", "the-next-one")));
        Assert.Empty(await ReportedAsync(city, "W1"));
    }

    [Fact]
    public async Task Where_a_persons_meter_stands_and_what_it_reports_is_told_only_to_who_asks_for_personal_data()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Dwelling("W1"), Say.WaterMeter("M1", Quimper));
        await city.ReportAsync(Say.Reading("W1", city.Now, ("indexLitres", 5000)), Say.Reading("M1", city.Now, ("indexLitres", 100)));
        var sector = city.Grains.GetGrain<ISectorGrain>((await city.Get<IDeviceRegistry>().GetAsync("W1", CancellationToken.None))!.Sector);
        var world = new BoundingBox(-180, -90, 180, 90);

        var closed = (await sector.GetChanges(null, new DeviceFilter(), 10)).Devices.Single(device => device.Id == "W1");
        Assert.Equal((null, 0), (closed.Position, closed.Metrics.Length));
        Assert.DoesNotContain((await sector.GetChanges(null, new DeviceFilter { Box = world }, 10)).Devices, device => device.Id == "W1");
        var open = (await sector.GetChanges(null, new DeviceFilter { Box = world, IncludesPersonal = true }, 10)).Devices.Single(device => device.Id == "W1");
        Assert.Equal((new GeoPoint(-4.5, 48.4), 5000), (open.Position!.Value, open.Metrics.Single().Value));
    }

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
