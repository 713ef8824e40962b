using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;
using Grid.Grains.Lighting.Controllers;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Lighting;

public sealed class ControllerRulesTests
{
    private static readonly DateTimeOffset Noon = Entries.Start;

    [Fact]
    public void A_cabinet_keeps_a_program_unless_it_says_that_it_does_not_and_a_light_point_when_it_says_so()
    {
        Assert.Equal(ControllerState.Pending, ControllerRules.Of(Entries.Descriptor("C", DeviceKind.Cabinet))!.State);
        Assert.Equal(ControllerState.Live, ControllerRules.Of(Entries.Descriptor("C", DeviceKind.Cabinet, ("scheduler", false)))!.State);
        Assert.Equal(ControllerState.Live, ControllerRules.Of(Entries.Descriptor("L", DeviceKind.Streetlight))!.State);
        Assert.Equal(ControllerState.Pending, ControllerRules.Of(Entries.Descriptor("L", DeviceKind.Streetlight, ("scheduler", true)))!.State);
        Assert.Null(ControllerRules.Of(Entries.Descriptor("L", DeviceKind.Streetlight, ("passive", true), ("cabinet", "C"), ("segment", 1))));
        Assert.Null(ControllerRules.Of(Entries.Descriptor("B", DeviceKind.Bin)));
    }

    [Theory]
    [InlineData(DownlinkStatus.Transmitted, ControllerState.Transmitted)]
    [InlineData(DownlinkStatus.Ambiguous, ControllerState.Transmitted)]
    [InlineData(DownlinkStatus.Acknowledged, ControllerState.Acknowledged)]
    [InlineData(DownlinkStatus.Rejected, ControllerState.Rejected)]
    [InlineData(DownlinkStatus.Retry, ControllerState.Pending)]
    [InlineData(DownlinkStatus.NotCarried, ControllerState.Unanswered)]
    public void What_became_of_a_program_is_the_controllers_state(DownlinkStatus status, ControllerState state) =>
        Assert.Equal(state, Tell(Pending(3), status).State);

    [Fact]
    public void A_late_answer_does_not_go_back()
    {
        var running = ControllerRules.Shown(Pending(3), 3, Noon);

        Assert.Equal(running, Tell(running, DownlinkStatus.Acknowledged));
        Assert.Equal(running, Tell(running, DownlinkStatus.Rejected));
    }

    [Fact]
    public void A_program_that_nothing_shows_is_due_again_after_an_hour_and_given_up_after_five_times()
    {
        var controller = Pending(3);
        for (var time = 1; time <= 5; time++)
        {
            Assert.True(ControllerRules.IsWaiting(controller) && ControllerRules.DueAt(controller) <= Noon.AddHours(time));
            controller = ControllerRules.Tell(controller, new MemberResult("C", DownlinkStatus.Transmitted, ""), Noon.AddHours(time));
            Assert.False(ControllerRules.IsWaiting(controller) && ControllerRules.DueAt(controller) <= Noon.AddHours(time).AddMinutes(59));
        }

        Assert.Equal(ControllerState.Unanswered, controller.State);
        Assert.False(ControllerRules.IsWaiting(controller));

        // Its own report says that it has it all the same; another program is sent.
        Assert.Equal(ControllerState.Running, ControllerRules.Shown(controller, 3, Noon).State);
        Assert.Equal(ControllerState.Pending, ControllerRules.Assign(controller, 4, Noon).State);
    }

    [Fact]
    public void A_controller_that_runs_its_program_already_is_sent_nothing() =>
        Assert.Equal(ControllerState.Running, ControllerRules.Assign(Pending(3) with { Reported = 4 }, 4, Noon).State);

    [Fact]
    public void One_that_ran_its_program_and_reports_another_is_to_be_sent_it_again()
    {
        var running = ControllerRules.Shown(Pending(3), 3, Noon);

        Assert.Equal((ControllerState.Pending, 0), (ControllerRules.Shown(running, 0, Noon).State, ControllerRules.Shown(running, 0, Noon).Sent));
        Assert.Equal(ControllerState.Pending, ControllerRules.Shown(running, 2, Noon).State);
        Assert.Equal(running, ControllerRules.Shown(running, 3, Noon.AddHours(1)));

        // An old report of one that was sent its program says nothing by itself; after an hour it is sent again.
        var acknowledged = Tell(Pending(3), DownlinkStatus.Acknowledged);
        Assert.False(ControllerRules.IsWaiting(acknowledged));
        var shown = ControllerRules.Shown(acknowledged, 2, Noon);
        Assert.Equal(ControllerState.Acknowledged, shown.State);
        Assert.True(ControllerRules.IsWaiting(shown));
        Assert.Equal(Noon.AddHours(1), ControllerRules.DueAt(shown));
    }

    [Fact]
    public void What_a_controller_has_said_is_kept_when_it_is_looked_at_anew_and_not_when_its_nature_changed()
    {
        var running = ControllerRules.Shown(Pending(3), 3, Noon);
        var found = ControllerRules.Of(Entries.Descriptor("C", DeviceKind.Cabinet))! with { Plan = "other", By = "cabinet:C" };

        Assert.Equal(running with { Plan = "other", By = "cabinet:C", Lane = found.Lane }, ControllerRules.Carry(found, running));
        Assert.Equal((ControllerState.Live, 0), (ControllerRules.Carry(found with { State = ControllerState.Live }, running).State, ControllerRules.Carry(found with { State = ControllerState.Live }, running).Version));
    }

    private static Controller Pending(long version) =>
        ControllerRules.Assign(ControllerRules.Of(Entries.Descriptor("C", DeviceKind.Cabinet))! with { Plan = "p", By = "commune:29155" }, version, Noon);

    private static Controller Tell(Controller controller, DownlinkStatus status) => ControllerRules.Tell(controller, new MemberResult("C", status, ""), Noon);
}
