using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Tests.City.Groups;

public sealed class GroupCommandTests
{
    private const string Quimper = GroupCity.Quimper;
    private const string Brest = "29019";

    [Fact]
    public async Task Every_lamp_of_a_commune_is_told_and_confirmed_by_its_measurements()
    {
        await using var city = await GroupCity.StartAsync();
        var lamps = GroupCity.Lamps(300);
        await city.City.PutAsync([.. lamps, Say.Lamp("elsewhere", Brest), Say.WaterMeter("meter", Quimper)]);
        var accepted = await city.SubmitAsync("g1", GroupCity.Dim(40));
        Assert.Equal((300, GroupState.Running, 300), (accepted.Members, accepted.State, accepted.Counts[(int)CommandState.Accepted]));

        await city.UntilAsync("g1", CommandState.Acknowledged, 300);
        Assert.Equal(lamps.Select(lamp => lamp.Id), city.Field.Sent.Select(sent => sent.Device).Order(StringComparer.Ordinal));
        Assert.All(city.Field.Sent, sent => Assert.Equal((CommandCatalog.SetDimming, 40.0, 1), (sent.Name, sent.Arguments["percent"], sent.Version)));
        Assert.Equal(300, city.Field.Sent.Select(sent => sent.Command).Distinct().Count());

        await city.ReportAsync(40, lamps.Take(100).Select(lamp => lamp.Id));
        await city.ReportAsync(80, lamps.Skip(100).Take(100).Select(lamp => lamp.Id));
        Assert.Equal(GroupState.Running, (await city.UntilAsync("g1", CommandState.Confirmed, 100)).State);
        await city.ReportAsync(40, lamps.Skip(100).Select(lamp => lamp.Id));
        var done = await city.UntilAsync("g1", CommandState.Confirmed, 300);
        Assert.Equal(GroupState.Done, done.State);
        await city.UntilSentAsync();
    }

    [Fact]
    public async Task Members_are_listed_once_each_in_pages_and_by_state()
    {
        await using var city = await GroupCity.StartAsync();
        var lamps = GroupCity.Lamps(9).Concat(GroupCity.Lamps(9, Brest)).ToArray();
        await city.City.PutAsync(lamps);
        city.Field.Answers[lamps[3].Id] = DownlinkStatus.Rejected;
        await city.SubmitAsync("g1", GroupCity.Dim(40, new GroupSelector { Department = "29" }));
        await city.UntilAsync("g1", CommandState.Acknowledged, 17);

        var members = await city.MembersAsync("g1", limit: 4);
        Assert.Equal(lamps.Select(lamp => lamp.Id).Order(StringComparer.Ordinal), members.Select(member => member.Device).Order(StringComparer.Ordinal));
        var rejected = Assert.Single(await city.MembersAsync("g1", CommandState.Rejected, limit: 1));
        Assert.Equal((lamps[3].Id, "as the test says"), (rejected.Device, rejected.Detail));
        Assert.Equal(17, (await city.MembersAsync("g1", CommandState.Acknowledged, limit: 5)).Count);
    }

    [Fact]
    public async Task The_same_submission_again_is_the_same_command_and_another_one_is_a_conflict()
    {
        await using var city = await GroupCity.StartAsync();
        var lamps = GroupCity.Lamps(3);
        await city.City.PutAsync(lamps);
        var first = await city.SubmitAsync("g1", GroupCity.Dim(40, new GroupSelector { Ids = [lamps[0].Id, lamps[1].Id] }));
        await city.UntilAsync("g1", CommandState.Acknowledged, 2);

        var again = await city.SubmitAsync("g1", GroupCity.Dim(40, new GroupSelector { Ids = [lamps[1].Id, lamps[0].Id] }));
        Assert.Equal((first.CreatedAt, 2, 2), (again.CreatedAt, again.Members, again.Counts[(int)CommandState.Acknowledged]));
        Assert.Equal(SubmitStatus.Conflict, (await city.Group("g1").Submit(GroupCity.Dim(41, new GroupSelector { Ids = [lamps[0].Id, lamps[1].Id] }))).Status);
        Assert.Equal(2, city.Field.Sent.Count);
    }

    [Fact]
    public async Task A_command_to_one_lamp_takes_its_place_in_a_group_command_and_the_other_way_round()
    {
        await using var city = await GroupCity.StartAsync();
        var lamps = GroupCity.Lamps(4);
        await city.City.PutAsync(lamps);
        await city.SubmitAsync("before", lamps[0].Id, 10);
        await city.SubmitAsync("g1", GroupCity.Dim(40));
        await city.UntilAsync("g1", CommandState.Acknowledged, 4);
        Assert.Equal(CommandState.Superseded, await city.StateAsync("before"));

        await city.SubmitAsync("after", lamps[1].Id, 70);
        var view = await city.UntilAsync("g1", CommandState.Superseded, 1);
        Assert.Equal(3, view.Counts[(int)CommandState.Acknowledged]);
        Assert.Equal((lamps[1].Id, "by command after"), Assert.Single((await city.MembersAsync("g1", CommandState.Superseded)).Select(member => (member.Device, member.Detail))));

        // The measurement of the newer one is none of the older.
        await city.ReportAsync(40, lamps.Select(lamp => lamp.Id));
        Assert.Equal(GroupState.Done, (await city.UntilAsync("g1", CommandState.Confirmed, 3)).State);
    }

    [Fact]
    public async Task Two_group_commands_to_the_same_lamps_end_each_member_once_and_the_later_one_counts()
    {
        await using var city = await GroupCity.StartAsync();
        var lamps = GroupCity.Lamps(600);
        await city.City.PutAsync(lamps);
        await city.SubmitAsync("g1", GroupCity.Dim(40));
        await city.SubmitAsync("g2", GroupCity.Dim(60));
        await city.City.UntilAsync(
            async () => (await city.Group("g1").Get())!.State == GroupState.Done || (await city.Group("g2").Get())!.State == GroupState.Done
                || await AnsweredAsync(city, "g1") + await AnsweredAsync(city, "g2") == 1_200,
            () => "both to be through");
        foreach (var lamp in lamps)
        {
            await city.ReportAsync((await city.City.Grains.GetGrain<IStreetlightGrain>(lamp.Id).GetView()).Desired[0].Value, [lamp.Id]);
        }

        await city.City.UntilAsync(async () => (await city.Group("g1").Get())!.State == GroupState.Done && (await city.Group("g2").Get())!.State == GroupState.Done, () => "both to be done");
        var first = (await city.Group("g1").Get())!.Counts;
        var second = (await city.Group("g2").Get())!.Counts;
        Assert.Equal(600, first[(int)CommandState.Confirmed] + first[(int)CommandState.Superseded]);
        Assert.Equal(600, second[(int)CommandState.Confirmed] + second[(int)CommandState.Superseded]);
        Assert.Equal(600, first[(int)CommandState.Confirmed] + second[(int)CommandState.Confirmed]);
    }

    [Fact]
    public async Task An_emergency_holds_over_overrides_until_the_plan_is_followed_again()
    {
        await using var city = await GroupCity.StartAsync();
        var lamps = GroupCity.Lamps(5);
        await city.City.PutAsync(lamps);
        await city.SubmitAsync("override", GroupCity.Dim(30));
        await city.UntilAsync("override", CommandState.Acknowledged, 5);
        await city.SubmitAsync("emergency", GroupCity.Dim(100, layer: ControlLayer.Emergency));
        Assert.Equal(GroupState.Done, (await city.UntilAsync("override", CommandState.Superseded, 5)).State);
        await city.UntilAsync("emergency", CommandState.Acknowledged, 5);

        await city.SubmitAsync("under", GroupCity.Dim(50));
        await city.UntilAsync("under", CommandState.Superseded, 5);
        Assert.All(await city.MembersAsync("under"), member => Assert.Contains("emergency layer holds", member.Detail, StringComparison.Ordinal));
        Assert.Equal(10, city.Field.Sent.Count);

        await city.SubmitAsync("end", GroupCity.Dim(0, layer: ControlLayer.Emergency) with { Name = CommandCatalog.FollowPlan, Arguments = GroupCity.Arguments() });
        await city.UntilAsync("emergency", CommandState.Superseded, 5);
        await city.UntilAsync("end", CommandState.Acknowledged, 5);
        Assert.Empty((await city.City.Grains.GetGrain<IStreetlightGrain>(lamps[0].Id).GetView()).Desired);
    }

    [Fact]
    public async Task All_on_lights_controlled_lamps_by_themselves_and_passive_ones_through_their_cabinet()
    {
        await using var city = await GroupCity.StartAsync();
        await city.City.PutAsync(
            Say.Device("c1", DeviceKind.Cabinet, Quimper, ("segments", AttributeValue.Of(3))),
            Say.Device("c2", DeviceKind.Cabinet, Quimper),
            Say.PassiveLamp("p1", Quimper, "c2", 2),
            Say.PassiveLamp("p2", Quimper, "c2", 4),
            Say.Lamp("l1", Quimper),
            Say.WaterMeter("m1", Quimper));
        var view = await city.SubmitAsync("on", GroupCity.Dim(0, layer: ControlLayer.Emergency) with { Name = GroupCatalog.AllOn, Arguments = GroupCity.Arguments(("durationMinutes", 90)) });
        Assert.Equal(6, view.Members);
        await city.UntilAsync("on", CommandState.Acknowledged, 6);

        Assert.Equal(
            ["c1 setSegment 1", "c1 setSegment 2", "c1 setSegment 3", "c2 setSegment 2", "c2 setSegment 4", "l1 setDimming 0"],
            (await city.MembersAsync("on")).Select(member => $"{member.Device} {member.Order.Name} {member.Order.Arguments.GetValueOrDefault("segment")}").Order(StringComparer.Ordinal));
        await city.City.ReportAsync(
            Say.Reading("c1", city.City.Now, ("segment1On", 1), ("segment2On", 0), ("segment3On", 1)),
            Say.Reading("l1", city.City.Now, ("dimmingPercent", 100)) with { Index = 1 });
        await city.UntilAsync("on", CommandState.Confirmed, 3);
        Assert.Equal(["c1", "c1", "l1"], (await city.MembersAsync("on", CommandState.Confirmed)).Select(member => member.Device).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_cancelled_command_ends_what_is_not_final_and_sends_no_more()
    {
        await using var city = await GroupCity.StartAsync();
        var lamps = GroupCity.Lamps(20);
        await city.City.PutAsync(lamps);
        foreach (var lamp in lamps)
        {
            city.Field.Answers[lamp.Id] = DownlinkStatus.Retry;
        }

        city.Field.Answers[lamps[0].Id] = DownlinkStatus.Acknowledged;
        await city.SubmitAsync("g1", GroupCity.Dim(40));
        await city.UntilAsync("g1", CommandState.Acknowledged, 1);
        await city.ReportAsync(40, [lamps[0].Id]);
        await city.UntilAsync("g1", CommandState.Confirmed, 1);
        await city.Group("g1").Cancel("cancelled by somebody");
        var view = (await city.Group("g1").Get())!;
        Assert.Equal((GroupState.Cancelled, 1, 19), (view.State, view.Counts[(int)CommandState.Confirmed], view.Counts[(int)CommandState.Superseded]));
        await city.UntilSentAsync();
        var sent = city.Field.Sent.Count;

        // Once more changes nothing, and neither does what the lamps say.
        await city.Group("g1").Cancel("cancelled by another");
        await city.ReportAsync(40, lamps.Select(lamp => lamp.Id));
        Assert.Equal(19, (await city.Group("g1").Get())!.Counts[(int)CommandState.Superseded]);
        Assert.All(await city.MembersAsync("g1", CommandState.Superseded), member => Assert.Equal("cancelled by somebody", member.Detail));
        Assert.Equal(sent, city.Field.Sent.Count);
    }

    [Fact]
    public async Task A_lamp_that_refuses_its_desired_state_is_rejected_with_its_reason_and_never_told()
    {
        await using var city = await GroupCity.StartAsync();
        await city.City.PutAsync(
            Say.Device("crossing", DeviceKind.Streetlight, Quimper, ("ratedWatts", AttributeValue.Of(70.0)), ("safetyMinimumPercent", AttributeValue.Of(50.0))), Say.Lamp("l1", Quimper));
        await city.SubmitAsync("g1", GroupCity.Dim(20));
        await city.UntilAsync("g1", CommandState.Acknowledged, 1);
        var rejected = Assert.Single(await city.MembersAsync("g1", CommandState.Rejected));
        Assert.Equal("crossing", rejected.Device);
        Assert.Contains("safety minimum of 50 %", rejected.Detail, StringComparison.Ordinal);
        Assert.Equal("l1", Assert.Single(city.Field.Sent).Device);
    }

    [Fact]
    public async Task Lamps_behind_one_gateway_are_told_by_one_message_where_it_has_multicast()
    {
        await using var city = await GroupCity.StartAsync();
        city.Field.HasMulticast = true;
        await city.City.PutAsync([.. GroupCity.Lamps(40, GroupCity.Sein, "mast-1"), .. GroupCity.Lamps(30, GroupCity.Ouessant, "mast-2")]);
        await city.SubmitAsync("g1", GroupCity.Dim(40, new GroupSelector { Department = "29" }));
        await city.UntilAsync("g1", CommandState.Transmitted, 70);

        Assert.Empty(city.Field.Sent);
        Assert.Equal([30, 40], city.Field.Multicasts.Select(multicast => multicast.Members.Length).Order());
        Assert.All(city.Field.Multicasts, multicast => Assert.Equal(("", 40.0), (multicast.Downlink.Device, multicast.Downlink.Arguments["percent"])));
    }

    [Fact]
    public async Task A_spent_budget_makes_a_group_wait_and_leaves_something_to_a_command_to_one_lamp()
    {
        await using var city = await GroupCity.StartAsync();
        city.Field.Budget = new DownlinkBudget(PerHour: 1, Burst: 8);
        var lamps = GroupCity.Lamps(20);
        await city.City.PutAsync(lamps);
        await city.SubmitAsync("g1", GroupCity.Dim(40));
        await city.UntilAsync("g1", CommandState.Acknowledged, 6);

        var waits = (await city.MembersAsync("g1", CommandState.Accepted))[0].Device;
        await city.SubmitAsync("one", waits, 90);
        await city.City.UntilAsync(async () => await city.StateAsync("one") == CommandState.Acknowledged, () => "the command to one lamp to be sent");
        Assert.Equal(7, city.Field.Sent.Count);
        var view = (await city.Group("g1").Get())!;
        Assert.Equal((6, 13, 1), (view.Counts[(int)CommandState.Acknowledged], view.Counts[(int)CommandState.Accepted], view.Counts[(int)CommandState.Superseded]));
    }

    [Fact]
    public async Task A_body_is_what_it_is_competent_for()
    {
        await using var city = await GroupCity.StartAsync();
        await city.City.AddBodyAsync("999000001", DeviceKinds.Streetlight, Quimper);
        await city.City.PutAsync(Say.Lamp("l1", Quimper), Say.Lamp("l2", Brest), Say.Device("c1", DeviceKind.Cabinet, Quimper, ("segments", AttributeValue.Of(2))));
        var view = await city.SubmitAsync("g1", GroupCity.Dim(0, new GroupSelector { Syndicate = "999000001" }) with { Name = GroupCatalog.AllOn, Arguments = GroupCity.Arguments() });
        Assert.Equal(1, view.Members);
        Assert.Equal("l1", Assert.Single(await city.MembersAsync("g1")).Device);
    }

    [Theory]
    [InlineData(null, null, null, "setDimming", "selector")]
    [InlineData("99999", null, null, "setDimming", "selector.commune")]
    [InlineData(null, "000000000", null, "setDimming", "selector.syndicate")]
    [InlineData(null, null, "nobody", "setDimming", "selector.ids")]
    [InlineData(Brest, null, null, "setDimming", "selector")]
    [InlineData(Quimper, null, "p1", "setDimming", "selector")]
    [InlineData(Quimper, null, null, "explode", "name")]
    public async Task What_selects_nothing_is_refused_with_its_field(string? commune, string? body, string? id, string name, string field)
    {
        await using var city = await GroupCity.StartAsync();
        await city.City.PutAsync(Say.Lamp("l1", Quimper), Say.Device("c1", DeviceKind.Cabinet, Quimper), Say.PassiveLamp("p1", Quimper, "c1", 1));
        var selector = new GroupSelector { Commune = commune, Syndicate = body, Ids = id is null ? [] : [id] };
        var answer = await city.Group("g1").Submit(GroupCity.Dim(40, selector) with { Name = name });
        Assert.Equal((SubmitStatus.Refused, field), (answer.Status, answer.Field));
        Assert.False(string.IsNullOrEmpty(answer.Reason));
        Assert.Null(await city.Group("g1").Get());
        Assert.Null(await city.Group("g1").List(null, null, 10));
        Assert.Equal(0, await city.City.Get<IOutbox>().CountAsync(CancellationToken.None));
    }

    private static async Task<int> AnsweredAsync(GroupCity city, string id)
    {
        var counts = (await city.Group(id).Get())!.Counts;
        return counts.Sum() - counts[(int)CommandState.Accepted] - counts[(int)CommandState.Transmitted];
    }
}
