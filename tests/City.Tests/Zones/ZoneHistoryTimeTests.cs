using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Contracts.Zones;

namespace Grid.Tests.City.Zones;

/// <summary>What became of the days of a water zone outlives what its meters know.</summary>
public sealed class ZoneHistoryTimeTests
{
    private const string Zone = "Z-1";
    private const string Ouessant = "29155";
    private static readonly DateTimeOffset Midnight = new(2026, 1, 15, 23, 0, 0, TimeSpan.Zero); // in Paris, of the 16th

    [Fact]
    public async Task The_last_that_is_recorded_on_a_day_is_what_became_of_the_day_before_late_readings_included()
    {
        await using var city = await TestCity.StartAsync(at: Midnight);
        await city.PutAsync(Meter("inlet", "inlet"), Meter("c1", null), Meter("c2", null));
        await ReportAsync(city, Midnight, ("inlet", 1_000), ("c1", 100), ("c2", 50));
        await city.PassAsync(TimeSpan.FromDays(1));
        await ReportAsync(city, city.Now, ("inlet", 1_100), ("c1", 160));
        await LiveAsync(city, TimeSpan.FromHours(3));

        Assert.Equal(("2", "40", "-20"), (await NewestAsync(city, "metersHeard"), await NewestAsync(city, "lossLitres"), await NewestAsync(city, "estimatedLossLitres")));
        await ReportAsync(city, Midnight.AddDays(1), ("c2", 80));
        await LiveAsync(city, TimeSpan.FromHours(2));
        Assert.Equal(("3", "3", "10"), (await NewestAsync(city, "metersHeard"), await NewestAsync(city, "metersExact"), await NewestAsync(city, "lossLitres")));

        // The next day nobody knows of the inlet: its loss is recorded no more, and what is always recorded is.
        await city.PassAsync(Midnight.AddDays(2) - city.Now);
        await ReportAsync(city, city.Now, ("c1", 260), ("c2", 180));
        await LiveAsync(city, TimeSpan.FromHours(2));
        var (loss, meters) = (await DaysAsync(city, "lossLitres"), await DaysAsync(city, "meters"));
        Assert.Equal([10.0], loss.Select(day => day.Last.Value));
        Assert.Equal(Midnight.AddDays(1), loss[0].Start);
        Assert.True(meters[^1].Start == Midnight.AddDays(2) && meters[^1].Last.Time > loss[0].Last.Time);
    }

    /// <summary>Time in which timers come to their turn.</summary>
    private static async Task LiveAsync(TestCity city, TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromMinutes(5))
        {
            await city.PassAsync(TimeSpan.FromMinutes(5));
        }
    }

    private static async Task<string> NewestAsync(TestCity city, string figure) =>
        (await DaysAsync(city, figure))[^1].Last.Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<IReadOnlyList<HistoryBucket>> DaysAsync(TestCity city, string figure)
    {
        var query = new HistoryQuery
        {
            Series = FigureCatalog.SeriesOf(ZoneFigures.ScopeOf("29", Zone)),
            Metric = figure,
            From = Midnight.AddDays(1), // before it, nothing is known of the zone
            To = city.Now.AddMinutes(1),
        };
        return (await city.Get<IHistory>().ReadBucketsAsync(query, HistoryResolution.Day, TestContext.Current.CancellationToken)).Buckets;
    }

    private static Task ReportAsync(TestCity city, DateTimeOffset at, params (string Meter, double Litres)[] indexes) =>
        city.ReportAsync([.. indexes.Select(index => Say.Reading(index.Meter, at, ("indexLitres", index.Litres)))]);

    private static DeviceDescriptor Meter(string id, string? role) => Say.Device(
        id, DeviceKind.Meter, Ouessant,
        [("zone", AttributeValue.Of(Zone)), .. role is null ? Array.Empty<(string, AttributeValue)>() : [("zoneRole", AttributeValue.Of(role))]]);
}
