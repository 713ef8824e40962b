using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Notifications;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Tests.City.Notifications;

namespace Grid.Tests.City.Alarms;

/// <summary>From a report to who is on call, level by level, until somebody acknowledges.</summary>
public sealed class EscalationTimeTests
{
    private const string Plougar = "29187";

    private static OnCallCalendar Calendar(params string[] levels) => new()
    {
        ZoneId = "Europe/Paris",
        Levels =
        [
            .. levels.Select(endpoint => new OnCallLevel
            {
                Rotation = new() { Turns = [new(endpoint, [endpoint])], Days = 7, From = new(2026, 1, 5), HandOver = new(8, 0) },
                AfterMinutes = 10,
            }),
        ],
    };

    private static async Task<string[]> ToldAsync(NotifyingCity city) =>
        [.. (await city.City.Get<INotificationOutbox>().ListAsync(new NotificationQuery(), CancellationToken.None)).Select(one => one.Notification.Endpoint).Order(StringComparer.Ordinal)];

    private static async Task<NotifyingCity> BurningAsync()
    {
        var city = await NotifyingCity.StartAsync();
        await city.AddMailAsync("anne");
        await city.AddMailAsync("brice");
        Assert.Empty((await city.City.Grains.GetGrain<IOnCallGrain>($"commune:{Plougar}").Put(Calendar("anne", "brice"), null)).Faults);
        await city.City.PutAsync(Say.Device("B1", DeviceKind.Bin, Plougar));
        await city.City.ReportAsync(Say.Reading("B1", city.City.Now, ("temperatureCelsius", 95), ("fillPercent", 30)));
        await city.City.UntilAsync(async () => (await ToldAsync(city)).Length == 1, () => "the first level to be told");
        return city;
    }

    [Fact]
    public async Task An_alarm_that_nobody_acknowledges_goes_to_the_next_level()
    {
        await using var city = await BurningAsync();
        Assert.Equal(["anne"], await ToldAsync(city));
        await city.City.PassAsync(TimeSpan.FromMinutes(15));
        await city.City.UntilAsync(async () => (await ToldAsync(city)).Length == 2, () => "the second level to be told");
        Assert.Equal(["anne", "brice"], await ToldAsync(city));
    }

    [Fact]
    public async Task One_that_is_acknowledged_goes_no_further_and_one_that_is_raised_again_begins_anew()
    {
        await using var city = await BurningAsync();
        var sector = city.City.Grains.GetGrain<ISectorGrain>(city.City.Get<IDeviceDirectory>().Find("B1")!.Sector);
        await sector.OrderAlarms(["B1~fire"], new AlarmOrder { Action = AlarmAction.Acknowledge, By = "anne" });
        await city.City.PassAsync(TimeSpan.FromMinutes(40));
        Assert.Equal(["anne"], await ToldAsync(city));

        await city.City.ReportAsync(Say.Reading("B1", city.City.Now, ("temperatureCelsius", 15), ("fillPercent", 30)));
        await city.City.PassAsync(TimeSpan.FromMinutes(90));
        await city.City.ReportAsync(Say.Reading("B1", city.City.Now, ("temperatureCelsius", 95), ("fillPercent", 30)));
        await city.City.UntilAsync(async () => (await ToldAsync(city)).Length == 2, () => "the first level to be told again");
        Assert.Equal(["anne", "anne"], await ToldAsync(city));
    }
}
