using System.Collections.Immutable;
using Grid.Contracts.Lighting;
using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;

namespace Grid.Tests.City.Lighting;

/// <summary>A commune under a plan, and the time of its nights.</summary>
internal static class PlannedCity
{
    public const string Ouessant = "29155";

    private static readonly TimeSpan Step = TimeSpan.FromMinutes(2);

    /// <summary>On at 18:00, 30 % from 23:00, off at 06:00.</summary>
    public static readonly LightingPlan Plan = new()
    {
        Name = "Plan",
        Programs = [new ControlProgram("night", [new SwitchPoint("18:00", 100, 0), new SwitchPoint("23:00", 30, 0), new SwitchPoint("06:00", 0, 0)])],
        Calendar = [new CalendarEntry("always", "night", 0)],
    };

    public static async Task AssignAsync(TestCity city, params string[] others)
    {
        var plan = city.Grains.GetGrain<ILightingPlanGrain>("p");
        Assert.Empty((await plan.Put(Plan)).Faults);
        Assert.Empty((await plan.Assign([new PlanAssignment { Commune = Ouessant }, .. others.Select(commune => new PlanAssignment { Commune = commune })])).Faults);
        await SettleAsync(city, null);
    }

    public static Task SettleAsync(TestCity city, string? device) => SettleAsync(city, device, TimeSpan.FromSeconds(3));

    /// <summary>Lets the controllers do what they have been told of: a call waits for what was asked before it.</summary>
    public static async Task SettleAsync(TestCity city, string? device, TimeSpan pass)
    {
        ImmutableArray<string> sectors = device is null ? SectorsOf(city) : [await SectorOf(city, device)];
        foreach (var sector in sectors)
        {
            await Of(city, sector).GetPlanned("nobody", city.Now, city.Now);
        }

        if (pass > TimeSpan.Zero)
        {
            await city.PassAsync(pass);
            await SettleAsync(city, device, TimeSpan.Zero);
        }
    }

    private static ImmutableArray<string> SectorsOf(TestCity city) =>
        SectorMap.SectorsOf(Ouessant, city.Get<ITerritoryTable>().FindCommune(Ouessant)!.Population);

    public static async Task<string> SectorOf(TestCity city, string device) =>
        (await city.Get<Contracts.Storage.IDeviceRegistry>().GetAsync(device, CancellationToken.None))!.Sector;

    public static ISectorControllersGrain Of(TestCity city, string sector) => city.Grains.GetGrain<ISectorControllersGrain>(sector);

    /// <summary>Lets time pass until a time of the place's clock. Step by step: a disk takes real time, in which the test's would run ahead of the timers.</summary>
    public static async Task UntilAsync(TestCity city, int hour, int minute)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");
        var local = TimeZoneInfo.ConvertTime(city.Now, zone).DateTime;
        var wanted = local.Date.AddHours(hour).AddMinutes(minute);
        var left = wanted > local ? wanted - local : wanted.AddDays(1) - local;
        for (; left > TimeSpan.Zero; left -= Step)
        {
            await city.PassAsync(left < Step ? left : Step);
            await SettleAsync(city, "L1", TimeSpan.Zero);
        }
    }
}
