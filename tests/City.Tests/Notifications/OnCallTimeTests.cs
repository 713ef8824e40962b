using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Notifications;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.OnCall;

namespace Grid.Tests.City.Notifications;

/// <summary>Who is on call is told, nobody twice, and whose calendar counts is the nearest.</summary>
public sealed class OnCallTimeTests
{
    private const string Brest = "29019";
    private const string Syndicate = "999000001";

    private static OnCallCalendar Calendar(params string[] levels) => new()
    {
        ZoneId = "Europe/Paris",
        Levels =
        [
            .. levels.Select(endpoint => new OnCallLevel
            {
                Rotation = new() { Turns = [new(endpoint, [endpoint])], Days = 7, From = new(2026, 1, 5), HandOver = new(8, 0) },
                AfterMinutes = 10,
            }),
        ],
    };

    private static AlarmPage Page(TestCity city, int level = 1, DeviceKind? kind = null) => new()
    {
        Alarm = "C1~supplyLoss",
        RaisedAt = city.Now.AddMinutes(-level),
        Priority = AlarmPriority.Urgent,
        Message = new("Armoire sans alimentation", "Cabinet without supply"),
        Source = "C1",
        Kind = kind,
        Commune = Brest,
        Link = "/#alarm=C1~supplyLoss",
        Level = level,
    };

    private static async Task PutAsync(TestCity city, string scope, OnCallCalendar? calendar) => Assert.Empty((await city.Grains.GetGrain<IOnCallGrain>(scope).Put(calendar, null)).Faults);

    private static Task<PageAnswer> PageAsync(TestCity city, AlarmPage page) => city.Get<OnCallDirectory>().PageAsync(city.Grains, page);

    [Fact]
    public async Task A_page_is_kept_for_who_is_on_call_and_asked_for_again_tells_nobody_twice()
    {
        await using var city = await NotifyingCity.StartAsync();
        await city.AddMailAsync("anne", language: NotificationLanguage.En);
        await PutAsync(city.City, $"commune:{Brest}", Calendar("anne"));
        var page = Page(city.City);

        var answer = await PageAsync(city.City, page);
        var again = await PageAsync(city.City, page);

        Assert.Equal((PageOutcome.Paged, "commune:29019", 1, 2, 0), (answer.Outcome, answer.Scope, answer.Level, answer.NextLevel, answer.NextAttempt));
        Assert.Equal(["anne"], answer.Names);
        Assert.Equal(city.City.Now.AddMinutes(10), answer.NextAt);
        Assert.Equal(PageOutcome.Paged, again.Outcome);
        var delivery = Assert.Single(await city.City.Get<INotificationOutbox>().ListAsync(new NotificationQuery(), CancellationToken.None));
        Assert.Equal("URGENT: Cabinet without supply – Brest", delivery.Notification.Subject);
        Assert.Equal(("C1~supplyLoss", "1", "urgent"), (delivery.Notification.Fields["alarm"], delivery.Notification.Fields["level"], delivery.Notification.Fields["priority"]));
        await city.UntilAsync(delivery.Notification.Id, NotificationState.Delivered);
        Assert.Single(city.Mails.Tries);

        // Raised anew it is told anew.
        await PageAsync(city.City, page with { RaisedAt = page.RaisedAt.AddMinutes(1) });
        Assert.Equal(2, (await city.City.Get<INotificationOutbox>().ListAsync(new NotificationQuery(), CancellationToken.None)).Length);
    }

    [Fact]
    public async Task An_alarm_that_nobody_answers_goes_through_the_levels_and_is_shown_also_after_a_crash()
    {
        await using var city = await NotifyingCity.StartAsync();
        await city.AddMailAsync("anne");
        await city.AddMailAsync("brice");
        await PutAsync(city.City, $"commune:{Brest}", Calendar("anne", "brice"));
        var page = Page(city.City);
        var answer = await PageAsync(city.City, page);
        while (answer.NextAt is { } next)
        {
            await city.City.PassAsync(next - city.City.Now);
            answer = await PageAsync(city.City, page with { Level = answer.NextLevel, Attempt = answer.NextAttempt });
        }

        Assert.Equal(PageOutcome.Unanswered, answer.Outcome);
        Assert.Equal(PageOutcome.Unanswered, (await PageAsync(city.City, page with { Level = 3 })).Outcome);
        await city.City.UntilAsync(() => Task.FromResult(city.Mails.Tries.Count == 2), () => "both to be told");
        Assert.Equal(["anne", "brice"], city.Mails.Tries.Select(sent => sent.Endpoint).Order(StringComparer.Ordinal));
        await using var restarted = await city.City.CrashNowAsync();
        var view = await restarted.Grains.GetGrain<IOnCallGrain>($"commune:{Brest}").Get();
        var given = Assert.Single(view.Unanswered);
        Assert.Equal((page.Alarm, page.RaisedAt), (given.Alarm, given.RaisedAt));
        Assert.Equal(["anne", "brice"], view.Now.Select(turn => turn!.Name));
    }

    [Fact]
    public async Task The_nearest_calendar_counts_from_the_device_over_the_commune_and_the_competent_body_to_the_department()
    {
        await using var city = await NotifyingCity.StartAsync();
        await city.AddMailAsync("anne");
        await city.City.AddBodyAsync(Syndicate, DeviceKinds.Cabinet, Brest);
        await city.City.PutAsync(new DeviceDescriptor { Id = "C1", Kind = DeviceKind.Cabinet, Commune = Brest, Name = "C1" });
        async Task<string?> ScopeAsync(DeviceKind kind) => (await PageAsync(city.City, Page(city.City, kind: kind))).Scope;

        Assert.Equal(PageOutcome.NoCalendar, (await PageAsync(city.City, Page(city.City))).Outcome);
        await PutAsync(city.City, "department:29", Calendar("anne"));
        Assert.Equal("department:29", await ScopeAsync(DeviceKind.Cabinet));
        await PutAsync(city.City, $"syndicate:{Syndicate}", Calendar("anne"));
        Assert.Equal($"syndicate:{Syndicate}", await ScopeAsync(DeviceKind.Cabinet));
        Assert.Equal("department:29", await ScopeAsync(DeviceKind.Bin));
        await PutAsync(city.City, $"commune:{Brest}", Calendar("anne"));
        Assert.Equal($"commune:{Brest}", await ScopeAsync(DeviceKind.Cabinet));
        await PutAsync(city.City, "device:C1", Calendar("anne"));
        Assert.Equal("device:C1", await ScopeAsync(DeviceKind.Cabinet));
        await PutAsync(city.City, "device:C1", null);
        Assert.Equal($"commune:{Brest}", await ScopeAsync(DeviceKind.Cabinet));
    }

    [Fact]
    public async Task A_change_of_a_calendar_has_a_version_and_the_same_again_is_none()
    {
        await using var city = await NotifyingCity.StartAsync();
        await city.AddMailAsync("anne");
        var grain = city.City.Grains.GetGrain<IOnCallGrain>("commune:29019");

        Assert.Equal(1, (await grain.Put(Calendar("anne"), 0)).View.Version);
        Assert.Equal(1, (await grain.Put(Calendar("anne"), 1)).View.Version);
        Assert.True((await grain.Put(null, 0)).IsConflict);
        Assert.Equal("levels[0].rotation.turns[0].endpoints", Assert.Single((await grain.Put(Calendar("zoé"), null)).Faults).Field);
        var removed = await grain.Put(null, 1);
        Assert.Equal((2, null), (removed.View.Version, removed.View.Calendar));
    }

    [Fact]
    public async Task An_endpoint_keeps_its_secret_until_a_new_one_is_asked_for_and_says_what_is_wrong()
    {
        await using var city = await NotifyingCity.StartAsync();
        var hook = new NotificationEndpoint { Id = "hook", Kind = EndpointKind.Webhook, Address = "https://example.org/hook", Scope = "commune:29019" };
        var made = await city.Endpoints.Put(hook, renewsSecret: false);
        Assert.True(made.IsNew);
        Assert.StartsWith("whsec_", made.MadeSecret, StringComparison.Ordinal);

        var kept = await city.Endpoints.Put(hook with { Language = NotificationLanguage.En }, renewsSecret: false);
        Assert.Equal((false, null, made.MadeSecret), (kept.IsNew, kept.MadeSecret, kept.Endpoint!.Secret));
        var renewed = await city.Endpoints.Put(hook, renewsSecret: true);
        Assert.NotEqual(made.MadeSecret, renewed.MadeSecret);
        Assert.Equal(renewed.MadeSecret, (await city.Endpoints.Find("hook"))!.Secret);

        async Task<string[]> FaultsAsync(NotificationEndpoint endpoint) => [.. (await city.Endpoints.Put(endpoint, false)).Faults.Select(fault => fault.Field)];
        Assert.Equal(["id"], await FaultsAsync(hook with { Id = "a b" }));
        Assert.Equal(["url"], await FaultsAsync(hook with { Address = "ftp://example.org" }));
        Assert.Equal(["url"], await FaultsAsync(hook with { Address = "https://me:secret@example.org" }));
        Assert.Equal(["secret"], await FaultsAsync(hook with { Secret = "whsec_c2hvcnQ=" }));
        Assert.Equal(["scope"], await FaultsAsync(hook with { Scope = "commune:00000" }));
        Assert.Equal(["scope"], await FaultsAsync(hook with { Scope = "planet:3" }));
        Assert.Equal(["address"], await FaultsAsync(hook with { Kind = EndpointKind.Email, Address = "Anne <anne@example.org>" }));
        Assert.Equal(["address"], await FaultsAsync(hook with { Kind = EndpointKind.Email, Address = "anne@example.org\r\nBcc: all@example.org" }));
    }
}
