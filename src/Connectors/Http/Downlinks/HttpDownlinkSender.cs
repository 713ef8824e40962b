using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Grid.Contracts.Commands;
using Grid.Contracts.Storage;
using Microsoft.Extensions.Options;

namespace Grid.Connectors.Http.Downlinks;

/// <summary>
/// Posts a device's desired state to the address that it was registered with. The device confirms by what it reports through the readings door; an
/// answer of 2xx only says that it, or its gateway, has the request. See "Commands over HTTP" in docs/api.md.
/// </summary>
public sealed class HttpDownlinkSender : IDownlinkSender, IDisposable
{
    /// <summary>Value of a device's <c>connector.type</c>.</summary>
    public const string ConnectorType = "http";

    private const int MaximumAnswerBytes = 16 * 1024;
    private const int MaximumReason = 200;

    private readonly IDeviceRegistry _registry;
    private readonly HttpDownlinkOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;

    /// <summary>Creates the sender.</summary>
    public HttpDownlinkSender(IDeviceRegistry registry, IOptions<HttpDownlinkOptions> options, TimeProvider clock)
        : this(registry, options.Value, clock, HandlerOf(options.Value))
    {
    }

    internal HttpDownlinkSender(IDeviceRegistry registry, HttpDownlinkOptions options, TimeProvider clock, HttpMessageHandler handler)
    {
        (_registry, _options, _clock) = (registry, options, clock);
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc/>
    public string Connector => ConnectorType;

    /// <inheritdoc/>
    public int ConcurrentPerGateway => _options.ConcurrentPerGateway;

    /// <inheritdoc/>
    public async ValueTask<DownlinkResult> SendAsync(Downlink downlink, CancellationToken cancellationToken)
    {
        if (await _registry.GetAsync(downlink.Device, cancellationToken) is not { Descriptor.Connector: { Type: ConnectorType, Url: { } url } connector })
        {
            return new DownlinkResult(DownlinkStatus.NotCarried, "the device has no address");
        }

        if (string.IsNullOrEmpty(connector.Secret))
        {
            return new DownlinkResult(DownlinkStatus.Rejected, "the device has no connector.secret to sign with");
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(_options.TimeoutSeconds), _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = HttpDownlinkMessage.Of(downlink, new Uri(url), connector.Secret, _clock.GetUtcNow());
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            return await ReadAsync(answer, both.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new DownlinkResult(DownlinkStatus.Ambiguous, $"no answer within {_options.TimeoutSeconds} s: it may have arrived");
        }
        catch (HttpRequestException error) when (error.InnerException is AddressNotAllowedException refused)
        {
            return new DownlinkResult(DownlinkStatus.Rejected, refused.Message);
        }
        catch (HttpRequestException error)
        {
            // Nothing was sent before there was a connection; afterwards it may have arrived.
            return error.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
                ? new DownlinkResult(DownlinkStatus.Retry, "no connection to the device's address")
                : new DownlinkResult(DownlinkStatus.Ambiguous, "the connection broke before the answer: it may have arrived");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static async Task<DownlinkResult> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var code = (int)answer.StatusCode;
        if (code is >= 500 or 408 or 425 or 429)
        {
            return new DownlinkResult(DownlinkStatus.Retry, $"answered {code}");
        }

        var said = await BodyOfAsync(answer, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            return new DownlinkResult(DownlinkStatus.Rejected, said?.Reason is { Length: > 0 } reason ? $"answered {code}: {Short(reason)}" : $"answered {code}");
        }

        return said?.Status == "acknowledged"
            ? new DownlinkResult(DownlinkStatus.Acknowledged, $"answered {code}, acknowledged")
            : new DownlinkResult(DownlinkStatus.Transmitted, $"answered {code}");
    }

    private static async Task<HttpDownlinkAnswer?> BodyOfAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.Content.Headers.ContentType?.MediaType is not { } type || !type.EndsWith("json", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        // The status code says enough where the body is too long, is cut short or is no JSON.
        try
        {
            var bytes = new byte[MaximumAnswerBytes + 1];
            var length = await (await answer.Content.ReadAsStreamAsync(cancellationToken)).ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
            return length > MaximumAnswerBytes ? null : JsonSerializer.Deserialize(bytes.AsSpan(0, length), HttpDownlinkJson.Default.HttpDownlinkAnswer);
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException)
        {
            return null;
        }
    }

    /// <summary>One line for the ledger.</summary>
    private static string Short(string reason) =>
        new([.. reason.Take(MaximumReason).Select(character => char.IsControl(character) ? ' ' : character)]);

    /// <summary>
    /// The address is checked where the connection is made, after the name was resolved: a name that is allowed now and leads elsewhere later is caught too.
    /// </summary>
    private static SocketsHttpHandler HandlerOf(HttpDownlinkOptions options) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        MaxConnectionsPerServer = options.ConcurrentPerGateway,
        MaxResponseHeadersLength = 16,
        ConnectTimeout = TimeSpan.FromSeconds(Math.Min(5, options.TimeoutSeconds)),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectCallback = async (context, cancellationToken) =>
        {
            var host = context.DnsEndPoint.Host;
            var addresses = IPAddress.TryParse(host, out var address) ? [address] : await Dns.GetHostAddressesAsync(host, cancellationToken);
            var allowed = addresses.Where(options.Allows).ToArray();
            if (allowed.Length == 0 && addresses.Length > 0)
            {
                throw new AddressNotAllowedException(host);
            }

            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    private sealed class AddressNotAllowedException(string host) : IOException($"the address {host} is in no network that Grid:Downlinks:Http:Networks allows");
}
