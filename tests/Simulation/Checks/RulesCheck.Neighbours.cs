using Grid.Client;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;

namespace Grid.Simulation.Checks;

/// <summary>Rules that ask for neighbours or alarms: what they see is what is so now.</summary>
internal sealed partial class RulesCheck
{
    /// <summary>The alarms of rules that ask for neighbours or alarms, by what these are now.</summary>
    private async Task CompareNeighboursAsync()
    {
        var devices = _world.Registry.Devices.Values.ToList();
        var fine = new HashSet<string>(StringComparer.Ordinal);
        foreach (var lamp in devices.Where(record => record.Descriptor.Kind == DeviceKind.Streetlight))
        {
            if ((await _process.Get<IGridGrains>().Device(DeviceKind.Streetlight, lamp.Descriptor.Id).GetContribution()).Status == DeviceStatus.Ok)
            {
                fine.Add(lamp.Descriptor.Id);
            }
        }

        foreach (var (id, view) in _world.Writers.Known.Where(rule => IsOfNeighbours(rule.Key) && rule.Value.Published is not null))
        {
            var published = view.Versions.First(version => version.Version == view.Published);
            var draw = _world.Writers.DrawOf(id, published.Version);
            foreach (var record in devices.Where(record => record.Descriptor.Kind == draw.Kind))
            {
                var device = record.Descriptor;
                var isMeant = (KindsOf(published.Scope, record.Sector) & (DeviceKinds)(1 << (int)device.Kind)) != 0
                    && (!published.Scope.StartsWith("device:", StringComparison.Ordinal) || published.Scope == $"device:{device.Id}");
                var fed = devices.Where(lamp => lamp.Sector == record.Sector && lamp.Descriptor.Kind == DeviceKind.Streetlight && lamp.Descriptor.FedBy() == device.Id).ToList();
                var holds = isMeant && (draw.AlarmOf is { } other
                    ? _alarms.ContainsKey(AlarmIds.Of(device.Id, AlarmIds.RulePrefix + other))
                    : fed.Count > 0 && fed.Count(lamp => fine.Contains(lamp.Descriptor.Id)) > draw.FineShare * fed.Count);
                if (_alarms.ContainsKey(AlarmIds.Of(device.Id, AlarmIds.RulePrefix + id)) != holds && !_cleared.Contains((device.Id, AlarmIds.RulePrefix + id)))
                {
                    _wrong.Add($"the alarm of {id} version {published.Version} on {device.Id} must be {(holds ? "active" : "over")} and is not: {fed.Count(lamp => fine.Contains(lamp.Descriptor.Id))} of {fed.Count} light points are fine; the sector knows it as {Words(await _process.Get<IGridGrains>().Sector(record.Sector).GetAlarm(AlarmIds.Of(device.Id, AlarmIds.RulePrefix + id)))}");
                }
            }
        }

        foreach (var alarm in _alarms.Values.Where(alarm => IsOfNeighbours(RuleOf(alarm)) && _world.Writers.Known.GetValueOrDefault(RuleOf(alarm))?.Published is null))
        {
            _wrong.Add($"alarm {alarm.Id} is active and its rule is not published");
        }
    }

    private static string Words(AlarmView? alarm) => alarm is null ? "nothing" : $"{alarm.State}, raised {alarm.RaisedAt:HH:mm:ss}, last {alarm.LastAt:HH:mm:ss}, cleared {alarm.ClearedAt:HH:mm:ss}: {string.Join(", ", alarm.History.Select(one => $"{one.At:HH:mm:ss} {one.Action}"))}";
}
