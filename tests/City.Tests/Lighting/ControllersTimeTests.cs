using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;
using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;

using static Grid.Tests.City.Lighting.PlannedCity;

namespace Grid.Tests.City.Lighting;

/// <summary>Plans in the field: what controllers are sent, what lights are told live, and that a stop in between loses and doubles nothing.</summary>
public sealed class ControllersTimeTests
{
    [Fact]
    public async Task A_controller_loads_the_program_of_its_plan_and_reports_that_it_runs_it()
    {
        await using var city = await TestCity.StartAsync();
        using var field = new Field(city);
        await city.PutAsync(Cabinet("C1"), Scheduled("L1"));
        await AssignAsync(city);

        var sent = await field.SendAsync();

        Assert.Equal(["C1", "L1"], sent.Select(message => message.Device).Order());
        Assert.All(sent, message => Assert.Equal("loadProgram", message.Name));
        var program = sent[0].Program!;
        Assert.Equal(("p", 1, "Europe/Paris"), (program.Plan, program.PlanVersion, program.ZoneId));
        Assert.Equal([(18 * 60, 100.0), (23 * 60, 30.0), (6 * 60, 0.0)], Assert.Single(program.Programs).Select(point => (point.Minutes, point.Percent)));
        Assert.Equal(ControllerState.Acknowledged, (await ViewAsync(city, "C1")).State);

        await city.ReportAsync(Say.Reading("C1", city.Now, ("programVersion", program.Version)));
        Assert.Equal(ControllerState.Running, (await ViewAsync(city, "C1")).State);
        Assert.Equal([0, 0, 0, 1, 1, 0, 0], await Of(city, await SectorOf(city, "C1")).Count("p"));
        await city.PassAsync(TimeSpan.FromHours(3));
        Assert.Empty(await field.SendAsync());
    }

    [Fact]
    public async Task Another_version_of_the_plan_is_another_program_and_the_same_plan_again_is_none()
    {
        await using var city = await TestCity.StartAsync();
        using var field = new Field(city);
        await city.PutAsync(Cabinet("C1"));
        await AssignAsync(city);
        var first = Assert.Single(await field.SendAsync());

        await city.Grains.GetGrain<ILightingPlanGrain>("p").Put(Plan with { Name = "Another name" });
        await SettleAsync(city, "C1");
        Assert.Empty(await field.SendAsync());

        await city.Grains.GetGrain<ILightingPlanGrain>("p").Put(Plan with { Programs = [Plan.Programs[0] with { Points = Plan.Programs[0].Points.SetItem(1, new("22:00", 30, 0)) }] });
        await SettleAsync(city, "C1");
        var second = Assert.Single(await field.SendAsync());
        Assert.True(second.Version > first.Version);
        Assert.Equal(3, second.Program!.PlanVersion);
    }

    [Fact]
    public async Task A_swapped_controller_is_sent_its_program_again()
    {
        await using var city = await TestCity.StartAsync();
        using var field = new Field(city);
        await city.PutAsync(Cabinet("C1"));
        await AssignAsync(city);
        var version = Assert.Single(await field.SendAsync()).Version;

        // Its first report was made before the program arrived.
        await city.ReportAsync(Say.Reading("C1", city.Now, ("programVersion", 0)));
        await SettleAsync(city, "C1");
        Assert.Empty(await field.SendAsync());
        await city.PassAsync(TimeSpan.FromMinutes(5));
        await city.ReportAsync(Say.Reading("C1", city.Now, ("programVersion", version)));
        await city.PassAsync(TimeSpan.FromMinutes(5));
        await city.ReportAsync(Say.Reading("C1", city.Now, ("programVersion", 0)));
        await SettleAsync(city, "C1");

        Assert.Equal(version, Assert.Single(await field.SendAsync()).Version);
    }

    [Fact]
    public async Task A_program_that_nothing_answers_is_sent_a_few_times_and_shows_as_unanswered()
    {
        await using var city = await TestCity.StartAsync();
        using var field = new Field(city) { Answer = static _ => DownlinkStatus.Transmitted };
        await city.PutAsync(Cabinet("C1"));
        await AssignAsync(city);

        for (var hour = 0; hour < 10; hour++)
        {
            await field.SendAsync();
            await city.PassAsync(TimeSpan.FromMinutes(61));
        }

        Assert.Equal(5, field.Messages.Count);
        Assert.Equal(ControllerState.Unanswered, (await ViewAsync(city, "C1")).State);
    }

    [Fact]
    public async Task One_message_reaches_all_controllers_of_a_gateway_that_has_multicast()
    {
        await using var city = await TestCity.StartAsync();
        using var field = new Field(city) { HasMulticast = true, Budget = new DownlinkBudget(PerHour: 1, Burst: 1) };
        await city.PutAsync([.. Enumerable.Range(1, 40).Select(number => Scheduled($"L{number}"))]);
        await AssignAsync(city);

        Assert.Equal(40, (await field.SendAsync()).Count);
        Assert.Equal(1, field.Multicasts);
    }

    [Fact]
    public async Task A_lamp_without_a_program_is_switched_at_each_point_and_an_override_lies_above()
    {
        await using var city = await TestCity.StartAsync();
        using var field = new Field(city);
        await city.PutAsync(Say.Lamp("L1", Ouessant));
        await AssignAsync(city);
        await UntilAsync(city, 17, 50);
        Assert.Equal([0.0], Percents(await field.SendAsync()));

        await UntilAsync(city, 18, 1);
        Assert.Equal([100.0], Percents(await field.SendAsync()));

        Assert.Equal(SubmitStatus.Accepted, (await SubmitAsync(city, "c1", "setDimming", ("percent", 60), ("durationMinutes", 600))).Status);
        Assert.Equal([60.0], Percents(await field.SendAsync()));
        await UntilAsync(city, 23, 1);
        Assert.Empty(await field.SendAsync());

        await SubmitAsync(city, "c2", "followPlan");
        Assert.Equal([30.0], Percents(await field.SendAsync()));
        await city.ReportAsync(Say.Reading("L1", city.Now, ("dimmingPercent", 30)));
        Assert.Equal(CommandState.Confirmed, (await city.Grains.GetGrain<ICommandGrain>("c2").Get())!.State);
    }

    [Fact]
    public async Task What_an_override_lay_over_is_told_when_it_ends()
    {
        await using var city = await TestCity.StartAsync();
        using var field = new Field(city);
        await city.PutAsync(Say.Lamp("L1", Ouessant));
        await AssignAsync(city);
        await UntilAsync(city, 19, 0);
        await field.SendAsync();

        await SubmitAsync(city, "c1", "setDimming", ("percent", 60), ("durationMinutes", 30));
        var above = Assert.Single(await field.SendAsync());
        await UntilAsync(city, 19, 31);
        var after = Assert.Single(await field.SendAsync());

        Assert.Equal((60, 100), (above.Arguments["percent"], after.Arguments["percent"]));
        Assert.True(after.Version > above.Version);
        await UntilAsync(city, 21, 0);
        Assert.Empty(await field.SendAsync());
    }

    [Fact]
    public async Task What_a_group_command_lay_over_is_told_when_it_ends()
    {
        await using var city = await TestCity.StartAsync();
        using var field = new Field(city);
        await city.PutAsync(Say.Lamp("L1", Ouessant));
        await AssignAsync(city);
        await UntilAsync(city, 19, 0);
        await field.SendAsync();

        var group = city.Grains.GetGrain<IGroupCommandGrain>("g1");
        Assert.Equal(SubmitStatus.Accepted, (await group.Submit(new GroupRequest
        {
            Selector = new GroupSelector { Commune = Ouessant },
            Name = "setDimming",
            Arguments = ImmutableSortedDictionary<string, double>.Empty.Add("percent", 60).Add("durationMinutes", 30),
            ExpiresIn = TimeSpan.FromHours(10),
            Actor = "somebody",
        })).Status);
        for (var look = 0; look < 3; look++)
        {
            await field.SendAsync();
            await city.PassAsync(TimeSpan.FromSeconds(3));
        }

        Assert.Equal(60, field.Messages[^1].Arguments["percent"]);
        await UntilAsync(city, 19, 31);
        Assert.Equal([100.0], Percents(await field.SendAsync()));
    }

    [Fact]
    public async Task A_lamp_whose_plan_is_removed_wants_nothing_by_plan()
    {
        await using var city = await TestCity.StartAsync();
        using var field = new Field(city);
        await city.PutAsync(Say.Lamp("L1", Ouessant));
        await AssignAsync(city);
        await UntilAsync(city, 19, 0);
        Assert.Equal([new MetricValue("dimmingPercent", 100)], await DesiredAsync(city));

        await city.Grains.GetGrain<ILightingPlanGrain>("p").Delete();
        await SettleAsync(city, "L1");

        Assert.Empty(await DesiredAsync(city));
    }

    [Fact]
    public async Task A_stop_before_anything_was_sent_loses_nothing_and_one_after_it_doubles_nothing()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Cabinet("C1"), Say.Lamp("L1", Ouessant));
        await AssignAsync(city);
        await UntilAsync(city, 19, 0);
        await SettleAsync(city, "L1");

        await using var second = await city.CrashNowAsync();
        using var field = new Field(second);
        await SettleAsync(second, "L1");
        var sent = await field.SendAsync();
        Assert.Equal(["C1 loadProgram", "L1 setDimming"], sent.Select(message => $"{message.Device} {message.Name}").Order());

        await using var third = await second.CrashNowAsync();
        using var later = new Field(third);
        await SettleAsync(third, "L1");
        Assert.Empty(await later.SendAsync());
    }

    [Fact]
    public async Task A_command_loads_the_program_again_and_is_confirmed_by_its_version()
    {
        await using var city = await TestCity.StartAsync();
        using var field = new Field(city);
        await city.PutAsync(Cabinet("C1"), Say.Lamp("L1", Ouessant));
        await AssignAsync(city);
        var version = Assert.Single(await field.SendAsync(), message => message.Device == "C1").Version;

        Assert.Equal("device", (await SubmitAsync(city, "c0", "loadProgram")).Field);
        Assert.Equal(SubmitStatus.Accepted, (await SubmitAsync(city, "c1", "loadProgram", device: "C1", kind: DeviceKind.Cabinet)).Status);
        Assert.Equal(version, Assert.Single(await field.SendAsync(), message => message.Device == "C1").Version);
        Assert.Equal(CommandState.Acknowledged, (await city.Grains.GetGrain<ICommandGrain>("c1").Get())!.State);
        await city.ReportAsync(Say.Reading("C1", city.Now, ("programVersion", version)));

        Assert.Equal(CommandState.Confirmed, (await city.Grains.GetGrain<ICommandGrain>("c1").Get())!.State);
        Assert.Equal(ControllerState.Running, (await ViewAsync(city, "C1")).State);
    }

    [Fact]
    public async Task A_new_controller_is_sent_its_program()
    {
        await using var city = await TestCity.StartAsync();
        using var field = new Field(city);
        await city.PutAsync(Cabinet("C1"));
        await AssignAsync(city);
        await field.SendAsync();

        await city.PutAsync(Cabinet("C2"));
        await SettleAsync(city, "C2");

        Assert.Equal("C2", Assert.Single(await field.SendAsync()).Device);
    }

    [Fact]
    public async Task A_controller_that_refuses_its_program_shows_why()
    {
        await using var city = await TestCity.StartAsync();
        using var field = new Field(city) { Answer = static _ => DownlinkStatus.Rejected };
        await city.PutAsync(Cabinet("C1"));
        await AssignAsync(city);
        await field.SendAsync();

        var view = await ViewAsync(city, "C1");
        Assert.Equal((ControllerState.Rejected, "said the field"), (view.State, view.Detail));
        await city.PassAsync(TimeSpan.FromHours(3));
        Assert.Empty(await field.SendAsync());
    }

    private static DeviceDescriptor Cabinet(string id) => Say.Device(id, DeviceKind.Cabinet, Ouessant);

    private static DeviceDescriptor Scheduled(string id) => Say.Device(id, DeviceKind.Streetlight, Ouessant, ("scheduler", AttributeValue.Of(true)));

    private static async Task<ControllerView> ViewAsync(TestCity city, string device)
    {
        await SettleAsync(city, device);
        return (await Of(city, await SectorOf(city, device)).List("p", null, null, 100)).Single(view => view.Device == device);
    }

    private static async Task<ImmutableArray<MetricValue>> DesiredAsync(TestCity city) =>
        (await city.Grains.GetGrain<IStreetlightGrain>("L1").GetView()).Desired;

    private static IEnumerable<double> Percents(IEnumerable<Sent> messages) => messages.Where(message => message.Name == "setDimming").Select(message => message.Arguments["percent"]);

    private static Task<SubmitAnswer> SubmitAsync(TestCity city, string id, string name, params (string Name, double Value)[] arguments) =>
        SubmitAsync(city, id, name, "L1", DeviceKind.Streetlight, arguments);

    private static Task<SubmitAnswer> SubmitAsync(TestCity city, string id, string name, string device, DeviceKind kind, params (string Name, double Value)[] arguments) =>
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
