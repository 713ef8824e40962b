using Grid.Contracts.Lighting;

namespace Grid.Tests.City;

/// <summary>A stop between the steps of a change leaves no plan lost, none doubled, and nothing under two plans.</summary>
public sealed class LightingDirectoryTests
{
    private const string Quimper = "29232";

    private static readonly LightingPlan Plan = new()
    {
        Name = "Plan",
        Programs = [new ControlProgram("night", [new SwitchPoint("sunset", 100, 0), new SwitchPoint("sunrise", 0, 0)])],
        Calendar = [new CalendarEntry("always", "night", 0)],
    };

    [Fact]
    public async Task A_change_that_stopped_before_the_plan_was_written_is_listed_as_it_was()
    {
        await using var city = await TestCity.StartAsync();
        var directory = city.Grains.GetGrain<ILightingDirectoryGrain>(ILightingDirectoryGrain.Key);
        Assert.Empty(await directory.Begin("new", [new PlanAssignment { Commune = Quimper }]));

        Assert.Empty(await directory.List(null, 10));
        Assert.Null(await directory.Resolve(new PlanTarget { Device = "L1", Kind = Grid.Contracts.Devices.DeviceKind.Streetlight, Commune = Quimper }, new DateOnly(2026, 11, 26)));

        // The next attempt finds the place that it has claimed, and others do not.
        Assert.True((await Of(city, "other").Put(Plan)).IsNew);
        Assert.Equal("[0].commune", Assert.Single((await Of(city, "other").Assign([new PlanAssignment { Commune = Quimper }])).Faults).Field);
        Assert.True((await Of(city, "new").Put(Plan)).IsNew);
        Assert.Empty((await Of(city, "new").Assign([new PlanAssignment { Commune = Quimper }])).Faults);
        Assert.Equal(["new", "other"], (await directory.List(null, 10)).Select(plan => plan.Id));
    }

    [Fact]
    public async Task A_change_that_stopped_after_the_plan_was_written_is_listed_as_it_is()
    {
        await using var city = await TestCity.StartAsync();
        var directory = city.Grains.GetGrain<ILightingDirectoryGrain>(ILightingDirectoryGrain.Key);
        await Of(city, "p").Put(Plan);
        await Of(city, "p").Assign([new PlanAssignment { Commune = Quimper }]);
        await directory.Begin("p", []);

        var listed = Assert.Single(await directory.List(null, 10));
        Assert.Equal(("p", 1, Quimper), (listed.Id, listed.Version, Assert.Single(listed.Assignments).Commune));

        // What it has and what it may have are taken until the change is made up for.
        await Of(city, "q").Put(Plan);
        Assert.NotEmpty((await Of(city, "q").Assign([new PlanAssignment { Commune = Quimper }])).Faults);
        Assert.True(await Of(city, "p").Delete());
        Assert.Empty((await Of(city, "q").Assign([new PlanAssignment { Commune = Quimper }])).Faults);
    }

    private static ILightingPlanGrain Of(TestCity city, string plan) => city.Grains.GetGrain<ILightingPlanGrain>(plan);
}
