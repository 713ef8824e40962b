using System.Net;
using System.Net.Sockets;
using System.Text;
using Grid.Connectors.Notifications;
using Grid.Contracts.Notifications;
using MimeKit;

namespace Grid.Tests.Gateway.Notifications;

public sealed class EmailCarrierTests
{
    private static readonly Notification Message = new()
    {
        Id = "msg_1",
        Endpoint = "anne",
        Type = "alarm.page",
        Subject = "URGENT : armoire sans alimentation – Plougastel-Daoulas, à l'entrée du bourg, rue de l'Église",
        Body = "Armoire sans alimentation\n.\nÀ voir : https://grid.example/#alarm=C1~supplyLoss",
        CreatedAt = DateTimeOffset.UnixEpoch,
        ExpiresAt = DateTimeOffset.UnixEpoch,
    };

    private static readonly NotificationEndpoint Anne = new() { Id = "anne", Kind = EndpointKind.Email, Address = "anne@example.org", Scope = "commune:29019" };

    private static EmailCarrier Carrier(MailServer server, Func<SmtpOptions, SmtpOptions>? change = null)
    {
        var options = new SmtpOptions { Host = "127.0.0.1", Port = server.Port, From = "grid@example.org", FromName = "Grid – Finistère", Security = SmtpSecurity.None };
        return new EmailCarrier(change?.Invoke(options) ?? options, new NotificationSenderOptions(), TimeProvider.System);
    }

    private static Task<CarryResult> CarryAsync(EmailCarrier carrier) => carrier.CarryAsync(Anne, Message, TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_mail_says_what_the_notification_says_and_is_known_when_it_comes_twice()
    {
        await using var server = MailServer.Start();

        Assert.Equal(new CarryResult(CarryStatus.Delivered), await CarryAsync(Carrier(server)));
        await CarryAsync(Carrier(server));

        Assert.Equal(2, server.Mails.Count);
        Assert.All(server.Mails, mail => Assert.Equal(("grid@example.org", "anne@example.org"), (mail.From, mail.To)));
        var messages = server.Mails.Select(mail => MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(mail.Text.Replace("\n..", "\n.", StringComparison.Ordinal))))).ToArray();
        Assert.All(messages, message => Assert.Equal("msg_1@example.org", message.MessageId));
        Assert.Equal((Message.Subject, "Grid – Finistère"), (messages[0].Subject, messages[0].From.Mailboxes.Single().Name));
        Assert.Equal(Message.Body, messages[0].TextBody!.TrimEnd('\n').ReplaceLineEndings("\n"));
        Assert.Equal("auto-generated", messages[0].Headers["Auto-Submitted"]);
    }

    [Fact]
    public async Task Who_has_a_user_signs_in()
    {
        await using var server = MailServer.Start();

        Assert.Equal(CarryStatus.Delivered, (await CarryAsync(Carrier(server, options => options with { User = "grid", Password = "s3cret" }))).Status);

        Assert.Equal("\0grid\0s3cret", Encoding.UTF8.GetString(Convert.FromBase64String(Assert.Single(server.SignIns))));
    }

    [Theory]
    [InlineData("RCPT", "550 no such user", CarryStatus.Failed, "the mail server answered 550 to the recipient")]
    [InlineData("RCPT", "451 later", CarryStatus.Retry, "the mail server answered 451 to the recipient")]
    [InlineData("MAIL", "550 not you", CarryStatus.Retry, "the mail server answered 550 to the sender")]
    [InlineData(".", "554 spam", CarryStatus.Failed, "the mail server answered 554 to the message")]
    [InlineData("DATA", "554 not now", CarryStatus.Retry, "the mail server answered 554 to the command")]
    [InlineData("AUTH", "535 wrong", CarryStatus.Retry, "the mail server does not accept Grid:Smtp:User and Grid:Smtp:Password")]
    internal async Task What_a_refusal_means(string command, string answer, CarryStatus expected, string detail)
    {
        await using var server = MailServer.Start();
        server.Refusals[command] = answer;

        Assert.Equal(new CarryResult(expected, detail), await CarryAsync(Carrier(server, options => options with { User = "grid", Password = "s3cret" })));
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task A_server_without_the_security_that_is_asked_for_gets_no_mail_and_no_password()
    {
        await using var server = MailServer.Start();

        var result = await CarryAsync(Carrier(server, options => options with { Security = SmtpSecurity.StartTls, User = "grid", Password = "s3cret" }));

        Assert.Equal(CarryStatus.Retry, result.Status);
        Assert.Contains("StartTls", result.Detail, StringComparison.Ordinal);
        Assert.Empty(server.SignIns);
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task Where_no_server_answers_it_is_tried_again_and_where_none_is_set_it_fails()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var absent = new SmtpOptions { Host = "127.0.0.1", Port = port, From = "grid@example.org", Security = SmtpSecurity.None };

        Assert.Equal(CarryStatus.Retry, (await CarryAsync(new EmailCarrier(absent, new NotificationSenderOptions(), TimeProvider.System))).Status);
        var unset = await CarryAsync(new EmailCarrier(new SmtpOptions(), new NotificationSenderOptions(), TimeProvider.System));
        Assert.Equal(CarryStatus.Failed, unset.Status);
        Assert.Contains("Grid:Smtp:Host", unset.Detail, StringComparison.Ordinal);
    }
}
