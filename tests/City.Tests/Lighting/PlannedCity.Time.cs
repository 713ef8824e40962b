using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;
using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;

namespace Grid.Tests.City.Lighting;

/// <summary>A commune under a plan, and what tests of it have in common.</summary>
internal static class PlannedCity
{
    public const string Ouessant = "29155";

    /// <summary>On at 18:00, 30 % from 23:00, off at 06:00.</summary>
    public static readonly LightingPlan Plan = new()
    {
        Name = "Plan",
        Programs = [new ControlProgram("night", [new SwitchPoint("18:00", 100, 0), new SwitchPoint("23:00", 30, 0), new SwitchPoint("06:00", 0, 0)])],
        Calendar = [new CalendarEntry("always", "night", 0)],
    };

    private static readonly TimeSpan Step = TimeSpan.FromMinutes(2);

    public static Task AssignAsync(TestCity city, LightingPlan? other = null) => AssignAsync(city, other ?? Plan, Ouessant);

    public static Task AssignAsync(TestCity city, string commune) => AssignAsync(city, Plan, Ouessant, commune);

    private static async Task AssignAsync(TestCity city, LightingPlan assigned, params string[] communes)
    {
        var plan = city.Grains.GetGrain<ILightingPlanGrain>("p");
        Assert.Empty((await plan.Put(assigned)).Faults);
        Assert.Empty((await plan.Assign([.. communes.Select(commune => new PlanAssignment { Commune = commune })])).Faults);
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

    public static ImmutableArray<string> SectorsOf(TestCity city) =>
        SectorMap.SectorsOf(Ouessant, city.Get<ITerritoryTable>().FindCommune(Ouessant)!.Population);

    public static async Task<string> SectorOf(TestCity city, string device) =>
        (await city.Get<Contracts.Storage.IDeviceRegistry>().GetAsync(device, CancellationToken.None))!.Sector;

    public static ISectorControllersGrain Of(TestCity city, string sector) => city.Grains.GetGrain<ISectorControllersGrain>(sector);

    public static async Task<ControllerView> ViewAsync(TestCity city, string device)
    {
        await SettleAsync(city, device);
        return (await Of(city, await SectorOf(city, device)).List("p", null, null, 100)).Single(view => view.Device == device);
    }

    /// <summary>Lets time pass until a time of the place's clock. Step by step: a disk takes real time, in which the test's would run ahead of the timers.</summary>
    public static async Task UntilAsync(TestCity city, int hour, int minute, params string[] devices)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");
        var local = TimeZoneInfo.ConvertTime(city.Now, zone).DateTime;
        var wanted = local.Date.AddHours(hour).AddMinutes(minute);
        var left = wanted > local ? wanted - local : wanted.AddDays(1) - local;
        for (; left > TimeSpan.Zero; left -= Step)
        {
            await city.PassAsync(left < Step ? left : Step);
            foreach (var device in devices is [] ? ["L1"] : devices)
            {
                await SettleAsync(city, device, TimeSpan.Zero);
            }
        }
    }

    public static Task<SubmitAnswer> SubmitAsync(TestCity city, string id, string name, string device, DeviceKind kind, params (string Name, double Value)[] arguments) =>
        city.Grains.GetGrain<ICommandGrain>(id).Submit(new CommandRequest
        {
            Device = device,
            Kind = kind,
            Name = name,
            Arguments = arguments.ToImmutableSortedDictionary(argument => argument.Name, argument => argument.Value),
            ExpiresIn = TimeSpan.FromHours(10),
            Actor = "somebody",
            Connector = "simulator",
        });
}
