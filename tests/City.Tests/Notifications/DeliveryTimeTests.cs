using Grid.Connectors.Notifications;
using Grid.Contracts.Notifications;
using Grid.Contracts.Storage;

namespace Grid.Tests.City.Notifications;

/// <summary>Every notification comes to its end, and an endpoint that is slow, down or answers errors delays nobody else.</summary>
public sealed class DeliveryTimeTests
{
    [Fact]
    public async Task A_notification_is_told_once_in_the_language_of_its_endpoint()
    {
        await using var city = await NotifyingCity.StartAsync();
        await city.AddWebhookAsync("hook");
        await city.NotifyAsync("hook", "n1");

        await city.UntilAsync("n1", NotificationState.Delivered);

        var delivery = await city.DeliveryAsync("n1");
        Assert.Equal(("Essai", "Un essai", 1, null), (delivery.Notification.Subject, delivery.Notification.Body, delivery.Attempts, delivery.LastError));
        await city.City.PassAsync(TimeSpan.FromMinutes(30));
        Assert.Equal("n1", Assert.Single(city.Webhooks.Tries).Id);
    }

    [Fact]
    public async Task Endpoints_that_never_answer_or_answer_errors_delay_nobody_else()
    {
        await using var city = await NotifyingCity.StartAsync(new NotificationSenderOptions { MaximumLanes = 10 });
        city.Webhooks.Answer = (endpoint, _, cancellation) => endpoint.Id switch
        {
            var id when id.StartsWith("hangs", StringComparison.Ordinal) => Receivers.HangAsync(cancellation),
            "fails" => Task.FromResult(new CarryResult(CarryStatus.Retry, "answered 500")),
            _ => Task.FromResult(new CarryResult(CarryStatus.Delivered)),
        };
        foreach (var id in (string[])["hangs1", "hangs2", "hangs3", "fails"])
        {
            await city.AddWebhookAsync(id);
            for (var number = 0; number < 20; number++)
            {
                await city.NotifyAsync(id, $"{id}-{number}");
            }
        }

        await city.City.UntilAsync(() => Task.FromResult(city.Webhooks.Tries.Select(sent => sent.Endpoint).Distinct().Count() == 4), () => "all to be tried");
        await city.AddWebhookAsync("well");
        await city.NotifyAsync("well", "quick");
        var askedAt = city.City.Now;
        await city.UntilAsync("quick", NotificationState.Delivered);

        Assert.InRange((await city.DeliveryAsync("quick")).FinishedAt!.Value - askedAt, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.All(["hangs1", "hangs2", "hangs3", "fails"], id => Assert.Equal(1, city.Webhooks.TriesOf(id)));
    }

    [Fact]
    public async Task A_receiver_that_does_not_answer_in_time_is_tried_again_with_ever_longer_pauses_until_its_time_is_over()
    {
        await using var city = await NotifyingCity.StartAsync();
        city.Webhooks.Answer = (_, number, cancellation) => number == 1 ? Receivers.HangAsync(cancellation) : Task.FromResult(new CarryResult(CarryStatus.Retry, "answered 500"));
        await city.AddWebhookAsync("hook");
        await city.NotifyAsync("hook", "n1");
        var askedAt = (await city.DeliveryAsync("n1")).Notification.CreatedAt;
        await city.City.UntilAsync(async () => (await city.DeliveryAsync("n1")).LastError is not null, () => "the first try to fail");
        Assert.Equal("no answer within 10 s", (await city.DeliveryAsync("n1")).LastError);
        Assert.InRange(city.City.Now - askedAt, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(15));

        var pauses = new List<TimeSpan>();
        for (var tries = 2; tries <= 6; tries++)
        {
            var delivery = await city.UntilTriedAsync("n1", tries);
            pauses.Add(delivery.DueAt - city.Webhooks.Tries.Last().At);
        }

        for (var index = 0; index < pauses.Count; index++)
        {
            Assert.InRange(pauses[index] / TimeSpan.FromSeconds(20 << index), 0.75, 1.25);
        }

        await city.City.PassAsync(askedAt.AddHours(24) - city.City.Now);
        await city.UntilAsync("n1", NotificationState.Expired);
        Assert.StartsWith("answered 500; its time was over", (await city.DeliveryAsync("n1")).LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_says_when_is_asked_again_then_and_not_before()
    {
        await using var city = await NotifyingCity.StartAsync();
        city.Webhooks.Answer = (_, number, _) => Task.FromResult(number == 1 ? new CarryResult(CarryStatus.Retry, "answered 429", TimeSpan.FromMinutes(5)) : new CarryResult(CarryStatus.Delivered));
        await city.AddWebhookAsync("hook");
        await city.NotifyAsync("hook", "n1");
        await city.City.UntilAsync(async () => (await city.DeliveryAsync("n1")).LastError is not null, () => "the first try");
        await city.NotifyAsync("hook", "n2");
        var first = city.Webhooks.Tries.Single().At;

        await city.UntilTriedAsync("n1", 2);
        await city.UntilAsync("n2", NotificationState.Delivered);

        Assert.All(city.Webhooks.Tries.Skip(1), sent => Assert.InRange(sent.At - first, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5.5)));
    }

    [Fact]
    public async Task What_fails_for_good_is_not_tried_again_unless_somebody_asks()
    {
        await using var city = await NotifyingCity.StartAsync();
        city.Webhooks.Answer = (_, number, _) => Task.FromResult(number == 1 ? new CarryResult(CarryStatus.Failed, "answered 404") : new CarryResult(CarryStatus.Delivered));
        await city.AddWebhookAsync("hook");
        await city.NotifyAsync("hook", "n1");
        await city.UntilAsync("n1", NotificationState.Failed);
        Assert.Equal("answered 404", (await city.DeliveryAsync("n1")).LastError);
        await city.City.PassAsync(TimeSpan.FromMinutes(30));
        Assert.Single(city.Webhooks.Tries);

        Assert.True(await city.City.Get<INotificationOutbox>().RetryAsync("n1", city.City.Now, city.City.Now.AddHours(1), CancellationToken.None));
        await city.UntilAsync("n1", NotificationState.Delivered);
    }

    [Fact]
    public async Task A_receiver_that_is_gone_disables_its_endpoint_with_an_audit_line_and_what_waits_for_it_fails()
    {
        await using var city = await NotifyingCity.StartAsync();
        city.Webhooks.Answer = (_, _, _) => Task.FromResult(new CarryResult(CarryStatus.Gone, "answered 410"));
        await city.AddWebhookAsync("hook");
        await city.NotifyAsync("hook", "n1");
        await city.NotifyAsync("hook", "n2");
        await city.UntilAsync("n1", NotificationState.Failed);
        await city.UntilAsync("n2", NotificationState.Failed);

        var endpoint = await city.Endpoints.Find("hook");
        Assert.Equal((false, "answered 410"), (endpoint!.IsEnabled, endpoint.DisabledReason));
        Assert.Equal("its endpoint is disabled: answered 410", (await city.DeliveryAsync("n2")).LastError);
        Assert.Single(city.Webhooks.Tries);
        var line = Assert.Single(await city.City.Get<IAuditLog>().ReadNewestAsync(10, CancellationToken.None));
        Assert.Equal(("system", "notification-endpoint.disable", "notification-endpoint:hook"), (line.Actor, line.Action, line.Target));
    }

    [Fact]
    public async Task What_waits_for_an_endpoint_that_was_removed_fails()
    {
        await using var city = await NotifyingCity.StartAsync();
        city.Webhooks.Answer = (_, _, _) => Task.FromResult(new CarryResult(CarryStatus.Retry, "answered 500"));
        await city.AddWebhookAsync("hook");
        await city.NotifyAsync("hook", "n1");
        await city.City.UntilAsync(async () => (await city.DeliveryAsync("n1")).LastError is not null, () => "the first try");

        Assert.True(await city.Endpoints.Remove("hook"));

        Assert.Equal("its endpoint was removed", (await city.UntilTriedAsync("n1", 2)).LastError);
    }

    [Fact]
    public async Task A_try_that_a_stop_has_interrupted_comes_again_under_the_same_id()
    {
        var city = await NotifyingCity.StartAsync();
        city.Webhooks.Answer = (_, _, cancellation) => Receivers.HangAsync(cancellation);
        await city.AddWebhookAsync("hook");
        await city.NotifyAsync("hook", "n1");
        await city.City.UntilAsync(() => Task.FromResult(!city.Webhooks.Tries.IsEmpty), () => "the try");
        await city.StopAsync();
        Assert.Equal("the grid was stopped during the try", (await city.DeliveryAsync("n1")).LastError);

        await using (var restarted = NotifyingCity.Over(await city.City.CrashNowAsync()))
        {
            await restarted.UntilAsync("n1", NotificationState.Delivered);
            Assert.Equal("n1", Assert.Single(restarted.Webhooks.Tries).Id);
        }

        await city.DisposeAsync();
    }

    [Fact]
    public async Task Mail_of_many_endpoints_shares_a_few_lanes_so_that_a_mail_server_that_hangs_delays_no_webhook()
    {
        await using var city = await NotifyingCity.StartAsync(new NotificationSenderOptions { MaximumLanes = 4, MaximumMailLanes = 2 });
        city.Mails.Answer = (_, _, cancellation) => Receivers.HangAsync(cancellation);
        for (var number = 0; number < 10; number++)
        {
            await city.AddMailAsync($"mail{number}");
            await city.NotifyAsync($"mail{number}", $"mail{number}");
        }

        await city.City.UntilAsync(() => Task.FromResult(city.Mails.Tries.Count >= 2), () => "mail to be tried");
        await city.AddWebhookAsync("hook");
        await city.NotifyAsync("hook", "n1");
        var askedAt = city.City.Now;
        await city.UntilAsync("n1", NotificationState.Delivered);

        Assert.InRange(city.City.Now - askedAt, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Equal(2, city.Mails.MostAtOnce);
    }
}
