using System.Collections.Immutable;
using Grid.Contracts.Notifications;
using Grid.Contracts.Storage;

namespace Grid.Tests.Storage;

/// <summary>What every outbox of notifications does.</summary>
public abstract class NotificationOutboxConformance : Conformance<INotificationOutbox>
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly DateTimeOffset Now = Samples.Morning;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);
    private static readonly DateTimeOffset Expiry = Now.AddHours(24).AddTicks(3);

    protected static Notification Message(string id, string endpoint = "E1", DateTimeOffset? createdAt = null, DateTimeOffset? expiresAt = null) => new()
    {
        Id = id,
        Endpoint = endpoint,
        Type = "alarm.page",
        Subject = $"Défaut de l'armoire {id}",
        Body = "L'armoire n'a plus d'alimentation.\nVoir le lien.",
        Fields = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal).Add("alarm", "C1~supplyLoss").Add("level", "1"),
        CreatedAt = createdAt ?? Now,
        ExpiresAt = expiresAt ?? Expiry,
    };

    protected static NotificationClaim ClaimBy(string owner, int endpoints = 100, int perEndpoint = 10, DateTimeOffset? now = null, params ImmutableArray<string> except) =>
        new(owner, now ?? Now, Lease, endpoints, perEndpoint, except);

    protected Task<NotificationAdded> Add(string id, string endpoint = "E1", DateTimeOffset? createdAt = null, int mostPending = 100) =>
        Port.AddAsync(Message(id, endpoint, createdAt), mostPending, None);

    protected Task<ImmutableArray<ClaimedNotification>> Claim(DateTimeOffset? now = null, int endpoints = 100, int perEndpoint = 10, params ImmutableArray<string> except) =>
        Port.ClaimAsync(ClaimBy("A", endpoints, perEndpoint, now, except), None);

    private static IEnumerable<string> Ids(IEnumerable<ClaimedNotification> rows) => rows.Select(row => row.Notification.Id);

    private static void AssertSame(Notification expected, Notification actual)
    {
        Assert.Equal(expected.Fields.AsEnumerable(), actual.Fields.AsEnumerable());
        Assert.Equal(expected, actual with { Fields = expected.Fields });
    }

    [Fact]
    public async Task A_notification_comes_back_as_it_was_added_also_after_a_restart()
    {
        Assert.Equal(new NotificationAdded(IsNew: true, 0), await Add("n1"));
        await RestartAsync();

        var row = Assert.Single(await Claim());
        AssertSame(Message("n1"), row.Notification);
        Assert.Equal(0, row.Attempts);
        var delivery = await Port.GetAsync("n1", None);
        AssertSame(Message("n1"), delivery!.Notification);
        Assert.Equal((NotificationState.Pending, 1, Now, null, null), (delivery.State, delivery.Attempts, delivery.DueAt, delivery.FinishedAt, delivery.LastError));
        Assert.Null(await Port.GetAsync("n2", None));
    }

    [Fact]
    public async Task Added_twice_is_once_also_when_it_was_delivered_meanwhile()
    {
        await Add("n1");
        Assert.Equal(new NotificationAdded(IsNew: false, 0), await Port.AddAsync(Message("n1") with { Subject = "another" }, 100, None));
        var row = Assert.Single(await Claim());
        Assert.True(await Port.FinishAsync(row, NotificationState.Delivered, null, Now.AddSeconds(1), None));

        Assert.False((await Add("n1")).IsNew);

        Assert.Empty(await Claim(Now.AddHours(1)));
        var delivery = await Port.GetAsync("n1", None);
        Assert.Equal((NotificationState.Delivered, Now.AddSeconds(1), null), (delivery!.State, delivery.FinishedAt, delivery.LastError));
        Assert.Equal(Message("n1").Subject, delivery.Notification.Subject);
        Assert.Equal(new NotificationCounts(0, 1, 0, 0), await Port.CountAsync(None));
    }

    [Fact]
    public async Task An_endpoint_whose_rows_are_leased_gives_no_more_and_the_others_do()
    {
        for (var number = 0; number < 5; number++)
        {
            await Add($"slow{number}", "slow", Now.AddSeconds(number - 10));
        }

        Assert.Equal(["slow0", "slow1"], Ids(await Claim(perEndpoint: 2)));
        await Add("quick", "quick");

        Assert.Equal(["quick"], Ids(await Claim(perEndpoint: 2)));
        Assert.Empty(await Claim());
        Assert.Equal(["slow0", "slow1"], Ids(await Claim(Now + Lease, perEndpoint: 2)).Take(2));
    }

    [Fact]
    public async Task Endpoints_with_the_oldest_due_come_first_and_those_to_be_left_alone_do_not_come()
    {
        await Add("c", "E3", Now.AddSeconds(-1));
        await Add("a", "E1", Now.AddSeconds(-3));
        await Add("b", "E2", Now.AddSeconds(-2));
        await Add("later", "E4", Now.AddTicks(1));

        Assert.Equal(["a", "c"], Ids(await Claim(endpoints: 2, except: ["E2", "it's \"odd\""])));
        Assert.Equal(["b"], Ids(await Claim()));
    }

    [Fact]
    public async Task A_lease_that_was_lost_changes_nothing()
    {
        await Add("n1");
        var mine = Assert.Single(await Claim());
        var yours = Assert.Single(await Claim(Now + Lease));

        Assert.Equal(1, yours.Attempts);
        Assert.False(await Port.FinishAsync(mine, NotificationState.Delivered, null, Now, None));
        Assert.False(await Port.RescheduleAsync(mine, Now, "error", None));
        Assert.False(await Port.ReleaseAsync(mine, Now, None));
        Assert.True(await Port.RescheduleAsync(yours, Now.AddMinutes(5), "answered 500", None));
        Assert.Equal("answered 500", (await Port.GetAsync("n1", None))!.LastError);
        Assert.Empty(await Claim(Now.AddMinutes(5).AddTicks(-1)));
        Assert.Equal(2, Assert.Single(await Claim(Now.AddMinutes(5))).Attempts);
    }

    [Fact]
    public async Task A_row_that_was_released_was_not_tried()
    {
        await Add("n1");
        Assert.True(await Port.ReleaseAsync(Assert.Single(await Claim()), Now.AddMinutes(1), None));

        Assert.Empty(await Claim());
        Assert.Equal(0, Assert.Single(await Claim(Now.AddMinutes(1))).Attempts);
    }

    [Fact]
    public async Task What_is_over_is_not_claimed_and_expires_with_the_reason_of_its_last_try()
    {
        await Add("tried");
        await Port.RescheduleAsync(Assert.Single(await Claim()), Now, "answered 500", None);
        await Add("never", "E2");
        await Port.AddAsync(Message("longer", "E3", expiresAt: Expiry.AddTicks(1)), 100, None);
        Assert.Equal(0, await Port.ExpireAsync(Expiry.AddTicks(-1), 10, None));

        Assert.Equal(["longer"], Ids(await Claim(Expiry)));
        Assert.Equal(1, await Port.ExpireAsync(Expiry, 1, None));
        Assert.Equal(1, await Port.ExpireAsync(Expiry, 10, None));

        Assert.Equal(new NotificationCounts(1, 0, 0, 2), await Port.CountAsync(None));
        var tried = await Port.GetAsync("tried", None);
        Assert.Equal((NotificationState.Expired, Expiry), (tried!.State, tried.FinishedAt));
        Assert.StartsWith("answered 500; ", tried.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_being_sent_does_not_expire_under_the_sender()
    {
        await Port.AddAsync(Message("n1", expiresAt: Now.AddSeconds(1)), 100, None);
        var row = Assert.Single(await Claim());

        Assert.Equal(0, await Port.ExpireAsync(Now.AddSeconds(1), 10, None));
        Assert.True(await Port.FinishAsync(row, NotificationState.Delivered, null, Now.AddSeconds(2), None));
    }

    [Fact]
    public async Task Where_too_many_wait_for_an_endpoint_the_oldest_expire_but_for_those_being_sent()
    {
        await Add("sent", createdAt: Now.AddSeconds(-9), mostPending: 3);
        Assert.Equal(["sent"], Ids(await Claim()));
        await Add("old", createdAt: Now.AddSeconds(-8), mostPending: 3);
        await Add("newer", mostPending: 3);
        Assert.Equal(0, (await Add("elsewhere", "E2", mostPending: 3)).Displaced);

        Assert.Equal(new NotificationAdded(IsNew: true, Displaced: 1), await Add("newest", mostPending: 3));

        Assert.Equal(NotificationState.Expired, (await Port.GetAsync("old", None))!.State);
        Assert.Equal(new NotificationCounts(4, 0, 0, 1), await Port.CountAsync(None));
        Assert.False((await Add("old", mostPending: 3)).IsNew);
    }

    [Fact]
    public async Task A_failed_or_expired_one_is_sent_again_when_asked_and_no_other_is()
    {
        await Add("n1");
        Assert.False(await Port.RetryAsync("n1", Now, Expiry, None));
        var row = Assert.Single(await Claim());
        Assert.False(await Port.RetryAsync("n1", Now, Expiry, None));
        await Port.FinishAsync(row, NotificationState.Failed, "answered 404", Now, None);
        Assert.Equal("answered 404", (await Port.GetAsync("n1", None))!.LastError);

        Assert.True(await Port.RetryAsync("n1", Now.AddDays(2), Expiry.AddDays(2), None));

        var again = Assert.Single(await Claim(Now.AddDays(2)));
        Assert.Equal((0, Expiry.AddDays(2)), (again.Attempts, again.Notification.ExpiresAt));
        await Port.FinishAsync(again, NotificationState.Delivered, null, Now.AddDays(2), None);
        Assert.False(await Port.RetryAsync("n1", Now.AddDays(2), Expiry.AddDays(2), None));
        Assert.False(await Port.RetryAsync("n2", Now, Expiry, None));
    }

    [Fact]
    public async Task Deliveries_are_listed_the_newest_first_by_endpoint_and_state_and_page_by_page()
    {
        await Add("b", createdAt: Now.AddSeconds(1));
        await Add("a", createdAt: Now.AddSeconds(1));
        await Add("old", "E2", Now);
        await Add("new", "E2", Now.AddSeconds(2));
        await Port.FinishAsync((await Claim(Now.AddSeconds(2))).Single(row => row.Notification.Id == "old"), NotificationState.Failed, "no", Now, None);

        async Task<string[]> List(NotificationQuery query) => [.. (await Port.ListAsync(query, None)).Select(delivery => delivery.Notification.Id)];

        Assert.Equal(["new", "a", "b", "old"], await List(new NotificationQuery()));
        Assert.Equal(["new", "a"], await List(new NotificationQuery { Limit = 2 }));
        Assert.Equal(["b", "old"], await List(new NotificationQuery { After = (Now.AddSeconds(1), "a") }));
        Assert.Equal(["new", "old"], await List(new NotificationQuery { Endpoint = "E2" }));
        Assert.Equal(["old"], await List(new NotificationQuery { State = NotificationState.Failed }));
        Assert.Equal(["new"], await List(new NotificationQuery { State = NotificationState.Pending, Endpoint = "E2" }));
    }

    [Fact]
    public async Task Finished_ones_are_forgotten_by_age_and_number_and_what_waits_is_not()
    {
        for (var number = 0; number < 6; number++)
        {
            await Add($"n{number}", $"E{number}");
        }

        await Add("waiting", createdAt: Now.AddDays(-30));
        var rows = (await Claim()).Where(row => row.Notification.Id != "waiting").ToArray();
        for (var number = 0; number < 6; number++)
        {
            await Port.FinishAsync(rows.Single(row => row.Notification.Id == $"n{number}"), NotificationState.Delivered, null, Now.AddHours(number), None);
        }

        Assert.Equal(1, await Port.ForgetAsync(Now.AddHours(2), 10, limit: 1, None));
        Assert.Equal(1, await Port.ForgetAsync(Now.AddHours(2), 10, limit: 10, None));
        Assert.Equal(1, await Port.ForgetAsync(Now.AddHours(2), 3, limit: 10, None));
        Assert.Equal(0, await Port.ForgetAsync(Now.AddHours(2), 3, limit: 10, None));

        Assert.Equal(["n3", "n4", "n5", "waiting"], (await Port.ListAsync(new NotificationQuery(), None)).Select(delivery => delivery.Notification.Id));
    }
}
