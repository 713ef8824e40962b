using System.Globalization;
using System.Text.Json;
using Grid.Connectors.Webhooks;
using Grid.Contracts.Notifications;

namespace Grid.Connectors.Notifications;

/// <summary>
/// Posts a notification as signed JSON. 2xx is delivered, 410 is gone; 408, 425, 429, 5xx and a connection that fails are tried again, later where the receiver says when (429 and 503); everything
/// else fails for good. Redirects are not followed, and of an answer nothing but its status and <c>Retry-After</c> is read.
/// </summary>
internal sealed class WebhookCarrier : INotificationCarrier, IDisposable
{
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;

    public WebhookCarrier(NotificationSenderOptions options, TimeProvider clock)
    {
        var guard = new AddressGuard(options.AllowPrivate);
        _clock = clock;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            MaxConnectionsPerServer = 4,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 4 * 1024,
            ConnectTimeout = options.Timeout / 2,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ConnectCallback = (context, cancellationToken) => guard.ConnectAsync(context.DnsEndPoint, cancellationToken),
        })
        { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc/>
    public EndpointKind Kind => EndpointKind.Webhook;

    /// <inheritdoc/>
    public async Task<CarryResult> CarryAsync(NotificationEndpoint endpoint, Notification notification, CancellationToken cancellationToken)
    {
        if (endpoint.Secret is not { } secret)
        {
            return new CarryResult(CarryStatus.Failed, "the endpoint has no secret to sign with");
        }

        using var request = WebhookSignature.Signed(new Uri(endpoint.Address), notification.Id, secret, BodyOf(notification), _clock.GetUtcNow());
        request.Headers.UserAgent.ParseAdd("Grid-Notifications/1");
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return Read(answer, _clock.GetUtcNow());
        }
        catch (HttpRequestException error) when (error.InnerException is AddressNotAllowedException refused)
        {
            return new CarryResult(CarryStatus.Failed, refused.Message);
        }
        catch (HttpRequestException error)
        {
            return new CarryResult(CarryStatus.Retry, error.HttpRequestError switch
            {
                HttpRequestError.NameResolutionError => "the name of the address could not be resolved",
                HttpRequestError.SecureConnectionError => "no secure connection: the certificate or the protocol is not accepted",
                HttpRequestError.ConnectionError => "no connection to the address",
                _ => "the connection broke before the answer",
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>The same bytes in every try: <c>{type, timestamp, data: {id, subject, message, ...fields}}</c>.</summary>
    internal static byte[] BodyOf(Notification notification)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("type", notification.Type);
            json.WriteString("timestamp", notification.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteStartObject("data");
            json.WriteString("id", notification.Id);
            json.WriteString("subject", notification.Subject);
            json.WriteString("message", notification.Body);
            foreach (var (name, value) in notification.Fields.Where(static field => field.Key is not ("id" or "subject" or "message")))
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static CarryResult Read(HttpResponseMessage answer, DateTimeOffset now)
    {
        var code = (int)answer.StatusCode;
        var said = string.Create(CultureInfo.InvariantCulture, $"answered {code}");
        return code switch
        {
            >= 200 and < 300 => new CarryResult(CarryStatus.Delivered),
            >= 300 and < 400 => new CarryResult(CarryStatus.Failed, $"{said}: redirects are not followed"),
            410 => new CarryResult(CarryStatus.Gone, said),
            429 or 503 => new CarryResult(CarryStatus.Retry, said, AskedBy(answer, now)),
            408 or 425 or >= 500 => new CarryResult(CarryStatus.Retry, said),
            _ => new CarryResult(CarryStatus.Failed, said),
        };
    }

    private static TimeSpan? AskedBy(HttpResponseMessage answer, DateTimeOffset now) => answer.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - now,
        _ => null,
    };
}
