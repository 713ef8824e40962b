using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.CrossTrade;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Orleans;

namespace Grid.Grains.CrossTrade;

/// <summary>
/// Makes alarms of what is found across trades: each in the sector of its source, and what explains the silence of devices in their sectors too. What was told is told again only when it has changed.
/// </summary>
internal sealed class FindingAlarms(IReadOnlyList<string> sectors, IGrainFactory grains, IDeviceDirectory directory)
{
    private static readonly ImmutableArray<string> Rules = [CrossTradeFinding.SupplyOutage, CrossTradeFinding.FloodExposure, CrossTradeFinding.UsedWhileClosed];

    private Dictionary<(string Sector, string Alarm), AlarmSignal>? _told;

    /// <summary>Raises and ends alarms, so that those that hold are what is found.</summary>
    public async Task TellAsync(ImmutableArray<CrossTradeFinding> found)
    {
        _told ??= await HeldAsync();
        var wanted = new Dictionary<(string Sector, string Alarm), AlarmSignal>();
        foreach (var finding in found)
        {
            foreach (var (sector, signal) in SignalsOf(finding))
            {
                wanted[(sector, AlarmIds.Of(signal.Source, signal.Condition))] = signal;
            }
        }

        var ended = _told.Where(pair => !wanted.ContainsKey(pair.Key)).Select(pair => (pair.Key, Signal: pair.Value with { IsActive = false, Explains = [] }));
        var begun = wanted.Where(pair => !_told.TryGetValue(pair.Key, out var told) || !told.Explains.SequenceEqual(pair.Value.Explains)).Select(pair => (pair.Key, Signal: pair.Value));
        foreach (var ofSector in ended.Concat(begun).GroupBy(item => item.Key.Sector, StringComparer.Ordinal).ToArray())
        {
            await grains.GetGrain<ISectorGrain>(ofSector.Key).SignalAlarms([.. ofSector.Select(item => item.Signal)]);
        }

        _told = wanted;
    }

    /// <summary>What was told before the start, and may have ended since.</summary>
    private async Task<Dictionary<(string Sector, string Alarm), AlarmSignal>> HeldAsync()
    {
        var held = new Dictionary<(string Sector, string Alarm), AlarmSignal>();
        foreach (var sector in sectors)
        {
            foreach (var rule in Rules)
            {
                foreach (var alarm in await grains.GetGrain<ISectorGrain>(sector).GetAlarms(new AlarmFilter { Condition = rule, WithChildren = true, Limit = int.MaxValue }))
                {
                    if (alarm.IsActive)
                    {
                        held[(sector, alarm.Id)] = new AlarmSignal { Source = alarm.Source, Condition = alarm.Condition, IsActive = true };
                    }
                }
            }
        }

        return held;
    }

    private IEnumerable<(string Sector, AlarmSignal Signal)> SignalsOf(CrossTradeFinding finding)
    {
        var isOutage = finding.Rule == CrossTradeFinding.SupplyOutage;

        // A supply is no device: its alarm is in the commune's first sector, whoever hangs on it.
        var home = isOutage ? sectors[0] : directory.Find(finding.Source)?.Sector;
        if (home is null)
        {
            yield break;
        }

        var source = isOutage ? $"supply:{finding.Source}{AlarmIds.SectorMark}{home}" : finding.Source;
        var members = isOutage
            ? finding.Members.Select(member => member.Device).ToLookup(device => directory.Find(device)?.Sector ?? "", StringComparer.Ordinal)
            : Array.Empty<string>().ToLookup(device => device, StringComparer.Ordinal);
        foreach (var sector in members.Select(group => group.Key).Where(sector => sector.Length > 0).Append(home).Distinct(StringComparer.Ordinal))
        {
            yield return (sector, new AlarmSignal { Source = source, Condition = finding.Rule, IsActive = true, Explains = [.. members[sector].Order(StringComparer.Ordinal)] });
        }
    }
}
