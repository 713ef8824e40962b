using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;

namespace Grid.Tests.City.Alarms;

/// <summary>A network gateway that serves several communes is one alarm when it fails, and not one in each.</summary>
public sealed class SpanningCauseTimeTests
{
    private const string Silent = "communicationLoss";
    private static readonly string[] Communes = ["29232", "29155", "29187"];

    private static readonly string[] Ids = [.. Communes.SelectMany(commune => Enumerable.Range(0, 6).Select(number => $"L{commune}-{number}"))];

    private static DeviceDescriptor LampOf(string id) =>
        Say.Device(id, DeviceKind.Streetlight, id[1..6], ("reportingIntervalMinutes", AttributeValue.Of(15.0))) with { Connector = new ConnectorSpec { Type = "mqtt", Topic = $"lamps/{id}", Gateway = "G1" } };

    private static Task ReportAsync(TestCity city, IEnumerable<string> ids) => city.ReportAsync([.. ids.Select(id => Say.Reading(id, city.Now, ("dimmingPercent", 0), ("powerWatts", 0)))]);

    private static async Task<AlarmView[]> AlarmsAsync(TestCity city)
    {
        var found = new List<AlarmView>();
        foreach (var sector in Ids.Select(id => city.Get<IDeviceDirectory>().Find(id)!.Sector).Distinct(StringComparer.Ordinal))
        {
            found.AddRange(await city.Grains.GetGrain<ISectorGrain>(sector).GetAlarms(new AlarmFilter { WithChildren = true, Limit = 1_000 }));
        }

        return [.. found.Where(alarm => alarm.Condition is Silent or "gatewayOutage")];
    }

    private static async Task<AlarmView[]> UntilAsync(TestCity city, Func<AlarmView[], bool> holds, int minutes)
    {
        var alarms = await AlarmsAsync(city);
        for (var minute = 0; minute < minutes && !holds(alarms); minute++)
        {
            await city.PassAsync(TimeSpan.FromMinutes(1));
            alarms = await AlarmsAsync(city);
        }

        Assert.True(holds(alarms), string.Join("; ", alarms.Select(alarm => $"{alarm.Id} {alarm.State} under {alarm.Parent ?? "none"}")));
        return alarms;
    }

    private static bool IsOne(AlarmView[] alarms) =>
        alarms.Count(alarm => alarm.Parent is null) == 1
        && alarms.Count(alarm => alarm.Condition == Silent && alarm.IsActive && alarm.Parent == alarms.Single(one => one.Parent is null).Id) == Ids.Length;

    [Fact]
    public async Task It_explains_the_devices_of_all_communes_through_a_crash_and_closes_when_the_last_of_them_is_heard()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync([.. Ids.Select(LampOf)]);
        await ReportAsync(city, Ids);
        var parent = (await UntilAsync(city, IsOne, 12 * 60)).Single(alarm => alarm.Parent is null);
        Assert.Equal(("gatewayOutage", AlarmState.Unacknowledged), (parent.Condition, parent.State));

        await using var again = await city.CrashNowAsync();
        await again.PassAsync(TimeSpan.FromMinutes(3));
        Assert.True(IsOne(await AlarmsAsync(again)));

        // Where the alarm stands all is well again, elsewhere not yet: it stays.
        var home = Ids.Where(id => again.Get<IDeviceDirectory>().Find(id)!.Sector == AlarmIds.SectorOf(parent.Source)).ToArray();
        Assert.NotEmpty(home);
        await ReportAsync(again, home);
        await again.PassAsync(TimeSpan.FromMinutes(3));
        var open = Assert.Single(await AlarmsAsync(again), alarm => alarm.Parent is null);
        Assert.Equal((parent.Id, AlarmState.Unacknowledged), (open.Id, open.State));

        await ReportAsync(again, Ids);
        var left = await UntilAsync(again, alarms => alarms.All(alarm => !alarm.IsActive), 10);
        Assert.Equal((parent.Id, AlarmState.ReturnedUnacknowledged), (Assert.Single(left).Id, left[0].State));
    }
}
