using System.Globalization;
using Grid.Contracts.Notifications;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Grid.Connectors.Notifications;

/// <summary>
/// Sends a notification as plain text by SMTP. Its <c>Message-ID</c> is the same in every try, so that a mail that came twice is known as one. A refusal that the server calls permanent (5xx) of the
/// recipient or the message fails for good; everything else is tried again.
/// </summary>
internal sealed class EmailCarrier(SmtpOptions options, NotificationSenderOptions limits, TimeProvider clock) : INotificationCarrier
{
    private const int FirstPermanent = 500;

    /// <inheritdoc/>
    public EndpointKind Kind => EndpointKind.Email;

    /// <inheritdoc/>
    public async Task<CarryResult> CarryAsync(NotificationEndpoint endpoint, Notification notification, CancellationToken cancellationToken)
    {
        if (options.Host is not { } host)
        {
            return new CarryResult(CarryStatus.Failed, "no mail server is set: Grid:Smtp:Host is empty");
        }

        using var client = new SmtpClient { Timeout = (int)limits.Timeout.TotalMilliseconds };
        using var message = MessageOf(endpoint, notification);
        try
        {
            await client.ConnectAsync(host, options.Port, SecurityOf(options.Security), cancellationToken);
            if (options.User is { } user)
            {
                await client.AuthenticateAsync(user, options.Password ?? "", cancellationToken);
            }

            await client.SendAsync(message, cancellationToken);
        }
        catch (SmtpCommandException refused)
        {
            return Refused(refused);
        }
        catch (AuthenticationException)
        {
            return new CarryResult(CarryStatus.Retry, "the mail server does not accept Grid:Smtp:User and Grid:Smtp:Password");
        }
        catch (SslHandshakeException)
        {
            return new CarryResult(CarryStatus.Retry, "no secure connection to the mail server: its certificate or its protocol is not accepted");
        }
        catch (NotSupportedException)
        {
            return new CarryResult(CarryStatus.Retry, $"the mail server does not offer what Grid:Smtp:Security={options.Security} or Grid:Smtp:User needs");
        }
        catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException or SmtpProtocolException or TimeoutException)
        {
            return new CarryResult(CarryStatus.Retry, "no connection to the mail server, or it broke");
        }

        // It has the mail: whether it says goodbye is no matter.
        await client.DisconnectAsync(quit: false, CancellationToken.None);
        return new CarryResult(CarryStatus.Delivered);
    }

    private static CarryResult Refused(SmtpCommandException refused)
    {
        var said = string.Create(CultureInfo.InvariantCulture, $"the mail server answered {(int)refused.StatusCode} to the {What(refused.ErrorCode)}");
        return (int)refused.StatusCode >= FirstPermanent && refused.ErrorCode is SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted
            ? new CarryResult(CarryStatus.Failed, said)
            : new CarryResult(CarryStatus.Retry, said);
    }

    private static string What(SmtpErrorCode code) => code switch
    {
        SmtpErrorCode.RecipientNotAccepted => "recipient",
        SmtpErrorCode.SenderNotAccepted => "sender",
        SmtpErrorCode.MessageNotAccepted => "message",
        _ => "command",
    };

    private static SecureSocketOptions SecurityOf(SmtpSecurity security) => security switch
    {
        SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
        SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.None,
    };

    private MimeMessage MessageOf(NotificationEndpoint endpoint, Notification notification)
    {
        var from = new MailboxAddress(options.FromName, options.From);
        var message = new MimeMessage
        {
            Subject = notification.Subject,
            Date = clock.GetUtcNow(),
            MessageId = $"{notification.Id}@{from.Domain}",
            Body = new TextPart("plain") { Text = notification.Body },
        };
        message.From.Add(from);
        message.To.Add(new MailboxAddress(null, endpoint.Address));
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Headers.Add("X-Grid-Notification", notification.Id);
        return message;
    }
}
