using System.Threading.Tasks.Sources;
using Grid.Runtime.CodeGeneration;

namespace Grid.Tests.Runtime;

public class ReplyTests
{
    private const int Calls = 100_000;

    /// <summary>
    /// One thread answers, another looks until the answer is there, reads it, and awaits the next answer of the same object. Threads meet by chance
    /// here, and a right reply passes whatever they do.
    /// </summary>
    [Fact]
    public async Task A_reply_that_is_read_as_soon_as_it_is_there_can_serve_the_next_call_at_once()
    {
        var reply = new Reply();
        var answers = Task.Run(
            () =>
            {
                for (var call = 0; call < 2 * Calls; call++)
                {
                    Look(() => reply.Asked > call);
                    reply.Answer(call);
                }
            },
            TestContext.Current.CancellationToken);

        for (var call = 0; call < 2 * Calls; call += 2)
        {
            var looked = reply.Ask();
            Look(() => looked.IsCompleted);
            Assert.Equal(call, await looked);
            Assert.Equal(call + 1, await reply.Ask());
        }

        await answers;
    }

    /// <summary>As closely as one can: what is looked for is the moment between two instructions of the other thread.</summary>
    private static void Look(Func<bool> isThere)
    {
        for (var looks = 1; !isThere(); looks++)
        {
            if (looks % 1000 == 0)
                Thread.Yield();
        }
    }

    private sealed class Reply : IValueTaskSource<int>
    {
        private ReplySource<int> _source;
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public ValueTask<int> Ask()
        {
            var task = new ValueTask<int>(this, _source.Version);
            Interlocked.Increment(ref _asked);
            return task;
        }

        public void Answer(int value) => _source.SetResult(value, null);

        public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _source.OnCompleted(continuation, state, token, flags);

        public int GetResult(short token)
        {
            _source.RequireReadable(token);
            var result = _source.GetResult();
            _source.Reset();
            return result;
        }
    }
}
