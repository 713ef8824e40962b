using Grid.Contracts.Interventions;
using Grid.Grains.Interventions;
using Orleans.Runtime;
using static Grid.Tests.Grains.Interventions.Orders;

namespace Grid.Tests.Grains.Interventions;

/// <summary>Two states and no write that covers both: whichever write a stop comes before, each order is there once, as it was or as it was to be.</summary>
public sealed class WorkOrderStoreTests
{
    private static readonly WorkOrder Assigned = Opened();
    private static readonly WorkOrder Closed = Assigned.After(Monday, WorkOrderVerb.Repair).After(Monday, WorkOrderVerb.Close);
    private static readonly WorkOrder Reopened = Closed.After(Monday.AddDays(1), WorkOrderVerb.Reopen);
    private static readonly WorkOrder Other = Orders.Rules.Open(Request(), Terms, 2, Monday);

    public static TheoryData<string, int> Stops => new(
        from change in new[] { "close", "reopen", "open", "closeAndOpen", "forget" }
        from writes in Enumerable.Range(0, 4)
        select (change, writes));

    [Theory]
    [MemberData(nameof(Stops))]
    public async Task Whatever_write_a_stop_comes_before_no_order_is_lost_or_doubled(string change, int writes)
    {
        var (former, next) = change switch
        {
            "close" => (Book(Assigned, Other), Book(Closed, Other)),
            "reopen" => (Book(Closed, Other), Book(Reopened, Other)),
            "open" => (Book(Closed), Book(Closed, Other)),
            "closeAndOpen" => (Book(Assigned), Book(Closed, Other)),
            _ => (Book(Closed, Other), Book(Other)),
        };
        var (live, ended) = (new Disk<StoredWorkOrders>(), new Disk<StoredEndedWorkOrders>());
        await new WorkOrderStore(live, ended).WriteAsync(former, 2);
        var left = writes;
        (live.BeforeWrite, ended.BeforeWrite) = (Stop, Stop);
        void Stop()
        {
            if (left-- == 0)
            {
                throw new IOException("The process ends here.");
            }
        }

        var stopped = await Record.ExceptionAsync(() => new WorkOrderStore(live, ended).WriteAsync(next, 2)) is not null;
        var read = new WorkOrderStore(live.Again(), ended.Again()).Read();

        foreach (var order in former.Orders)
        {
            long?[] allowed = [order.Version, next.Find(order.Number)?.Version];
            Assert.Contains(read.Find(order.Number)?.Version, allowed);
        }

        if (!stopped)
        {
            Assert.Equal(next.Orders.Select(order => (order.Number, order.Version)), read.Orders.Select(order => (order.Number, order.Version)));
        }
    }

    [Fact]
    public async Task What_a_stop_has_left_in_both_is_put_right_by_the_next_write()
    {
        var (live, ended) = (new Disk<StoredWorkOrders>(), new Disk<StoredEndedWorkOrders>());
        await new WorkOrderStore(live, ended).WriteAsync(Book(Assigned), 1);
        live.BeforeWrite = () => throw new IOException("The process ends here.");
        await Assert.ThrowsAsync<IOException>(() => new WorkOrderStore(live, ended).WriteAsync(Book(Closed), 1));
        var (liveAgain, endedAgain) = (live.Again(), ended.Again());
        Assert.Single(liveAgain.State.Orders);
        Assert.Single(endedAgain.State.Orders);

        var store = new WorkOrderStore(liveAgain, endedAgain);
        Assert.Equal(WorkOrderState.Closed, Assert.Single(store.Read().Orders).State);
        await store.WriteAsync(store.Read().With(Other), 2);

        Assert.Equal(2, Assert.Single(liveAgain.Again().State.Orders).Number);
        Assert.Equal(1, Assert.Single(endedAgain.Again().State.Orders).Number);
    }

    [Fact]
    public async Task A_change_of_what_is_to_be_done_does_not_write_what_has_ended()
    {
        var (live, ended) = (new Disk<StoredWorkOrders>(), new Disk<StoredEndedWorkOrders>());
        var store = new WorkOrderStore(live, ended);
        await store.WriteAsync(Book(Closed, Other), 2);
        ended.BeforeWrite = () => throw new IOException("Nothing has ended.");

        await store.WriteAsync(Book(Closed, Other.After(Monday, WorkOrderVerb.Pause)), 2);
        Assert.Equal(WorkOrderState.Paused, Assert.Single(live.Again().State.Orders).State);
    }

    /// <summary>A state with what was written of it last.</summary>
    private sealed class Disk<T> : IPersistentState<T>
        where T : class, new()
    {
        private T _written = new();

        public Action BeforeWrite { get; set; } = () => { };

        public T State { get; set; } = new();

        public string Etag => "1";

        public bool RecordExists => true;

        /// <summary>As the next activation reads it.</summary>
        public Disk<T> Again() => new() { State = _written, _written = _written };

        public Task WriteStateAsync()
        {
            BeforeWrite();
            _written = State;
            return Task.CompletedTask;
        }

        public Task ReadStateAsync() => Task.CompletedTask;

        public Task ClearStateAsync() => throw new InvalidOperationException("Orders are never cleared.");
    }
}
