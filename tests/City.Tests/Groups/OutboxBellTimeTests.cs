using System.Collections.Immutable;
using System.Reflection;
using System.Threading.Channels;
using Grid.Connectors.Outbox;
using Grid.Contracts.Commands;
using Grid.Contracts.Storage;
using Grid.Runtime;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;

namespace Grid.Tests.City.Groups;

/// <summary>The sender of downlinks is woken by what becomes due in its process. No time passes here: a look by the clock never comes.</summary>
public sealed class OutboxBellTimeTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly VirtualTimeProvider _clock = new(Start);
    private readonly OutboxBell _bell = new();
    private readonly WatchedOutbox _rows = new();
    private readonly IOutbox _outbox;

    public OutboxBellTimeTests() => _outbox = new RingingOutbox(_rows, _bell, _clock);

    [Fact]
    public async Task A_row_that_is_due_is_looked_for_at_once_and_one_that_is_due_later_is_not()
    {
        using var sender = new OutboxSender(_outbox, DispatchProxy.Create<IGrainFactory, NoGrains>(), [], new OutboxOptions(), _clock, NullLogger<OutboxSender>.Instance, _bell);
        using var stopping = new CancellationTokenSource();
        var running = sender.RunUntilAsync(stopping.Token);

        await AddAsync(Start.AddMilliseconds(1));
        Assert.False(_bell.Rung.IsCompleted);
        await AddAsync(Start);
        Assert.Equal(2, await NextLookAsync());
        await AddAsync(Start);
        Assert.Equal(3, await NextLookAsync());

        await stopping.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_row_that_is_put_back_as_due_is_looked_for_again()
    {
        await _outbox.RescheduleAsync(Row(), Start.AddSeconds(1), sent: false, CancellationToken.None);
        Assert.False(_bell.Rung.IsCompleted);

        await _outbox.RescheduleAsync(Row(), Start, sent: false, CancellationToken.None);
        Assert.True(_bell.Rung.IsCompleted);
    }

    [Fact]
    public async Task A_row_that_could_not_be_kept_rings_for_nobody()
    {
        _rows.Fails = true;

        await Assert.ThrowsAsync<IOException>(() => AddAsync(Start));
        Assert.False(_bell.Rung.IsCompleted);
    }

    [Fact]
    public void However_often_it_rings_before_it_is_heard_it_is_heard_once()
    {
        _bell.Ring();
        _bell.Ring();
        Assert.True(_bell.Rung.IsCompleted);

        _bell.Hear();
        Assert.False(_bell.Rung.IsCompleted);
        _bell.Hear();
        _bell.Ring();
        Assert.True(_bell.Rung.IsCompleted);
    }

    private Task AddAsync(DateTimeOffset dueAt) => _outbox.AddAsync(Row().Downlink, dueAt, CancellationToken.None);

    private async Task<int> NextLookAsync() => await _rows.Looks.Reader.ReadAsync(TestContext.Current.CancellationToken);

    private static OutboxRow Row() => new(
        new Downlink("c", "lamp", "simulator", CommandCatalog.SetDimming, ImmutableSortedDictionary<string, double>.Empty, 1, Start.AddHours(1)), 0, WasSent: false, Lease: 1);

    /// <summary>Counts what it was asked to keep, and says at each look how much that is; nothing is ever due.</summary>
    private sealed class WatchedOutbox : IOutbox
    {
        private int _kept;

        public Channel<int> Looks { get; } = Channel.CreateUnbounded<int>();

        public bool Fails { get; set; }

        public Task AddAsync(Downlink downlink, DateTimeOffset dueAt, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _kept);
            return Fails ? Task.FromException(new IOException("the disk is full")) : Task.CompletedTask;
        }

        public Task<ImmutableArray<OutboxRow>> ClaimAsync(string owner, DateTimeOffset now, TimeSpan lease, int limit, CancellationToken cancellationToken)
        {
            Looks.Writer.TryWrite(Volatile.Read(ref _kept));
            return Task.FromResult(ImmutableArray<OutboxRow>.Empty);
        }

        public Task<bool> RescheduleAsync(OutboxRow row, DateTimeOffset dueAt, bool sent, CancellationToken cancellationToken) => Task.FromResult(true);

        public Task RemoveAsync(string command, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<long> CountAsync(CancellationToken cancellationToken) => Task.FromResult(0L);
    }

    /// <summary>Where there are no rows, no grain is asked for.</summary>
    public class NoGrains : DispatchProxy
    {
        protected override object Invoke(MethodInfo? targetMethod, object?[]? args) => throw new InvalidOperationException($"{targetMethod?.Name} was asked for.");
    }
}
