using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;

namespace Grid.Tests.City.Alarms;

/// <summary>What territories give to the definitions of alarms reaches the sectors through their logs, and is the same after a crash.</summary>
public sealed class AlarmSettingsTimeTests
{
    private const string Quimper = "29232";

    private static async Task<ISectorGrain> SectorOfAsync(TestCity city, string device) =>
        city.Grains.GetGrain<ISectorGrain>(city.Get<IDeviceDirectory>().Find(device)?.Sector ?? throw new InvalidOperationException(device));

    private static async Task<AlarmView?> FireAsync(TestCity city, string device) => await (await SectorOfAsync(city, device)).GetAlarm(AlarmIds.Of(device, "fire"));

    /// <summary>Gives, and lets time pass until the alarm of B1 shows it: the sectors look, and then follow by their logs.</summary>
    private static async Task GiveAsync(TestCity city, string scope, Func<AlarmView, bool> isTaken, params AlarmSetting[] settings)
    {
        Assert.Empty((await city.Grains.GetGrain<IAlarmSettingsGrain>(scope).Put([.. settings], null)).Faults);
        await city.UntilAsync(async () => isTaken((await FireAsync(city, "B1"))!), () => $"what {scope} gives");
    }

    private static Task BurnAsync(TestCity city, string bin, double celsius) => city.ReportAsync(Say.Reading(bin, city.Now, ("fillPercent", 40), ("temperatureCelsius", celsius)));

    private static AlarmSetting Fire => new() { Condition = "fire" };

    [Fact]
    public async Task A_change_moves_priority_and_class_of_what_stands_and_the_delays_of_what_comes_and_outlives_a_crash()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Device("B1", DeviceKind.Bin, Quimper), Say.Device("B2", DeviceKind.Bin, Quimper));
        await BurnAsync(city, "B1", 90);
        Assert.Equal((AlarmPriority.Urgent, AlarmClass.Safety), ((await FireAsync(city, "B1"))!.Priority, (await FireAsync(city, "B1"))!.Class));

        await GiveAsync(city, $"commune:{Quimper}", fire => fire.Priority == AlarmPriority.High, Fire with { Kind = DeviceKind.Bin, Priority = AlarmPriority.High, Class = AlarmClass.Security, OnDelay = TimeSpan.FromMinutes(10), TimeToRespond = TimeSpan.FromHours(2) });
        var standing = (await FireAsync(city, "B1"))!;
        Assert.Equal((AlarmPriority.High, AlarmClass.Security, AlarmState.Unacknowledged, standing.RaisedAt + TimeSpan.FromHours(2)), (standing.Priority, standing.Class, standing.State, standing.RespondBy));

        await BurnAsync(city, "B2", 90);
        var begun = city.Now;
        Assert.Equal(DateTimeOffset.UnixEpoch, (await FireAsync(city, "B2"))!.RaisedAt);

        await using var again = await city.CrashNowAsync();
        for (var minute = 0; minute < 12; minute++)
        {
            await again.PassAsync(TimeSpan.FromMinutes(1));
        }

        var raised = (await FireAsync(again, "B2"))!;
        Assert.Equal((begun + TimeSpan.FromMinutes(10), AlarmPriority.High), (raised.RaisedAt, raised.Priority));
        Assert.Equal((AlarmPriority.High, AlarmClass.Security), ((await FireAsync(again, "B1"))!.Priority, (await FireAsync(again, "B1"))!.Class));

        // What is given no more is the catalogue's again.
        await GiveAsync(again, $"commune:{Quimper}", fire => fire.Priority == AlarmPriority.Urgent);
        Assert.Equal((AlarmPriority.Urgent, AlarmClass.Safety), ((await FireAsync(again, "B1"))!.Priority, (await FireAsync(again, "B1"))!.Class));
    }

    [Theory]
    [InlineData("commune:29232")]
    [InlineData("department:29")]
    [InlineData("all")]
    public async Task An_alarm_that_is_not_enabled_is_put_aside_by_design_and_is_news_when_it_is_enabled_again(string scope)
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Device("B1", DeviceKind.Bin, Quimper));
        await BurnAsync(city, "B1", 90);
        await GiveAsync(city, scope, fire => fire.State == AlarmState.Suppressed, Fire with { IsEnabled = false });
        Assert.Equal(0, (await city.FiguresAsync(city.Commune(Quimper))).Kinds.Sum(kind => kind.AlarmsUnacknowledged));

        await GiveAsync(city, scope, fire => fire.State == AlarmState.Unacknowledged);
        Assert.Equal(AlarmState.Unacknowledged, (await FireAsync(city, "B1"))!.State);
    }

    [Fact]
    public async Task The_commune_goes_before_a_body_and_that_before_the_department_and_all_member_by_member()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Device("B1", DeviceKind.Bin, Quimper));
        await BurnAsync(city, "B1", 90);
        var today = DateOnly.FromDateTime(city.Now.UtcDateTime);
        await city.AddBodyAsync("999000001", [new Membership(Quimper, "999000001", DeviceKinds.Bin, today.AddDays(-1), null)]);
        await GiveAsync(city, AlarmScopes.All, fire => fire.Priority == AlarmPriority.Low, Fire with { Priority = AlarmPriority.Low, Class = AlarmClass.System, TimeToRespond = TimeSpan.FromHours(9) });
        await GiveAsync(city, AlarmScopes.OfDepartment("29"), fire => fire.Priority == AlarmPriority.Medium, Fire with { Priority = AlarmPriority.Medium, Class = AlarmClass.Maintenance });
        await GiveAsync(city, "syndicate:999000001", fire => fire.Priority == AlarmPriority.High, Fire with { Priority = AlarmPriority.High });

        var fire = (await FireAsync(city, "B1"))!;
        Assert.Equal((AlarmPriority.High, AlarmClass.Maintenance, fire.RaisedAt + TimeSpan.FromHours(9)), (fire.Priority, fire.Class, fire.RespondBy));
        await GiveAsync(city, $"commune:{Quimper}", fire => fire.Priority == AlarmPriority.Urgent, Fire with { Priority = AlarmPriority.Urgent });
        Assert.Equal(AlarmPriority.Urgent, (await FireAsync(city, "B1"))!.Priority);
    }
}
