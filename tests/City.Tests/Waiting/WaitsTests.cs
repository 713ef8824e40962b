using System.Collections.Concurrent;
using Grid.Grains.Waiting;

namespace Grid.Tests.City.Waiting;

/// <summary>Waiting goes on where it began, and no other thread has to do anything for that: all of it happens here, between two lines of a test.</summary>
public sealed class WaitsTests
{
    private readonly TaskCompletionSource<int> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _giveUp = new();
    private readonly OneThread _thread = new();

    [Fact]
    public async Task A_task_that_may_be_given_up_is_continued_in_the_context_that_waits_for_it()
    {
        var waiting = _thread.Run(() => _source.Task.OrUntil(_giveUp.Token));

        _source.SetResult(7);
        _thread.Pump();

        Assert.True(waiting.IsCompletedSuccessfully);
        Assert.Equal(7, await waiting);
    }

    [Fact]
    public void Who_gives_up_a_task_is_told_at_once_and_the_task_goes_on()
    {
        var waiting = _thread.Run(() => _source.Task.OrUntil(_giveUp.Token));

        _giveUp.Cancel();
        _thread.Pump();

        Assert.True(waiting.IsCanceled);
        Assert.False(_source.Task.IsCompleted);
    }

    [Fact]
    public void What_a_task_fails_with_is_what_who_waits_for_it_gets()
    {
        var waiting = _thread.Run(() => _source.Task.OrUntil(_giveUp.Token));

        _source.SetException(new IOException("the disk is gone"));
        _thread.Pump();

        Assert.IsType<IOException>(waiting.Exception!.InnerException);
    }

    [Fact]
    public void A_semaphore_that_is_left_is_entered_in_the_context_that_waits_for_it()
    {
        using var turn = new SemaphoreSlim(0, 1);
        var entering = _thread.Run(() => turn.EnterAsync(_giveUp.Token));

        turn.Release();
        _thread.Pump();

        Assert.True(entering.IsCompletedSuccessfully);
        Assert.Equal(0, turn.CurrentCount);
    }

    [Fact]
    public void Who_gives_up_a_semaphore_leaves_it_to_the_next()
    {
        using var turn = new SemaphoreSlim(0, 1);
        var givenUp = _thread.Run(() => turn.EnterAsync(_giveUp.Token));
        var next = _thread.Run(() => turn.EnterAsync(CancellationToken.None));

        _giveUp.Cancel();
        turn.Release();
        _thread.Pump();

        Assert.True(givenUp.IsCanceled);
        Assert.True(next.IsCompletedSuccessfully);
    }

    /// <summary>Runs what is posted to it only when it is pumped.</summary>
    private sealed class OneThread : SynchronizationContext
    {
        private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _posted = [];

        public override void Post(SendOrPostCallback d, object? state) => _posted.Enqueue((d, state));

        public T Run<T>(Func<T> code)
        {
            var before = Current;
            SetSynchronizationContext(this);
            try
            {
                return code();
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }

        public void Pump() => Run(() =>
        {
            while (_posted.TryDequeue(out var posted))
            {
                posted.Callback(posted.State);
            }

            return true;
        });
    }
}
