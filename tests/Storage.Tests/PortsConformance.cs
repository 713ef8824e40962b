using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;

namespace Grid.Tests.Storage;

/// <summary>What every registry of bodies does.</summary>
public abstract class BodyRegistryConformance : Conformance<IBodyRegistry>
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly Body Syndicate = new("999000029", "Syndicat d'énergie", BodyKind.Syndicate);
    private static readonly Body Epci = new("242900314", "Brest Métropole", BodyKind.Epci);

    private static Membership Member(string commune, Body body, DeviceKinds kinds = DeviceKinds.All) => new(commune, body.Siren, kinds, null, null);

    [Fact]
    public async Task A_body_comes_back_as_it_was_put_and_a_put_says_whether_it_was_new()
    {
        Assert.True(await Port.PutAsync(Syndicate, None));
        Assert.False(await Port.PutAsync(Syndicate with { Name = "SDEF" }, None));
        Assert.True(await Port.PutAsync(Epci, None));
        await RestartAsync();

        Assert.Equal(Syndicate with { Name = "SDEF" }, await Port.GetAsync(Syndicate.Siren, None));
        Assert.Equal([Epci.Siren, Syndicate.Siren], (await Port.ListAsync(None)).Select(body => body.Siren));
        Assert.Null(await Port.GetAsync("000000000", None));
    }

    [Fact]
    public async Task Members_are_replaced_as_a_whole_and_found_from_both_sides()
    {
        await Port.PutAsync(Syndicate, None);
        await Port.PutAsync(Epci, None);
        await Port.PutMembersAsync(Syndicate.Siren, [Member("29232", Syndicate), Member("29001", Syndicate)], None);
        var lighting = new Membership("29019", Syndicate.Siren, DeviceKinds.Streetlight | DeviceKinds.Cabinet, new DateOnly(2024, 1, 1), new DateOnly(2026, 12, 31));
        var buildings = Member("29019", Syndicate, DeviceKinds.Building);
        await Port.PutMembersAsync(Syndicate.Siren, [lighting, buildings, Member("29001", Syndicate)], None);
        await Port.PutMembersAsync(Epci.Siren, [Member("29019", Epci)], None);
        await RestartAsync();

        Assert.Equal([Member("29001", Syndicate), lighting, buildings], await Port.GetMembersAsync(Syndicate.Siren, None));
        Assert.Equal([Member("29019", Epci), lighting, buildings], await Port.GetBodiesOfAsync("29019", None));
        Assert.Empty(await Port.GetBodiesOfAsync("29232", None));
        Assert.Empty(await Port.GetMembersAsync("000000000", None));
    }

    [Fact]
    public async Task Members_of_another_body_or_of_none_are_refused()
    {
        await Port.PutAsync(Syndicate, None);

        await Assert.ThrowsAsync<ArgumentException>(() => Port.PutMembersAsync(Syndicate.Siren, [Member("29019", Epci)], None));
        await Assert.ThrowsAsync<ArgumentException>(() => Port.PutMembersAsync(Epci.Siren, [Member("29019", Epci)], None));
        Assert.Empty(await Port.GetMembersAsync(Epci.Siren, None));
    }
}

/// <summary>What every outbox does.</summary>
public abstract class OutboxConformance : Conformance<IOutbox>
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly DateTimeOffset Now = Samples.Morning;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    protected static Downlink Downlink(string command) => new(
        command, "L1", "simulator", "setDimming", ImmutableSortedDictionary<string, double>.Empty.Add("percent", 35.5), 7, Now.AddHours(1).AddTicks(3), "mast-3");

    private Task Add(string command, DateTimeOffset? dueAt = null) => Port.AddAsync(Downlink(command), dueAt ?? Now, None);

    private Task<ImmutableArray<OutboxRow>> Claim(DateTimeOffset? now = null, int limit = 10, string owner = "A") => Port.ClaimAsync(owner, now ?? Now, Lease, limit, None);

    [Fact]
    public async Task A_downlink_comes_back_as_it_was_added_also_after_a_restart()
    {
        await Add("c1");
        await RestartAsync();

        var row = Assert.Single(await Claim());

        var expected = Downlink("c1");
        Assert.Equal(expected.Arguments.AsEnumerable(), row.Downlink.Arguments.AsEnumerable());
        Assert.Equal(expected, row.Downlink with { Arguments = expected.Arguments });
        Assert.Equal((0, false), (row.Attempts, row.WasSent));
    }

    [Fact]
    public async Task The_same_command_again_changes_nothing()
    {
        await Add("c1");
        var row = Assert.Single(await Claim());
        await Port.AddAsync(Downlink("c1") with { Version = 8 }, Now, None);

        Assert.Equal(1, await Port.CountAsync(None));
        Assert.Empty(await Claim());
        Assert.True(await Port.RescheduleAsync(row, Now, sent: false, None));
        Assert.Equal(7, Assert.Single(await Claim()).Downlink.Version);
    }

    [Fact]
    public async Task Rows_are_claimed_when_due_oldest_first_and_no_more_than_asked()
    {
        await Add("later", Now.AddTicks(1));
        await Add("second", Now.AddSeconds(-1));
        await Add("first", Now.AddSeconds(-2));

        Assert.Equal(["first"], (await Claim(limit: 1)).Select(row => row.Downlink.Command));
        Assert.Equal(["second"], (await Claim()).Select(row => row.Downlink.Command));
        Assert.Equal(["later"], (await Claim(Now.AddTicks(1))).Select(row => row.Downlink.Command));
    }

    [Fact]
    public async Task Rows_for_one_device_are_claimed_before_those_for_many_which_keep_a_quarter()
    {
        for (var number = 0; number < 10; number++)
        {
            await Port.AddAsync(Downlink($"group/s#0.{number}") with { Owner = DownlinkOwner.Group }, Now.AddMinutes(-1), None);
            await Port.AddAsync(Downlink($"one-{number}"), Now, None);
        }

        var first = await Claim(limit: 8);
        Assert.Equal([.. Enumerable.Repeat(DownlinkOwner.Command, 6), DownlinkOwner.Group, DownlinkOwner.Group], first.Select(row => row.Downlink.Owner));
        Assert.Equal([4, 4], (await Claim(limit: 8)).CountBy(row => row.Downlink.Owner).Select(owner => owner.Value));
        Assert.Equal(4, (await Claim(limit: 8)).Length);
        Assert.Empty(await Claim(limit: 8));
    }

    [Fact]
    public async Task A_leased_row_is_nobody_elses_until_the_lease_ends_and_then_the_former_owner_has_lost_it()
    {
        await Add("c1");
        var mine = Assert.Single(await Claim(owner: "A"));
        Assert.Empty(await Claim(Now + Lease - TimeSpan.FromTicks(1), owner: "B"));

        var yours = Assert.Single(await Claim(Now + Lease, owner: "B"));

        Assert.Equal(1, yours.Attempts);
        Assert.False(await Port.RescheduleAsync(mine, Now, sent: true, None));
        Assert.True(await Port.RescheduleAsync(yours, Now.AddMinutes(5), sent: false, None));
        var again = Assert.Single(await Claim(Now.AddMinutes(5)));
        Assert.Equal((2, false), (again.Attempts, again.WasSent));
    }

    [Fact]
    public async Task A_row_that_was_sent_stays_sent_and_comes_back_when_it_is_due()
    {
        await Add("c1");
        Assert.True(await Port.RescheduleAsync(Assert.Single(await Claim()), Now.AddMinutes(1), sent: true, None));
        Assert.Empty(await Claim(Now.AddSeconds(59)));
        var waiting = Assert.Single(await Claim(Now.AddMinutes(1)));
        Assert.True(waiting.WasSent);
        Assert.True(await Port.RescheduleAsync(waiting, Now.AddMinutes(2), sent: false, None));
        Assert.True(Assert.Single(await Claim(Now.AddMinutes(2))).WasSent);
    }

    [Fact]
    public async Task A_final_command_has_no_row_and_its_lease_is_lost()
    {
        await Add("c1");
        var row = Assert.Single(await Claim());
        await Port.RemoveAsync("c1", None);
        await Port.RemoveAsync("c1", None);

        Assert.Equal(0, await Port.CountAsync(None));
        Assert.False(await Port.RescheduleAsync(row, Now, sent: true, None));
        Assert.Empty(await Claim(Now.AddDays(1)));
    }

    [Fact]
    public async Task Two_senders_never_claim_the_same_row()
    {
        await Task.WhenAll(Enumerable.Range(0, 100).Select(number => Add($"c{number}")));

        var claims = await Task.WhenAll(Enumerable.Range(0, 40).Select(sender => Task.Run(() => Claim(limit: 5, owner: $"S{sender}"))));

        var commands = claims.SelectMany(rows => rows).Select(row => row.Downlink.Command).ToArray();
        Assert.Equal(100, commands.Length);
        Assert.Equal(100, commands.Distinct().Count());
    }
}

/// <summary>What every audit does.</summary>
public abstract class AuditLogConformance : Conformance<IAuditLog>
{
    private static readonly CancellationToken None = CancellationToken.None;

    protected static AuditEntry Entry(int number) => new(Samples.Morning.AddTicks(number), "admin", "device.put", $"device:L{number}", $"change {number} – été");

    [Fact]
    public async Task The_newest_entries_come_first_as_they_were_appended_also_after_a_restart()
    {
        for (var number = 1; number <= 5; number++)
        {
            await Port.AppendAsync(Entry(number), None);
        }

        await RestartAsync();
        await Port.AppendAsync(Entry(6), None);

        Assert.Equal([Entry(6), Entry(5), Entry(4)], await Port.ReadNewestAsync(3, None));
        Assert.Equal(6, (await Port.ReadNewestAsync(100, None)).Length);
    }

    [Fact]
    public async Task Entries_that_are_appended_at_once_are_all_there()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(number => Port.AppendAsync(Entry(number), None)));

        Assert.Equal(Enumerable.Range(0, 200).Select(Entry).OrderBy(entry => entry.At), (await Port.ReadNewestAsync(1000, None)).OrderBy(entry => entry.At));
    }
}
