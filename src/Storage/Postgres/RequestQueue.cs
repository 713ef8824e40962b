using System.Threading.Channels;

namespace Grid.Storage.Postgres;

/// <summary>Requests that wait for a writer: bounded by the caller's rule, in order, taken by one reader.</summary>
internal sealed class RequestQueue<TRequest>(string closedMessage)
    where TRequest : class, IPostgresRequest
{
    private readonly Channel<TRequest> _waiting = Channel.CreateUnbounded<TRequest>(new UnboundedChannelOptions { SingleReader = true });
    private int _count;
    private long _bytes;

    /// <summary>Requests that wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Bytes of requests that wait.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <exception cref="IOException">The queue is closed.</exception>
    public void Add(TRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (cancellationToken.CanBeCanceled)
        {
            request.Cancellation = cancellationToken.UnsafeRegister(static (state, token) => ((IPostgresRequest)state!).TryCancel(token), request);
        }

        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _bytes, request.Bytes);
        if (!_waiting.Writer.TryWrite(request))
        {
            Forget(request);
            request.Cancellation.Unregister();
            throw new IOException(closedMessage);
        }
    }

    /// <summary>Takes what waits up to a number of requests and of bytes, at least one; false when the queue is closed and empty.</summary>
    public async Task<bool> TakeAsync(List<TRequest> taken, int limit, long bytes)
    {
        taken.Clear();
        while (taken.Count == 0)
        {
            if (!await _waiting.Reader.WaitToReadAsync())
            {
                return false;
            }

            for (long size = 0; taken.Count < limit && size < bytes && _waiting.Reader.TryRead(out var request); size += request.Bytes)
            {
                Forget(request);
                if (request.TryTake())
                {
                    taken.Add(request);
                }
            }
        }

        return true;
    }

    /// <summary>Takes no more; what waits is still given out.</summary>
    public void Close() => _waiting.Writer.TryComplete();

    private void Forget(TRequest request)
    {
        Interlocked.Decrement(ref _count);
        Interlocked.Add(ref _bytes, -request.Bytes);
    }
}
