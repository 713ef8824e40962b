using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;

namespace Grid.Tests.City.Groups;

/// <summary>A crash at any point loses no member, and doubles none.</summary>
public sealed class GroupRecoveryTimeTests
{
    [Fact]
    public async Task A_crash_between_two_steps_goes_on_where_it_was()
    {
        var lamps = GroupCity.Lamps(700, GroupCity.Ouessant);
        await using var before = await TestCity.StartAsync();
        await before.PutAsync(lamps);
        var group = before.Grains.GetGrain<IGroupCommandGrain>("g1");
        Assert.Equal(SubmitStatus.Accepted, (await group.Submit(GroupCity.Dim(40, new GroupSelector { Commune = GroupCity.Ouessant }))).Status);

        // Nothing has been done but to persist it.
        await using (var city = await GroupCity.OfAsync(await before.CrashNowAsync(GroupCity.AddSender)))
        {
            await city.UntilAsync("g1", CommandState.Acknowledged, 700);
            Assert.All(city.Field.Sent.GroupBy(sent => sent.Device), sent => Assert.Single(sent));
            Assert.Equal(700, city.Field.Sent.Count);
        }

        // Desired states are set and rows are there, and nothing was sent.
        var sector = (await before.Get<IDeviceRegistry>().GetAsync(lamps[0].Id, CancellationToken.None))!.Sector;
        var part = before.Grains.GetGrain<IGroupPartGrain>(GroupParts.KeyOf("g1", sector));
        Assert.NotNull(await part.Take(DownlinkOwners.RowOf(GroupParts.KeyOf("g1", sector), "drive")));
        await using (var city = await GroupCity.OfAsync(await before.CrashNowAsync(GroupCity.AddSender)))
        {
            await city.UntilAsync("g1", CommandState.Acknowledged, 700);
            Assert.Equal(700, city.Field.Sent.Select(sent => sent.Device).Distinct().Count());
            Assert.All(city.Field.Sent, sent => Assert.Equal(1, sent.Version));
            await city.ReportAsync(40, lamps.Select(lamp => lamp.Id));
            Assert.Equal(GroupState.Done, (await city.UntilAsync("g1", CommandState.Confirmed, 700)).State);
            await city.UntilSentAsync();
        }
    }

    [Fact]
    public async Task What_was_told_and_what_was_reported_outlives_a_crash_and_saying_it_again_changes_nothing()
    {
        var lamps = GroupCity.Lamps(10, GroupCity.Ouessant);
        await using var before = await TestCity.StartAsync();
        await before.PutAsync(lamps);
        await before.Grains.GetGrain<IGroupCommandGrain>("g1").Submit(GroupCity.Dim(40, new GroupSelector { Commune = GroupCity.Ouessant }));
        var sector = (await before.Get<IDeviceRegistry>().GetAsync(lamps[0].Id, CancellationToken.None))!.Sector;
        var key = GroupParts.KeyOf("g1", sector);
        var part = before.Grains.GetGrain<IGroupPartGrain>(key);
        await part.Take(DownlinkOwners.RowOf(key, "drive"));
        var row = DownlinkOwners.RowOf(key, "0.0");
        Assert.Equal(10, (await part.Take(row))!.Members.Length);
        ImmutableArray<MemberResult> told = [new(lamps[0].Id, DownlinkStatus.Acknowledged, ""), new(lamps[1].Id, DownlinkStatus.Rejected, "no")];
        await part.Tell(row, told);
        var confirmed = new CommandProgress { State = CommandState.Confirmed, At = before.Now, Detail = "" };
        await part.Report(GroupParts.CommandOf(key, 0), [lamps[2].Id], confirmed);

        await using var after = await before.CrashNowAsync(GroupCity.AddSender);
        var again = after.Grains.GetGrain<IGroupPartGrain>(key);
        await again.Tell(row, told);
        await again.Report(GroupParts.CommandOf(key, 0), [lamps[1].Id, lamps[2].Id, "stranger"], confirmed);
        await again.Report(GroupParts.CommandOf(key, 7), [lamps[3].Id], confirmed);
        Assert.Equal([7, 0, 1, 1, 1, 0, 0, 0], await again.GetCounts());
        Assert.Equal(7, (await again.Take(row))!.Members.Length);
    }

    [Fact]
    public async Task A_part_whose_command_was_never_accepted_ends_by_itself_and_sets_nothing()
    {
        await using var city = await GroupCity.StartAsync();
        var lamps = GroupCity.Lamps(3);
        await city.City.PutAsync(lamps);
        var sector = (await city.City.Get<IDeviceRegistry>().GetAsync(lamps[0].Id, CancellationToken.None))!.Sector;
        var part = city.City.Grains.GetGrain<IGroupPartGrain>(GroupParts.KeyOf("never", sector));
        await part.Begin(new GroupPart
        {
            CreatedAt = city.City.Now,
            ExpiresAt = city.City.Now.AddHours(1),
            Layer = ControlLayer.Override,
            Lanes = [new GroupLane(DeviceKind.Streetlight, new DownlinkRoute("simulator", ""), new DeviceOrder("setDimming", GroupCity.Arguments(("percent", 40))), [.. lamps.Select(lamp => lamp.Id)])],
        });
        await city.City.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(3, (await part.GetCounts())[(int)CommandState.Accepted]);
        await city.City.PassAsync(TimeSpan.FromMinutes(5));
        await city.UntilSentAsync();
        Assert.Empty(await part.GetCounts());
        Assert.Empty((await city.City.Grains.GetGrain<IStreetlightGrain>(lamps[0].Id).GetView()).Desired);

        // Asked for once more it is a command like any other.
        await city.SubmitAsync("never", GroupCity.Dim(40));
        await city.UntilAsync("never", CommandState.Acknowledged, 3);
    }
}
