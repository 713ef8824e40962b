using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Grains.Sectors;

namespace Grid.Grains.Alarms;

/// <summary>Many alarms with one probable cause are told as one: which alarm explains which.</summary>
internal sealed partial class SectorAlarms
{
    private readonly Dictionary<string, AlarmCause> _causes = new(StringComparer.Ordinal);

    /// <summary>Devices, and the alarm that was signalled to explain theirs.</summary>
    private readonly Dictionary<string, string> _explained = new(StringComparer.Ordinal);

    /// <summary>Devices on which people work.</summary>
    private readonly HashSet<string> _works = new(StringComparer.Ordinal);

    /// <summary>What a device hangs on; null when it hangs on nothing, or is no longer here.</summary>
    public void Place(SectorDevice device, AlarmTopology? topology)
    {
        if (topology == device.Topology)
        {
            return;
        }

        Count(device.Topology, -1);
        Count(topology, +1);
        device.Topology = topology;
    }

    /// <summary>People work on the device from an entry on, or do so no more: it and what hangs on it are suppressed by design meanwhile.</summary>
    public void SetWorks(SectorDevice device, bool isUnderWorks, long at, long offset)
    {
        _offset = offset;
        device.IsUnderWorks = isUnderWorks;
        if (isUnderWorks ? _works.Add(device.Id) : _works.Remove(device.Id))
        {
            foreach (var alarm in _alarms.Values.Where(alarm => alarm.Source == device.Id || book.Find(alarm.Source)?.Topology?.Cabinet == device.Id).ToArray())
            {
                Set(Suppressed(alarm, at));
            }
        }
    }

    private bool IsUnderWorks(string source) =>
        _works.Count > 0 && (_works.Contains(source) || (book.Find(source)?.Topology?.Cabinet is { } cabinet && _works.Contains(cabinet)));

    private void ResumeCauses()
    {
        foreach (var device in book.Devices)
        {
            Count(device.Topology, +1);
            if (device.IsUnderWorks)
            {
                _works.Add(device.Id);
            }
        }

        foreach (var alarm in _alarms.Values.Where(alarm => alarm.IsActive))
        {
            foreach (var device in alarm.Explains)
            {
                _explained[device] = alarm.Id;
            }

            foreach (var cause in CausesOf(alarm))
            {
                cause.Join(alarm.Id, book.Find(alarm.Source)?.Topology?.GatewayCause);
            }
        }

        // What is left of a network follows from its gateways.
        foreach (var cause in _causes.Values.OrderBy(cause => cause.Sort))
        {
            cause.Parent = cause.OwnAlarms().FirstOrDefault(id => cause.Active.Any(child => _alarms[child].Parent == id)) ?? WantedParent(cause, ShareOf(cause)) ?? MadeOf(cause);
            if (cause.Parent is { } parent && Find(parent) is { IsActive: false } returned)
            {
                SetGrace(cause, returned.ClearedAt);
            }
        }
    }

    private void Count(AlarmTopology? topology, int change)
    {
        foreach (var key in topology?.Causes() ?? [])
        {
            CauseOf(key).Count(change, topology!.GatewayCause);
        }
    }

    private AlarmCause CauseOf(string key)
    {
        if (!_causes.TryGetValue(key, out var cause))
        {
            _causes.Add(key, cause = new AlarmCause(key, sector));
        }

        return cause;
    }

    /// <summary>The causes that may explain an alarm, the nearest first.</summary>
    private IEnumerable<AlarmCause> CausesOf(Alarm alarm) =>
        book.Find(alarm.Source)?.Topology is { } topology ? topology.Causes().Select(CauseOf).Where(cause => cause.MayExplain(alarm.Condition)) : [];

    /// <summary>An alarm begins to hold.</summary>
    private void Joined(Alarm alarm, long at)
    {
        var causes = CausesOf(alarm).ToArray();
        var gateway = book.Find(alarm.Source)?.Topology?.GatewayCause;
        foreach (var cause in causes)
        {
            Settle(cause, ShareOf(cause, joining: 1, gateway), at);
        }

        Set(AlarmLife.Explain(alarm, ParentOf(alarm), at));
        foreach (var cause in causes)
        {
            cause.Join(alarm.Id, gateway);
            Spans(cause, cause.Active.Count == 1);
        }

        SettleOwn(alarm, at);
    }

    /// <summary>An alarm holds no more.</summary>
    private void Left(Alarm alarm, long at)
    {
        foreach (var cause in CausesOf(alarm))
        {
            cause.Leave(alarm.Id);
            Spans(cause, cause.Active.Count == 0);
            Settle(cause, ShareOf(cause), at);
        }

        SettleOwn(alarm, at);
    }

    /// <summary>An alarm of a cabinet itself explains those of its light points, or does so no more.</summary>
    private void SettleOwn(Alarm alarm, long at)
    {
        if (_causes.TryGetValue(alarm.Source, out var own))
        {
            Settle(own, ShareOf(own), at);
        }
    }

    /// <summary>Finds what explains the alarms of a cause once so many hold, and tells them.</summary>
    private void Settle(AlarmCause cause, CauseShare share, long at)
    {
        var wanted = WantedParent(cause, share);
        if (wanted != cause.Parent && share.Active > 0 && IsInGrace(cause, at))
        {
            return;
        }

        if (wanted == cause.Parent)
        {
            cause.GraceUntil = 0;
            return;
        }

        cause.GraceUntil = 0;
        Spans(cause, true);

        var made = AlarmIds.Of(cause.Source, cause.Condition);
        cause.Parent = wanted;
        if (wanted == made)
        {
            var kind = book.Find(cause.Source)?.Kind ?? cause.Active.Select(Find).FirstOrDefault()?.Kind ?? default;
            Begin(AlarmOf(cause.Source, kind, cause.Condition), at);
        }

        foreach (var id in cause.Active)
        {
            Explain(_alarms[id], at);
        }

        if (wanted != made && Find(made) is { IsActive: true } former)
        {
            // What was probable turns out to be what the cabinet says of itself, or what another sector tells: nobody has to look at both.
            End(wanted is null ? former : AlarmLife.Explain(former, wanted, at), at);
        }

        if (cause.Sort == CauseSort.Gateway)
        {
            // What a gateway explains says nothing of the network behind it any more, or does so again.
            foreach (var network in _causes.Values.Where(other => other.Gateways.ContainsKey(cause.Key)).ToArray())
            {
                Settle(network, ShareOf(network), at);
            }
        }
    }

    /// <summary>How much of a cause holds, and of how much: of a network, of what is left when the gateways that are out are taken out.</summary>
    /// <param name="cause">The cause.</param>
    /// <param name="joining">So many alarms begin to hold that are not among the others yet.</param>
    /// <param name="gateway">Of devices behind this gateway; null for none.</param>
    private CauseShare ShareOf(AlarmCause cause, int joining = 0, string? gateway = null)
    {
        var all = new CauseShare(cause.Active.Count + joining, cause.Behind);
        if (cause.Gateways.Count == 0)
        {
            return all;
        }

        CauseShare[] isOut =
        [
            .. cause.Gateways.Where(pair => _causes.GetValueOrDefault(pair.Key)?.Parent is not null)
                .Select(pair => pair.Key == gateway ? pair.Value with { Active = pair.Value.Active + joining } : pair.Value),
        ];
        return isOut.Length == 0 ? all : CauseRules.OfNetwork(all, isOut);
    }

    /// <summary>The alarm that was made of a cause while it holds; null for none.</summary>
    private string? MadeOf(AlarmCause cause) => AlarmIds.Of(cause.Source, cause.Condition) is var id && Find(id)?.IsActive == true ? id : null;

    /// <summary>The supply of a cabinet comes back before its light points say so.</summary>
    private bool IsInGrace(AlarmCause cause, long at)
    {
        if (cause.GraceUntil == 0 && cause.Parent is { } parent && cause.OwnAlarms().Contains(parent) && Find(parent) is { IsActive: false })
        {
            SetGrace(cause, at);
        }

        return cause.GraceUntil > at;
    }

    private void SetGrace(AlarmCause cause, long from)
    {
        cause.GraceUntil = from + (long)AlarmCause.Grace.TotalMilliseconds;
        _due = Math.Min(_due, cause.GraceUntil);
    }

    private string? WantedParent(AlarmCause cause, CauseShare share)
    {
        if (share.Active > 0 && cause.OwnAlarms().FirstOrDefault(id => Find(id)?.IsActive == true) is { } own)
        {
            return own;
        }

        if (cause.Home is { } home && home != sector)
        {
            return share.Active > 0 ? AlarmIds.Of(cause.SourceIn(home), cause.Condition) : null;
        }

        // The alarm of the home is that of all: it holds until it is told that nothing does anywhere.
        return cause.Home is not null || AlarmCause.IsStorm(share, isTold: MadeOf(cause) is not null) ? AlarmIds.Of(cause.Source, cause.Condition) : null;
    }

    private void Explain(Alarm alarm, long at) => Set(AlarmLife.Explain(alarm, ParentOf(alarm), at));

    /// <summary>What was found by somebody who sees more goes before what is probable.</summary>
    private string? ParentOf(Alarm alarm)
    {
        var id = alarm.Id;
        if (_explained.TryGetValue(alarm.Source, out var signalled) && signalled != id && AlarmCause.IsOutage(alarm.Condition))
        {
            return signalled;
        }

        foreach (var cause in CausesOf(alarm))
        {
            if (cause.Parent is { } parent && parent != id)
            {
                return parent;
            }
        }

        return null;
    }

    private IEnumerable<Alarm> ChildrenOf(string id) => _alarms.Values.Where(alarm => alarm.Parent == id).ToArray();

    private IEnumerable<string> ExplainedBy(string id) => _explained.Where(pair => pair.Value == id).Select(pair => pair.Key);

    /// <summary>From now on a signalled alarm explains those of these devices, as far as they are here, and of no others.</summary>
    private void ExplainAll(string id, ImmutableArray<string> devices, long at)
    {
        var former = ExplainedBy(id).ToArray();
        foreach (var device in former)
        {
            _explained.Remove(device);
        }

        foreach (var device in devices.Where(device => book.Find(device) is not null))
        {
            _explained[device] = id;
        }

        var concerned = former.Concat(devices).ToHashSet(StringComparer.Ordinal);
        foreach (var alarm in _alarms.Values.Where(alarm => alarm.IsActive && concerned.Contains(alarm.Source)).ToArray())
        {
            Explain(alarm, at);
        }
    }
}
