using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Grid.Connectors.Notifications;
using Grid.Contracts.Notifications;
using Microsoft.AspNetCore.Http;

namespace Grid.Tests.Gateway.Notifications;

public sealed class WebhookCarrierTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 3, 0, 0, TimeSpan.Zero);

    private readonly WebhookCarrier _carrier = new(new NotificationSenderOptions { AllowPrivate = true }, new StandingClock());

    public void Dispose() => _carrier.Dispose();

    private static readonly Notification Message = new()
    {
        Id = "msg_1",
        Endpoint = "hook",
        Type = "alarm.page",
        Subject = "URGENT : armoire \"C1\" – Brest",
        Body = "Armoire sans alimentation\nà voir",
        Fields = ImmutableSortedDictionary<string, string>.Empty.Add("alarm", "C1~supplyLoss").Add("level", "1").Add("message", "not this one"),
        CreatedAt = Now.AddSeconds(-1),
        ExpiresAt = Now.AddHours(24),
    };

    private static NotificationEndpoint Endpoint(string address) => new() { Id = "hook", Kind = EndpointKind.Webhook, Address = address, Secret = Receiver.Secret, Scope = "commune:29019" };

    private async Task<CarryResult> CarryAsync(string address) => await _carrier.CarryAsync(Endpoint(address), Message, TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_message_is_signed_JSON_and_the_same_in_every_try()
    {
        await using var receiver = await Receiver.StartAsync(204);

        Assert.Equal(new CarryResult(CarryStatus.Delivered), await CarryAsync(receiver.Address));
        await CarryAsync(receiver.Address);

        Assert.True(receiver.Requests.TryDequeue(out var first));
        Assert.True(Receiver.IsSigned(first.Text, first.Headers));
        Assert.Equal(("msg_1", Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), "application/json"), (first.Headers["webhook-id"], first.Headers["webhook-timestamp"], first.Headers["content-type"]));
        Assert.Equal(("alarm.page", "2026-03-02T02:59:59.000Z"), (first.Body.GetProperty("type").GetString(), first.Body.GetProperty("timestamp").GetString()));
        var data = first.Body.GetProperty("data");
        Assert.Equal(
            ["id=msg_1", $"subject={Message.Subject}", $"message={Message.Body}", "alarm=C1~supplyLoss", "level=1"],
            data.EnumerateObject().Select(field => $"{field.Name}={field.Value.GetString()}"));
        Assert.True(receiver.Requests.TryDequeue(out var second));
        Assert.Equal(first.Text, second.Text);
    }

    [Theory]
    [InlineData(200, CarryStatus.Delivered)]
    [InlineData(302, CarryStatus.Failed)]
    [InlineData(400, CarryStatus.Failed)]
    [InlineData(401, CarryStatus.Failed)]
    [InlineData(404, CarryStatus.Failed)]
    [InlineData(408, CarryStatus.Retry)]
    [InlineData(410, CarryStatus.Gone)]
    [InlineData(425, CarryStatus.Retry)]
    [InlineData(429, CarryStatus.Retry)]
    [InlineData(500, CarryStatus.Retry)]
    [InlineData(503, CarryStatus.Retry)]
    internal async Task What_a_status_means(int status, CarryStatus expected)
    {
        await using var receiver = await Receiver.StartAsync(status);

        var result = await CarryAsync(receiver.Address);

        Assert.Equal(expected, result.Status);
        Assert.Null(result.RetryAfter);
        Assert.Equal(status == 200 ? null : $"answered {status}", result.Detail?.Split(':')[0]);
    }

    [Fact]
    public async Task Redirects_are_not_followed()
    {
        await using var target = await Receiver.StartAsync(200);
        await using var receiver = await Receiver.StartAsync((http, _) =>
        {
            http.Response.Redirect(target.Address);
            return Task.CompletedTask;
        });

        Assert.Equal(CarryStatus.Failed, (await CarryAsync(receiver.Address)).Status);
        Assert.Empty(target.Requests);
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("Mon, 02 Mar 2026 03:05:00 GMT", 300)]
    public async Task A_receiver_that_is_busy_says_when_to_come_again(string header, int seconds)
    {
        await using var receiver = await Receiver.StartAsync((http, _) =>
        {
            http.Response.StatusCode = 503;
            http.Response.Headers.RetryAfter = header;
            return Task.CompletedTask;
        });

        Assert.Equal(TimeSpan.FromSeconds(seconds), (await CarryAsync(receiver.Address)).RetryAfter);
    }

    [Fact]
    public async Task A_body_without_end_is_not_read()
    {
        await using var receiver = await Receiver.StartAsync(async (http, _) =>
        {
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.WriteAsync(new string('x', 64 * 1024), CancellationToken.None);
            }
        });

        Assert.Equal(CarryStatus.Delivered, (await CarryAsync(receiver.Address)).Status);
    }

    [Fact]
    public async Task Where_nobody_listens_or_a_name_leads_nowhere_it_is_tried_again()
    {
        string closed;
        await using (var receiver = await Receiver.StartAsync(200))
        {
            closed = receiver.Address;
        }

        Assert.Equal(new CarryResult(CarryStatus.Retry, "no connection to the address"), await CarryAsync(closed));
        Assert.Equal(CarryStatus.Retry, (await CarryAsync("http://nowhere.invalid/hook")).Status);
    }

    [Fact]
    public async Task Nothing_is_sent_to_an_address_inside_unless_that_is_allowed_whatever_name_it_has()
    {
        await using var receiver = await Receiver.StartAsync(200);
        using var guarded = new WebhookCarrier(new NotificationSenderOptions(), new StandingClock());
        foreach (var address in (string[])[receiver.Address, receiver.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), receiver.Address.Replace("127.0.0.1", "[::ffff:127.0.0.1]", StringComparison.Ordinal)])
        {
            var result = await guarded.CarryAsync(Endpoint(address), Message, TestContext.Current.CancellationToken);
            Assert.Equal(CarryStatus.Failed, result.Status);
            Assert.Contains("Grid:Notifications:AllowPrivate", result.Detail, StringComparison.Ordinal);
        }

        Assert.Empty(receiver.Requests);
    }

    [Theory]
    [InlineData("93.184.216.34", true, true)]
    [InlineData("2606:4700::1111", true, true)]
    [InlineData("127.0.0.1", false, true)]
    [InlineData("127.8.8.8", false, true)]
    [InlineData("10.1.2.3", false, true)]
    [InlineData("172.16.0.1", false, true)]
    [InlineData("172.32.0.1", true, true)]
    [InlineData("192.168.1.1", false, true)]
    [InlineData("100.64.0.1", false, true)]
    [InlineData("::1", false, true)]
    [InlineData("fd12:3456::1", false, true)]
    [InlineData("::ffff:10.0.0.1", false, true)]
    [InlineData("64:ff9b::7f00:1", false, true)]
    [InlineData("2002:7f00:1::", false, true)]
    [InlineData("0.0.0.0", false, false)]
    [InlineData("169.254.169.254", false, false)]
    [InlineData("::ffff:169.254.169.254", false, false)]
    [InlineData("fe80::1", false, false)]
    [InlineData("224.0.0.1", false, false)]
    [InlineData("255.255.255.255", false, false)]
    [InlineData("::", false, false)]
    public void Networks_inside_are_refused_and_link_local_ones_always(string address, bool isAllowed, bool isAllowedWithPrivate)
    {
        Assert.Equal(isAllowed, new AddressGuard(allowsPrivate: false).Allows(IPAddress.Parse(address)));
        Assert.Equal(isAllowedWithPrivate, new AddressGuard(allowsPrivate: true).Allows(IPAddress.Parse(address)));
    }

    private sealed class StandingClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
