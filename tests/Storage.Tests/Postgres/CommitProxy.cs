using System.Net;
using System.Net.Sockets;

namespace Grid.Tests.Storage.Postgres;

/// <summary>What becomes of a COMMIT on its way.</summary>
public enum CommitFate
{
    /// <summary>It passes, and so does its answer.</summary>
    Passes,

    /// <summary>The connection is cut before the server gets it.</summary>
    RequestIsLost,

    /// <summary>The server answers, and the connection is cut before the client gets the answer.</summary>
    AnswerIsLost,
}

/// <summary>Stands between a client and the server, and decides what becomes of each COMMIT.</summary>
public sealed class CommitProxy : IAsyncDisposable
{
    private static readonly byte[] Commit = "COMMIT\0"u8.ToArray();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _server;
    private readonly Task _accepting;

    public CommitProxy(int server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Asked at each COMMIT, before it goes on; and again with true once the server has answered one whose answer is lost.</summary>
    public Func<bool, Task<CommitFate>> OnCommit { get; set; } = _ => Task.FromResult(CommitFate.Passes);

    /// <summary>The next COMMIT has that fate, those after it pass.</summary>
    public void Next(CommitFate fate)
    {
        var left = 1;
        OnCommit = _ => Task.FromResult(Interlocked.Exchange(ref left, 0) == 1 ? fate : CommitFate.Passes);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var sessions = new List<Task>();
        try
        {
            while (true)
            {
                sessions.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                client.NoDelay = server.NoDelay = true;
                await server.ConnectAsync(IPAddress.Loopback, _server, _stop.Token);
                var session = new Session(client.GetStream(), server.GetStream());
                await Task.WhenAny(RequestsAsync(session), AnswersAsync(session));
            }
            catch (Exception cut) when (cut is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Either side has gone: both are closed.
            }
        }
    }

    private async Task RequestsAsync(Session session)
    {
        var buffer = new byte[64 << 10];
        while (await session.Client.ReadAsync(buffer, _stop.Token) is var count && count > 0)
        {
            if (buffer.AsSpan(0, count).IndexOf(Commit) >= 0)
            {
                switch (await OnCommit(false))
                {
                    case CommitFate.RequestIsLost:
                        return;
                    case CommitFate.AnswerIsLost:
                        session.IsAnswerLost = true;
                        break;
                }
            }

            await session.Server.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
        }
    }

    private async Task AnswersAsync(Session session)
    {
        var buffer = new byte[64 << 10];
        while (await session.Server.ReadAsync(buffer, _stop.Token) is var count && count > 0)
        {
            if (session.IsAnswerLost)
            {
                await OnCommit(true);
                return;
            }

            await session.Client.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
        }
    }

    private sealed class Session(NetworkStream client, NetworkStream server)
    {
        private volatile bool _isAnswerLost;

        public NetworkStream Client => client;

        public NetworkStream Server => server;

        public bool IsAnswerLost
        {
            get => _isAnswerLost;
            set => _isAnswerLost = value;
        }
    }
}
