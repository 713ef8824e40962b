using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Orleans;

namespace Grid.Grains.Intake;

/// <summary>
/// What moves with a device of its alarms, for the <see cref="Registrar"/>: how far their telling has come goes into the entry by which the device leaves, its former sector keeps both with the alarms as
/// they were, and from there they go into the entry that registers it in its new one. So whoever completes a move after a stop finds them there.
/// </summary>
internal sealed class AlarmMoves(IGrainFactory grains, ITerritoryTable territory)
{
    /// <summary>True when the device goes on in another sector as what it is.</summary>
    public static bool IsMove(PendingChange change) =>
        change is { Former: { } former, Current: { } current } && current.Descriptor.Kind == former.Descriptor.Kind && current.Sector != former.Sector;

    /// <summary>How far the telling of the devices' alarms has come in the communes that they leave.</summary>
    public async Task<ILookup<string, ToldAlarm>> ToldAsync(IEnumerable<PendingChange> moves)
    {
        var told = new List<ToldAlarm>();
        foreach (var group in moves.GroupBy(change => SectorMap.CommuneOf(change.Former!.Sector), StringComparer.Ordinal))
        {
            // A commune that is no longer in the table tells nobody.
            if (territory.FindCommune(group.Key) is not null)
            {
                told.AddRange(await grains.GetGrain<ICommuneAlarmsGrain>(group.Key).GetPages([.. group.Select(change => change.Device)]));
            }
        }

        return told.ToLookup(one => AlarmIds.TryParse(one.Alarm, out var source, out _) ? source : "", StringComparer.Ordinal);
    }

    /// <summary>What the former sectors of devices have kept of their alarms, once they know that these have left.</summary>
    public async Task<IReadOnlyDictionary<string, MovingAlarms>> OfAsync(IEnumerable<PendingChange> moves)
    {
        var kept = new Dictionary<string, MovingAlarms>(StringComparer.Ordinal);
        foreach (var group in moves.GroupBy(change => change.Former!.Sector, StringComparer.Ordinal))
        {
            foreach (var alarms in await grains.GetGrain<ISectorGrain>(group.Key).GetMovingAlarms([.. group.Select(change => change.Device)]))
            {
                kept[alarms.Device] = alarms;
            }
        }

        return kept;
    }

    /// <summary>The moves are complete.</summary>
    public async Task ForgetAsync(IEnumerable<PendingChange> moves)
    {
        foreach (var group in moves.GroupBy(change => change.Former!.Sector, StringComparer.Ordinal))
        {
            try
            {
                await grains.GetGrain<ISectorGrain>(group.Key).ForgetMovingAlarms([.. group.Select(change => change.Device)], group.Max(change => change.Revision));
            }
            catch (Exception)
            {
                // A hint, whatever becomes of it: the move is complete all the same, and what nobody takes goes after its time.
            }
        }
    }
}
