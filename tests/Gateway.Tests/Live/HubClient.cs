using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Grid.Tests.Gateway.Live;

/// <summary>A small client of SignalR's JSON protocol over a WebSocket, for tests that say when they read.</summary>
internal sealed class HubClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    private readonly ClientWebSocket _socket = new();
    private readonly Queue<JsonElement> _messages = new();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private byte[] _rest = [];

    public static async Task<HubClient> ConnectAsync(string address, string? token)
    {
        var client = new HubClient();
        var uri = new UriBuilder(address) { Scheme = "ws", Path = "/hubs/live", Query = token is null ? "" : $"access_token={token}" }.Uri;
        using var limit = new CancellationTokenSource(Patience);
        await client._socket.ConnectAsync(uri, limit.Token);
        await client.SendAsync("""{"protocol":"json","version":1}""");
        Assert.Equal("{}", (await client.ReceiveAsync()).GetRawText());
        return client;
    }

    public Task WatchAsync(string id, string scope, string options = "{}") =>
        SendAsync($$"""{"type":4,"invocationId":"{{id}}","target":"Watch","arguments":["{{scope}}",{{options}}]}""");

    public Task CancelAsync(string id) => SendAsync($$"""{"type":5,"invocationId":"{{id}}"}""");

    /// <summary>The next frame of a stream.</summary>
    public async Task<JsonElement> FrameAsync()
    {
        var message = await MessageAsync();
        Assert.True(message.GetProperty("type").GetInt32() == 2, message.GetRawText());
        return message.GetProperty("item");
    }

    /// <summary>The next frame that shows what is looked for; those before it are let go.</summary>
    public async Task<JsonElement> FrameAsync(Func<JsonElement, bool> isWanted)
    {
        while (true)
        {
            var frame = await FrameAsync();
            if (isWanted(frame))
            {
                return frame;
            }
        }
    }

    /// <summary>The end of a stream: its error, null for none.</summary>
    public async Task<string?> CompletionAsync()
    {
        while (true)
        {
            var message = await MessageAsync();
            if (message.GetProperty("type").GetInt32() == 3)
            {
                return message.TryGetProperty("error", out var error) ? error.GetString() : null;
            }
        }
    }

    /// <summary>The same, or null when the connection is closed before.</summary>
    public async Task<string?> CompletionOrCloseAsync()
    {
        try
        {
            return await CompletionAsync();
        }
        catch (WebSocketException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open)
        {
            using var limit = new CancellationTokenSource(Patience);
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
        }

        _socket.Dispose();
    }

    private async Task<JsonElement> MessageAsync()
    {
        while (true)
        {
            var message = await ReceiveAsync();

            // 6 is a ping.
            if (message.GetProperty("type").GetInt32() != 6)
            {
                return message;
            }
        }
    }

    private async Task SendAsync(string json)
    {
        using var limit = new CancellationTokenSource(Patience);
        await _socket.SendAsync(Encoding.UTF8.GetBytes(json + "\u001e"), WebSocketMessageType.Text, endOfMessage: true, limit.Token);
    }

    private async Task<JsonElement> ReceiveAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!_messages.TryPeek(out _))
        {
            var received = await _socket.ReceiveAsync(_buffer, limit.Token);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                throw new WebSocketException($"closed: {received.CloseStatusDescription}");
            }

            byte[] all = [.. _rest, .. _buffer.AsSpan(0, received.Count)];
            int end;
            while ((end = Array.IndexOf(all, (byte)0x1e)) >= 0)
            {
                _messages.Enqueue(JsonDocument.Parse(all.AsMemory(0, end).ToArray()).RootElement);
                all = all[(end + 1)..];
            }

            _rest = all;
        }

        return _messages.Dequeue();
    }
}
