using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Grid.LoadTests.Live;

/// <summary>A live client that looks at the figures and alarms of everything, in SignalR's JSON protocol.</summary>
internal sealed class WatchingClient : IAsyncDisposable
{
    private const byte EndOfMessage = 0x1e;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<long>> _expected = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;

    public static async Task<WatchingClient> StartAsync(Uri address, CancellationToken cancellationToken)
    {
        var client = new WatchingClient();
        await client._socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/hubs/live" }.Uri, cancellationToken);
        await client.SendAsync("""{"protocol":"json","version":1}""", cancellationToken);
        await client.SendAsync("""{"type":4,"invocationId":"1","target":"Watch","arguments":["all",{"devices":false}]}""", cancellationToken);
        var begun = client.Expect("");
        client._reading = client.ReadAsync();
        await begun.WaitAsync(Patience, cancellationToken);
        return client;
    }

    /// <summary>When an alarm is told, by its id, or by id and state with a space between: the instant at which its frame had arrived. The empty id stands for the first frame.</summary>
    public Task<long> Expect(string alarm) => _expected.GetOrAdd(alarm, _ => new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _socket.Dispose();
        _stop.Dispose();
    }

    private Task SendAsync(string json, CancellationToken cancellationToken) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes($"{json}{(char)EndOfMessage}"), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    private async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        var rest = new MemoryStream();
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer, _stop.Token);
                var at = Stopwatch.GetTimestamp();
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                rest.Write(buffer, 0, received.Count);
                Hear(rest, at);
            }
        }
        catch (OperationCanceledException)
        {
            // It was stopped.
            return;
        }
    }

    private void Hear(MemoryStream rest, long at)
    {
        var bytes = rest.ToArray().AsSpan();
        for (var end = bytes.IndexOf(EndOfMessage); end >= 0; end = bytes.IndexOf(EndOfMessage))
        {
            using var message = JsonDocument.Parse(bytes[..end].ToArray());
            bytes = bytes[(end + 1)..];
            if (!message.RootElement.TryGetProperty("item", out var frame))
            {
                continue;
            }

            Told("", at);
            foreach (var alarm in frame.TryGetProperty("alarms", out var alarms) ? alarms.EnumerateArray().ToArray() : [])
            {
                var id = alarm.GetProperty("id").GetString()!;
                Told(id, at);
                Told($"{id} {alarm.GetProperty("state").GetString()}", at);
            }
        }

        var left = bytes.ToArray();
        rest.SetLength(0);
        rest.Write(left);
    }

    private void Told(string alarm, long at)
    {
        if (_expected.TryGetValue(alarm, out var expected))
        {
            expected.TrySetResult(at);
        }
    }
}
