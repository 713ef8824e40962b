using System.Collections.Immutable;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Contracts.Zones;
using Grid.Grains.Devices;
using Grid.Grains.Waiting;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Grid.Grains.Zones;

/// <summary>The water zones of a department: see <see cref="IWaterZonesGrain"/>.</summary>
public sealed partial class WaterZonesGrain(
    ITerritoryTable territory, LocalCalendars calendars, IDeviceDirectory directory, IHistory history, TimeProvider clock, ILogger<WaterZonesGrain> logger) : Grain, IWaterZonesGrain
{
    /// <summary>Sectors that are asked at the same time.</summary>
    private const int SectorsAtOnce = 64;

    private readonly ZoneRecorder _recorder = new();

    /// <inheritdoc/>
    public Task<ImmutableArray<WaterZoneBalance>> GetBalances(ZoneDay day)
    {
        var communes = territory.CommunesOf(this.GetPrimaryKeyString());
        return communes.IsEmpty
            ? Task.FromResult(ImmutableArray<WaterZoneBalance>.Empty)
            : BalancesOnAsync(communes, day == ZoneDay.Today ? TodayIn(communes, clock.GetUtcNow()) : TodayIn(communes, clock.GetUtcNow()) - 1);
    }

    /// <inheritdoc/>
    public async Task Record()
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
        var communes = territory.CommunesOf(this.GetPrimaryKeyString());
        if (communes.IsEmpty)
        {
            return;
        }

        var day = TodayIn(communes, now) - 1;
        if (!_recorder.IsDue(day, now))
        {
            return;
        }

        var balances = await BalancesOnAsync(communes, day);
        var samples = ZoneRecorder.Of(this.GetPrimaryKeyString(), _recorder.Changed(balances), now);
        try
        {
            if (!samples.IsEmpty)
            {
                await history.RecordAsync(samples, CancellationToken.None);
            }

            _recorder.Note(balances, day, now);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogNotRecorded(logger, this.GetPrimaryKeyString(), samples.Length, exception);
        }
    }

    private int TodayIn(ImmutableArray<Commune> communes, DateTimeOffset now) => calendars.OfCommune(communes[0].InseeCode).DayOf(now.ToUnixTimeMilliseconds()).Day;

    private async Task<ImmutableArray<WaterZoneBalance>> BalancesOnAsync(ImmutableArray<Commune> communes, int wanted)
    {
        var parts = new List<(string Commune, ZonePartial Part)>();
        var peopled = directory.Communes();
        var sectors = communes.Where(commune => peopled.Contains(commune.InseeCode))
            .SelectMany(commune => SectorMap.SectorsOf(commune.InseeCode, commune.Population).Select(sector => (Commune: commune.InseeCode, Sector: sector)));
        foreach (var some in sectors.Chunk(SectorsAtOnce))
        {
            var answers = await Waits.All(some.Select(async one => (one.Commune, Zones: await GrainFactory.GetGrain<ISectorGrain>(one.Sector).GetWaterZones(wanted))));
            foreach (var (commune, zones) in answers)
            {
                parts.AddRange(zones.Select(zone => (commune, zone)));
            }
        }

        return
        [
            .. parts.GroupBy(part => part.Part.Zone, StringComparer.Ordinal).OrderBy(zone => zone.Key, StringComparer.Ordinal)
                .Select(zone => ZoneBalance.Of(zone.Key, wanted, [.. zone])),
        ];
    }

    [LoggerMessage(EventId = 1227, Level = LogLevel.Error, Message = "{Count} figures of water zones of department {Department} were not taken by history; they are tried again")]
    private static partial void LogNotRecorded(ILogger logger, string department, int count, Exception exception);
}
