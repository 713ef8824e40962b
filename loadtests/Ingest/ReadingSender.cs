using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Grid.LoadTests.Ingest;

/// <summary>
/// One connection that sends bodies one after the other, each after the answer to the one before. A thread, a blocking socket and the least of
/// HTTP: it shares the machine with what it measures.
/// </summary>
internal sealed class ReadingSender(Uri address, ReadingBodies bodies)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromMilliseconds(20);
    private readonly byte[] _answer = new byte[1 << 20];

    /// <summary>Told of each body that was taken: place of its first device, how many readings, their instant.</summary>
    public Action<int, int, DateTimeOffset>? OnAccepted { get; init; }

    /// <summary>Readings that were acknowledged.</summary>
    public long Accepted { get; private set; }

    /// <summary>Readings that were rejected.</summary>
    public long Rejected { get; private set; }

    /// <summary>Bodies that were refused as a whole: 503 or 429.</summary>
    public long Refused { get; private set; }

    /// <summary>From sending to the whole answer, in milliseconds, of each body that was taken.</summary>
    public List<double> Millis { get; } = [];

    /// <summary>Sends until a time has passed, or was told.</summary>
    /// <exception cref="IOException">The connection ended, or an answer was none of 200, 429 and 503.</exception>
    public void Run(TimeSpan duration, TimeSpan interval, CancellationToken stop)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = (int)AnswerLimit.TotalMilliseconds };
        socket.Connect(new IPEndPoint(IPAddress.Loopback, address.Port));
        var watch = Stopwatch.StartNew();
        var due = TimeSpan.Zero;
        while (watch.Elapsed < duration && !stop.IsCancellationRequested)
        {
            if (interval > TimeSpan.Zero)
            {
                var early = due - watch.Elapsed;
                if (early > TimeSpan.Zero)
                {
                    Thread.Sleep(early);
                }

                due += interval;
            }

            var sent = watch.Elapsed;
            var instant = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
            Send(socket, bodies.Next(instant).Span);
            var status = Receive(socket, out var body);
            switch (status)
            {
                case 200:
                    var accepted = AcceptedIn(body);
                    Accepted += accepted;
                    Rejected += bodies.Size - accepted;
                    Millis.Add((watch.Elapsed - sent).TotalMilliseconds);
                    OnAccepted?.Invoke(bodies.First, bodies.Size, instant);
                    break;
                case 503 or 429:
                    Refused++;
                    Thread.Sleep(PauseAfterRefusal);
                    break;
                default:
                    throw new IOException($"A body of readings was answered {status}: {System.Text.Encoding.UTF8.GetString(body)}");
            }
        }
    }

    private static void Send(Socket socket, ReadOnlySpan<byte> request)
    {
        while (request.Length > 0)
        {
            request = request[socket.Send(request)..];
        }
    }

    private int Receive(Socket socket, out ReadOnlySpan<byte> body)
    {
        var length = 0;
        while (true)
        {
            var count = socket.Receive(_answer, length, _answer.Length - length, SocketFlags.None);
            if (count == 0)
            {
                throw new IOException("The connection was closed.");
            }

            length += count;
            var text = _answer.AsSpan(0, length);
            var end = text.IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                continue;
            }

            body = text[(end + 4)..];
            var head = text[..end];
            var field = head.IndexOf("Content-Length: "u8);
            var isWhole = field >= 0
                ? Utf8Parser.TryParse(head[(field + 16)..], out int bytes, out _) && body.Length >= bytes
                : body.EndsWith("0\r\n\r\n"u8); // chunked
            if (isWhole)
            {
                Utf8Parser.TryParse(text[9..], out int status, out _);
                return status;
            }
        }
    }

    private static long AcceptedIn(ReadOnlySpan<byte> body)
    {
        var field = body.IndexOf("\"accepted\":"u8);
        return field >= 0 && Utf8Parser.TryParse(body[(field + 11)..], out long accepted, out _) ? accepted : throw new IOException("An answer does not say how many readings were accepted.");
    }
}
