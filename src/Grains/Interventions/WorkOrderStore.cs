using System.Collections.Immutable;
using Grid.Contracts.Interventions;
using Orleans.Runtime;

namespace Grid.Grains.Interventions;

/// <summary>
/// Orders that have ended are persisted apart from the others, and no write covers both: an order is written where it is to be before it leaves where it was. A stop in between leaves it
/// in both, of which the higher version counts.
/// </summary>
internal sealed class WorkOrderStore(IPersistentState<StoredWorkOrders> live, IPersistentState<StoredEndedWorkOrders> ended)
{
    /// <summary>The highest number that was given.</summary>
    public long LastNumber => live.State.LastNumber;

    /// <summary>What is persisted.</summary>
    public WorkOrderBook Read() => ended.State.Orders.Concat(live.State.Orders)
        .GroupBy(order => order.Number)
        .OrderBy(group => group.Key)
        .Aggregate(WorkOrderBook.Empty, (book, group) => book.With(group.MaxBy(order => order.Version)!));

    /// <summary>Persists a book. When it fails, what is persisted is not known.</summary>
    public async Task WriteAsync(WorkOrderBook book, long lastNumber)
    {
        ImmutableArray<WorkOrder> nextLive = [.. book.Orders.Where(order => !order.IsEnded)];
        ImmutableArray<WorkOrder> nextEnded = [.. book.Orders.Where(order => order.IsEnded)];
        var reopened = nextLive.Select(order => order.Number).ToHashSet();
        var staying = ended.State.Orders.Where(order => reopened.Contains(order.Number)).ToArray();
        if (nextEnded.Except(ended.State.Orders, ByVersion.Instance).Any())
        {
            ended.State = new StoredEndedWorkOrders { Orders = [.. nextEnded.Concat(staying).OrderBy(order => order.Number)] };
            await ended.WriteStateAsync();
        }

        if (lastNumber != live.State.LastNumber || !nextLive.SequenceEqual(live.State.Orders, ByVersion.Instance))
        {
            live.State = new StoredWorkOrders { LastNumber = lastNumber, Orders = nextLive };
            await live.WriteStateAsync();
        }

        if (!nextEnded.SequenceEqual(ended.State.Orders, ByVersion.Instance))
        {
            ended.State = new StoredEndedWorkOrders { Orders = nextEnded };
            await ended.WriteStateAsync();
        }
    }

    private sealed class ByVersion : IEqualityComparer<WorkOrder>
    {
        public static readonly ByVersion Instance = new();

        public bool Equals(WorkOrder? one, WorkOrder? other) => (one?.Number, one?.Version) == (other?.Number, other?.Version);

        public int GetHashCode(WorkOrder order) => (int)((order.Number * 31) + order.Version);
    }
}
