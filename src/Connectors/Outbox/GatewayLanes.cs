using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Storage;

namespace Grid.Connectors.Outbox;

/// <summary>
/// Rows under way, by the network gateway that they go through: a gateway that is slow or gone holds up its own rows and nobody else's. Rows for one device go before
/// those for many, which have no more than a share of the room. Bounded as a whole and for each gateway; what finds no room stays in the outbox.
/// </summary>
internal sealed class GatewayLanes(int maximum, int maximumPerGateway)
{
    /// <summary>Rows for many devices have one in so many places.</summary>
    private const int ShareOfMany = 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private int _count;
    private int _countForMany;

    /// <summary>Rows that may be added.</summary>
    public int Room
    {
        get
        {
            lock (_gate)
            {
                return maximum - _count;
            }
        }
    }

    /// <summary>Rows under way.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>Adds a row to its gateway's; false when there is no room.</summary>
    /// <param name="gateway">The gateway.</param>
    /// <param name="row">The row.</param>
    /// <param name="concurrent">How many of the gateway's rows may be handled at the same time.</param>
    /// <param name="begins">True when the caller is to begin another run through the gateway's rows.</param>
    public bool TryAdd(string gateway, ClaimedRow row, int concurrent, out bool begins)
    {
        begins = false;
        lock (_gate)
        {
            var isForMany = row.IsForMany;
            if (_count >= maximum || (isForMany && _countForMany >= Math.Max(1, maximum / ShareOfMany)))
            {
                return false;
            }

            if (!_lanes.TryGetValue(gateway, out var lane))
            {
                _lanes.Add(gateway, lane = new Lane());
            }

            if (lane.UnderWay >= maximumPerGateway || (isForMany && lane.UnderWayForMany >= Math.Max(1, maximumPerGateway / ShareOfMany)))
            {
                return false;
            }

            Tally(lane, row, 1);
            (isForMany ? lane.WaitingForMany : lane.Waiting).Enqueue(row);
            begins = lane.Runs < concurrent;
            lane.Runs += begins ? 1 : 0;
            return true;
        }
    }

    /// <summary>The gateway's next row; false when the run through them ends.</summary>
    public bool TryTake(string gateway, out ClaimedRow row)
    {
        lock (_gate)
        {
            var lane = _lanes[gateway];
            if (lane.Waiting.TryDequeue(out row) || lane.WaitingForMany.TryDequeue(out row))
            {
                return true;
            }

            if (--lane.Runs == 0)
            {
                _lanes.Remove(gateway);
            }

            return false;
        }
    }

    /// <summary>Takes all rows for many devices that wait for a gateway.</summary>
    public ImmutableArray<ClaimedRow> TakeForMany(string gateway)
    {
        lock (_gate)
        {
            ImmutableArray<ClaimedRow> rows = [.. _lanes[gateway].WaitingForMany];
            _lanes[gateway].WaitingForMany.Clear();
            return rows;
        }
    }

    /// <summary>True when rows for one device wait for a gateway: what is done for many devices lets them go first.</summary>
    public bool HasOthersWaiting(string gateway)
    {
        lock (_gate)
        {
            return _lanes.TryGetValue(gateway, out var lane) && lane.Waiting.Count > 0;
        }
    }

    /// <summary>A row that was taken is done with.</summary>
    public void Done(string gateway, ClaimedRow row)
    {
        lock (_gate)
        {
            Tally(_lanes[gateway], row, -1);
        }
    }

    private void Tally(Lane lane, ClaimedRow row, int change)
    {
        _count += change;
        lane.UnderWay += change;
        if (row.IsForMany)
        {
            _countForMany += change;
            lane.UnderWayForMany += change;
        }
    }

    private sealed class Lane
    {
        public Queue<ClaimedRow> Waiting { get; } = new();

        public Queue<ClaimedRow> WaitingForMany { get; } = new();

        public int UnderWay { get; set; }

        public int UnderWayForMany { get; set; }

        public int Runs { get; set; }
    }
}

/// <summary>A row and until when the claim on it is safe to use.</summary>
internal readonly record struct ClaimedRow(OutboxRow Row, DateTimeOffset Until)
{
    /// <summary>True for a row that is for many devices.</summary>
    public bool IsForMany => Row.Downlink.Owner != DownlinkOwner.Command;
}
