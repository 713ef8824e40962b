using Grid.Contracts.Storage;

namespace Grid.Connectors.Outbox;

/// <summary>
/// Rows under way, by the network gateway that they go through: a gateway that is slow or gone holds up its own rows and nobody else's. Bounded as a
/// whole and for each gateway; what finds no room stays in the outbox.
/// </summary>
internal sealed class GatewayLanes(int maximum, int maximumPerGateway)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private int _count;

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
            if (_count >= maximum)
            {
                return false;
            }

            if (!_lanes.TryGetValue(gateway, out var lane))
            {
                _lanes.Add(gateway, lane = new Lane());
            }

            if (lane.UnderWay >= maximumPerGateway)
            {
                return false;
            }

            _count++;
            lane.UnderWay++;
            lane.Waiting.Enqueue(row);
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
            if (lane.Waiting.TryDequeue(out row))
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

    /// <summary>A row that was taken is done with.</summary>
    public void Done(string gateway)
    {
        lock (_gate)
        {
            _count--;
            _lanes[gateway].UnderWay--;
        }
    }

    private sealed class Lane
    {
        public Queue<ClaimedRow> Waiting { get; } = new();

        public int UnderWay { get; set; }

        public int Runs { get; set; }
    }
}

/// <summary>A row and until when the claim on it is safe to use.</summary>
internal readonly record struct ClaimedRow(OutboxRow Row, DateTimeOffset Until);
