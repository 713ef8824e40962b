using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Grid.Tests.Gateway.Notifications;

/// <summary>A small mail server (RFC 5321) on loopback: it takes mails, or refuses a command as its test says.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<Task> _sessions = [];
    private Task _accepting = Task.CompletedTask;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What was taken: sender, recipient and the text with its headers.</summary>
    public ConcurrentQueue<(string From, string To, string Text)> Mails { get; } = new();

    /// <summary>Who has signed in, as it was sent (base64 of PLAIN).</summary>
    public ConcurrentQueue<string> SignIns { get; } = new();

    /// <summary>The answer to a command that begins so, in place of its usual one; <c>.</c> is the end of a mail.</summary>
    public Dictionary<string, string> Refusals { get; } = new(StringComparer.Ordinal);

    public static MailServer Start()
    {
        var server = new MailServer();
        server._listener.Start();
        server._accepting = server.AcceptAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await Task.WhenAll([.. _sessions, _accepting]);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _sessions.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException)
        {
            // The test has ended.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        await using var writer = new StreamWriter(client.GetStream(), new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
        var (from, to) = ("", "");
        try
        {
            await writer.WriteLineAsync("220 mail.test ready");
            while (await reader.ReadLineAsync(_stopping.Token) is { } line)
            {
                if (Refusals.FirstOrDefault(refusal => refusal.Key != "." && line.StartsWith(refusal.Key, StringComparison.Ordinal)) is { Value: { } refusal })
                {
                    await writer.WriteLineAsync(refusal);
                    continue;
                }

                switch (line.Split([' ', ':'], 2)[0].ToUpperInvariant())
                {
                    case "EHLO":
                        await writer.WriteLineAsync("250-mail.test\r\n250-8BITMIME\r\n250-AUTH PLAIN\r\n250 SIZE 1000000");
                        break;
                    case "AUTH":
                        SignIns.Enqueue(line.Split(' ')[^1]);
                        await writer.WriteLineAsync("235 welcome");
                        break;
                    case "MAIL":
                        from = AddressIn(line);
                        await writer.WriteLineAsync("250 ok");
                        break;
                    case "RCPT":
                        to = AddressIn(line);
                        await writer.WriteLineAsync("250 ok");
                        break;
                    case "DATA":
                        await writer.WriteLineAsync("354 go on");
                        var text = await TextAsync(reader);
                        if (!Refusals.TryGetValue(".", out var refused))
                        {
                            Mails.Enqueue((from, to, text));
                        }

                        await writer.WriteLineAsync(refused ?? "250 taken");
                        break;
                    case "QUIT":
                        await writer.WriteLineAsync("221 bye");
                        return;
                    default:
                        await writer.WriteLineAsync("250 ok");
                        break;
                }
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // The client has hung up.
        }
    }

    private async Task<string> TextAsync(StreamReader reader)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync(_stopping.Token) is { } line and not ".")
        {
            text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static string AddressIn(string line) => line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];
}
