using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;
using static Grid.Tests.City.Lighting.PlannedCity;

namespace Grid.Tests.City.Lighting;

/// <summary>The segments of cabinets under a plan: those that are switched live, and those that are judged by the program that their cabinet runs.</summary>
public sealed class SegmentsTimeTests
{
    private const string Cabinet = "C1";

    [Fact]
    public async Task A_segment_that_is_dark_at_ten_in_the_evening_while_its_plan_has_it_lit_is_a_condition_after_its_delay_also_after_a_crash()
    {
        await using var city = await TestCity.StartAsync();
        using var field = new Field(city);
        await PutAsync(city, scheduler: true);
        await AssignAsync(city);
        var version = Assert.Single(await field.SendAsync()).Version;
        await city.ReportAsync(Say.Reading(Cabinet, city.Now, ("programVersion", version), ("segment1On", 0), ("segment2On", 0), ("segment3On", 1)));
        await SettleAsync(city, Cabinet);

        await UntilAsync(city, 22, 0, Cabinet);
        await city.ReportAsync(Say.Reading(Cabinet, city.Now, ("segment1On", 1), ("segment2On", 0), ("segment3On", 1)));
        Assert.Empty(await ConditionsAsync(city));

        // The second report is in the log alone when the process dies, and is judged from there.
        await UntilAsync(city, 22, 15, Cabinet);
        await using var second = await city.CrashAsync([Say.Reading(Cabinet, city.Now, ("segment2On", 0))]);
        await second.SettleAsync();
        Assert.Equal([new ActiveCondition("segmentUnexpectedOff", DeviceStatus.Fault, city.Now)], await ConditionsAsync(second));

        await second.PassAsync(TimeSpan.FromMinutes(1));
        await second.ReportAsync(Say.Reading(Cabinet, second.Now, ("segment2On", 1)));
        Assert.Empty(await ConditionsAsync(second));
    }

    [Fact]
    public async Task What_it_is_judged_by_is_renewed_night_after_night_and_ends_with_its_plan()
    {
        await using var city = await TestCity.StartAsync();
        using var field = new Field(city);
        await PutAsync(city, scheduler: true);
        await AssignAsync(city);
        var version = Assert.Single(await field.SendAsync()).Version;
        await city.ReportAsync(Say.Reading(Cabinet, city.Now, ("programVersion", version)));
        await city.PassAsync(TimeSpan.FromDays(6));
        await UntilAsync(city, 20, 0, Cabinet);
        for (var report = 0; report < 2; report++)
        {
            await city.ReportAsync(Say.Reading(Cabinet, city.Now, ("segment1On", 0), ("segment2On", 1)));
            await city.PassAsync(TimeSpan.FromMinutes(15));
        }

        Assert.Equal("segmentUnexpectedOff", Assert.Single(await ConditionsAsync(city)).Condition);
        await city.Grains.GetGrain<ILightingPlanGrain>("p").Delete();
        await SettleAsync(city, Cabinet);
        await city.ReportAsync(Say.Reading(Cabinet, city.Now, ("segment1On", 0)));
        Assert.Empty(await ConditionsAsync(city));
    }

    [Fact]
    public async Task A_cabinet_that_has_not_loaded_its_program_is_not_judged_by_it()
    {
        await using var city = await TestCity.StartAsync();
        using var field = new Field(city) { Answer = static _ => DownlinkStatus.Transmitted };
        await PutAsync(city, scheduler: true);
        await AssignAsync(city);
        await field.SendAsync();
        await UntilAsync(city, 20, 0, Cabinet);
        for (var report = 0; report < 3; report++)
        {
            await city.ReportAsync(Say.Reading(Cabinet, city.Now, ("programVersion", 0), ("segment1On", 0), ("segment2On", 0)));
            await city.PassAsync(TimeSpan.FromMinutes(15));
        }

        Assert.Empty(await ConditionsAsync(city));
        Assert.Equal(ControllerState.Transmitted, (await ViewAsync(city, Cabinet)).State);
    }

    [Fact]
    public async Task A_cabinet_without_a_program_is_switched_segment_by_segment_and_an_override_lies_above()
    {
        await using var city = await TestCity.StartAsync();
        using var field = new Field(city);
        await PutAsync(city, scheduler: false);
        await AssignAsync(city);
        await UntilAsync(city, 17, 50, Cabinet);
        Assert.Equal(["1 0", "2 0"], Segments(await field.SendAsync()));

        await UntilAsync(city, 18, 1, Cabinet);
        Assert.Equal(["1 1", "2 1"], Segments(await field.SendAsync()));
        Assert.Equal([new MetricValue("segment1On", 1), new MetricValue("segment2On", 1)], (await ViewOf(city)).Desired);

        // At 23:00 lamps go to 30 %: they are fed as before.
        await SwitchAsync(city, "c1", 2, on: 0, minutes: 600);
        Assert.Equal(["2 0"], Segments(await field.SendAsync()));
        await UntilAsync(city, 23, 1, Cabinet);
        Assert.Empty(await field.SendAsync());

        Assert.Equal(SubmitStatus.Accepted, (await SubmitAsync(city, "c2", "followPlan", Cabinet, DeviceKind.Cabinet)).Status);
        await city.PassAsync(TimeSpan.FromSeconds(1));
        await SettleAsync(city, Cabinet);
        Assert.Equal(["1 1", "2 1"], Segments(await field.SendAsync()).Distinct());
        await city.ReportAsync(Say.Reading(Cabinet, city.Now, ("segment1On", 1), ("segment2On", 1)));
        Assert.Equal(CommandState.Confirmed, (await city.Grains.GetGrain<ICommandGrain>("c2").Get())!.State);

        await SwitchAsync(city, "c3", 1, on: 1, minutes: 600);
        await field.SendAsync();
        await UntilAsync(city, 6, 1, Cabinet);
        Assert.Equal(["2 0"], Segments(await field.SendAsync()));
    }

    [Fact]
    public async Task A_segment_that_was_not_switched_is_told_again_and_shows_as_a_discrepancy()
    {
        await using var city = await TestCity.StartAsync();
        using var field = new Field(city);
        await PutAsync(city, scheduler: false);
        await AssignAsync(city);
        await UntilAsync(city, 18, 1, Cabinet);
        await field.SendAsync();
        for (var minutes = 0; minutes < 25; minutes += 6)
        {
            await city.PassAsync(TimeSpan.FromMinutes(6));
            await city.ReportAsync(Say.Reading(Cabinet, city.Now, ("segment1On", 1), ("segment2On", 0)));
        }

        await SettleAsync(city, Cabinet);
        Assert.Contains("2 1", Segments(await field.SendAsync()));
        Assert.Equal("discrepancy", Assert.Single(await ConditionsAsync(city)).Condition);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cabinet_that_draws_less_than_its_lamps_should_is_in_a_condition_until_a_lamp_less_is_registered(bool scheduler)
    {
        await using var city = await TestCity.StartAsync();
        using var field = new Field(city);
        await PutAsync(city, scheduler);
        await AssignAsync(city);
        await field.SendAsync();
        await UntilAsync(city, 19, 0, Cabinet);

        // 100 W passive on each of the segments 1 and 2, 60 W with a controller of its own on 3: at least 160 W.
        for (var report = 0; report < 3; report++)
        {
            await city.ReportAsync(Say.Reading(Cabinet, city.Now, ("segment1On", 1), ("segment2On", 1), ("segment3On", 1), ("powerWatts", 150)));
            await city.PassAsync(TimeSpan.FromMinutes(15));
        }

        Assert.Equal("consumptionUnexpected", Assert.Single(await ConditionsAsync(city)).Condition);
        await city.RemoveAsync("L2");
        await SettleAsync(city, Cabinet);
        await city.ReportAsync(Say.Reading(Cabinet, city.Now, ("powerWatts", 150)));
        Assert.Empty(await ConditionsAsync(city));
    }

    [Fact]
    public async Task A_cabinet_under_no_plan_is_judged_by_the_segments_that_it_says_are_on_also_after_a_crash()
    {
        await using var city = await TestCity.StartAsync();
        await PutAsync(city, scheduler: true);
        await SettleAsync(city, Cabinet);
        await SayPowerAsync(city, on: 1, watts: 150, reports: 3);
        Assert.Equal("consumptionUnexpected", Assert.Single(await ConditionsAsync(city)).Condition);
        await SayPowerAsync(city, on: 0, watts: 20, reports: 1);
        Assert.Empty(await ConditionsAsync(city));

        await using var second = await city.CrashNowAsync();
        await second.SettleAsync();
        await SayPowerAsync(second, on: 0, watts: 120, reports: 3);
        Assert.Equal("consumptionUnexpected", Assert.Single(await ConditionsAsync(second)).Condition);
    }

    [Fact]
    public async Task A_cabinet_whose_plan_ends_goes_on_being_judged_by_its_lamps_until_one_does_not_say_what_it_draws()
    {
        await using var city = await TestCity.StartAsync();
        using var field = new Field(city);
        await PutAsync(city, scheduler: true);
        await AssignAsync(city);
        await field.SendAsync();
        await city.Grains.GetGrain<ILightingPlanGrain>("p").Delete();
        await SettleAsync(city, Cabinet);
        await SayPowerAsync(city, on: 1, watts: 150, reports: 3);
        Assert.Equal("consumptionUnexpected", Assert.Single(await ConditionsAsync(city)).Condition);

        await city.PutAsync(Say.Device("L4", DeviceKind.Streetlight, Ouessant, ("passive", AttributeValue.Of(true)), ("cabinet", AttributeValue.Of(Cabinet)), ("segment", AttributeValue.Of(1))));
        await SettleAsync(city, Cabinet);
        await SayPowerAsync(city, on: 1, watts: 150, reports: 1);
        Assert.Empty(await ConditionsAsync(city));
    }

    [Fact]
    public async Task One_message_for_each_segment_reaches_all_cabinets_of_a_gateway_that_has_multicast()
    {
        await using var city = await TestCity.StartAsync();
        using var field = new Field(city) { HasMulticast = true, Budget = new DownlinkBudget(PerHour: 2, Burst: 2) };
        await city.PutAsync([.. Enumerable.Range(1, 30).Select(number => Cabinets($"C{number}", scheduler: false))]);
        await AssignAsync(city);

        Assert.Equal(60, (await field.SendAsync()).Count);
        Assert.Equal(2, field.Multicasts);
    }

    [Fact]
    public async Task A_stop_in_between_loses_no_segment_and_doubles_none()
    {
        await using var city = await TestCity.StartAsync();
        await PutAsync(city, scheduler: false);
        await AssignAsync(city);
        await UntilAsync(city, 19, 0, Cabinet);

        await using var second = await city.CrashNowAsync();
        using var field = new Field(second);
        await SettleAsync(second, Cabinet);
        Assert.Equal(["1 1", "2 1"], Segments(await field.SendAsync()));

        await using var third = await second.CrashNowAsync();
        using var later = new Field(third);
        await SettleAsync(third, Cabinet);
        Assert.Empty(await later.SendAsync());
    }

    [Fact]
    public async Task One_that_keeps_a_program_from_now_on_is_sent_it_and_told_nothing_more_and_one_whose_plan_ends_wants_nothing_by_plan()
    {
        await using var city = await TestCity.StartAsync();
        using var field = new Field(city);
        await PutAsync(city, scheduler: false);
        await AssignAsync(city);
        await UntilAsync(city, 19, 0, Cabinet);
        await field.SendAsync();
        Assert.NotEmpty((await ViewOf(city)).Desired);

        await PutAsync(city, scheduler: true);
        await SettleAsync(city, Cabinet);
        Assert.Equal("loadProgram", Assert.Single(await field.SendAsync()).Name);
        Assert.Empty((await ViewOf(city)).Desired);

        await PutAsync(city, scheduler: false);
        await SettleAsync(city, Cabinet);
        Assert.Equal(["1 1", "2 1"], Segments(await field.SendAsync()));
        await city.Grains.GetGrain<ILightingPlanGrain>("p").Delete();
        await SettleAsync(city, Cabinet);
        Assert.Empty((await ViewOf(city)).Desired);
    }

    [Fact]
    public async Task A_lamp_on_another_segment_has_that_one_switched_too()
    {
        await using var city = await TestCity.StartAsync();
        using var field = new Field(city);
        await PutAsync(city, scheduler: false);
        await AssignAsync(city);
        await UntilAsync(city, 19, 0, Cabinet);
        await field.SendAsync();

        await city.PutAsync(Say.PassiveLamp("L9", Ouessant, Cabinet, 4));
        await SettleAsync(city, Cabinet);

        Assert.Contains("4 1", Segments(await field.SendAsync()));
    }

    /// <summary>Passive lamps on the segments 1 and 2, one with a controller of its own on 3, which is always supplied.</summary>
    private static Task PutAsync(TestCity city, bool scheduler) => city.PutAsync(
        Cabinets(Cabinet, scheduler),
        Say.PassiveLamp("L1", Ouessant, Cabinet, 1),
        Say.PassiveLamp("L2", Ouessant, Cabinet, 2),
        Say.Device("L3", DeviceKind.Streetlight, Ouessant, ("cabinet", AttributeValue.Of(Cabinet)), ("segment", AttributeValue.Of(3)), ("ratedWatts", AttributeValue.Of(60)), ("scheduler", AttributeValue.Of(true))) with { Connector = null });

    private static async Task SayPowerAsync(TestCity city, int on, double watts, int reports)
    {
        for (var report = 0; report < reports; report++)
        {
            await city.ReportAsync(Say.Reading(Cabinet, city.Now, ("segment1On", on), ("segment2On", on), ("segment3On", on), ("powerWatts", watts)));
            await city.PassAsync(TimeSpan.FromMinutes(15));
        }
    }

    private static DeviceDescriptor Cabinets(string id, bool scheduler) =>
        Say.Device(id, DeviceKind.Cabinet, Ouessant, ("scheduler", AttributeValue.Of(scheduler)), ("segments", AttributeValue.Of(2)));

    private static async Task<DeviceView> ViewOf(TestCity city) => await city.Grains.GetGrain<ICabinetGrain>(Cabinet).GetView();

    private static async Task<ActiveCondition[]> ConditionsAsync(TestCity city) => [.. (await ViewOf(city)).Conditions];

    private static Task<SubmitAnswer> SwitchAsync(TestCity city, string id, int segment, int on, int minutes) =>
        SubmitAsync(city, id, "setSegment", Cabinet, DeviceKind.Cabinet, ("segment", segment), ("on", on), ("durationMinutes", minutes));

    private static IEnumerable<string> Segments(IEnumerable<Sent> messages) =>
        messages.Where(message => message.Name == "setSegment").Select(message => $"{message.Arguments["segment"]} {message.Arguments["on"]}").Order();
}
