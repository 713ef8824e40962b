namespace Grid.Client.Live;

/// <summary>Many calls, a few at a time, on the caller's own scheduler: Parallel would take them to the thread pool.</summary>
internal static class FewAtOnce
{
    /// <summary>Calls for each number from 0. After a failure no further call is begun; the first failure is thrown once those under way have ended.</summary>
    public static Task EachAsync(int count, int atOnce, Func<int, Task> act, CancellationToken cancellationToken)
    {
        var next = -1;
        var isFailed = false;

        async Task WorkAsync()
        {
            while (!Volatile.Read(ref isFailed))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var index = Interlocked.Increment(ref next);
                if (index >= count)
                {
                    return;
                }

                try
                {
                    await act(index);
                }
                catch
                {
                    Volatile.Write(ref isFailed, true);
                    throw;
                }
            }
        }

        return Task.WhenAll(Enumerable.Range(0, Math.Min(count, atOnce)).Select(_ => WorkAsync()));
    }
}
