using Grid.Contracts.Commands;

namespace Grid.Tests.City.Groups;

/// <summary>What is not seen to be done has an end.</summary>
public sealed class GroupExpiryTimeTests
{
    [Fact]
    public async Task What_the_measurements_do_not_show_in_time_expires_and_says_how_far_it_came()
    {
        await using var city = await GroupCity.StartAsync();
        var lamps = GroupCity.Lamps(4);
        await city.City.PutAsync(lamps);
        city.Field.Answers[lamps[1].Id] = DownlinkStatus.Transmitted;
        city.Field.Answers[lamps[2].Id] = DownlinkStatus.Retry;
        city.Field.Answers[lamps[3].Id] = DownlinkStatus.NotCarried;
        await city.SubmitAsync("g1", GroupCity.Dim(40));
        await city.UntilAsync("g1", CommandState.Acknowledged, 1);
        await city.UntilAsync("g1", CommandState.Transmitted, 1);
        await city.City.PassAsync(TimeSpan.FromHours(1));
        Assert.Equal(GroupState.Done, (await city.UntilAsync("g1", CommandState.Expired, 4)).State);

        Assert.Equal(
            ["acknowledged, but not seen in the measurements", "transmitted, but not seen in the measurements", "could not be sent in time", "could not be sent in time"],
            (await city.MembersAsync("g1")).Select(member => member.Detail));
        await city.UntilSentAsync();
        await city.ReportAsync(40, lamps.Select(lamp => lamp.Id));
        Assert.Equal(4, (await city.Group("g1").Get())!.Counts[(int)CommandState.Expired]);
    }
}
