using System.Collections.Immutable;
using Grid.Contracts.CrossTrade;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.CrossTrade;

/// <summary>What no trade sees by itself in a commune: see <see cref="ICommuneFindingsGrain"/>. The rules are pure; this asks for what they see, once a minute and when asked.</summary>
public sealed partial class CommuneFindingsGrain(
    [PersistentState("links")] IPersistentState<StoredLinks> state,
    CrossTradeInstruments instruments,
    ITerritoryTable territory,
    IDeviceDirectory directory,
    TimeProvider clock,
    ILogger<CommuneFindingsGrain> logger) : Grain, ICommuneFindingsGrain
{
    /// <summary>From one look to the next.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private string _commune = "";
    private LinkedDevices _devices = null!;
    private FindingAlarms _alarms = null!;
    private ImmutableArray<CrossTradeFinding> _found = [];
    private bool _isLooking;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _commune = this.GetPrimaryKeyString();
        _devices = new LinkedDevices(GrainFactory);
        _alarms = new FindingAlarms(SectorMap.SectorsOf(_commune, territory.FindCommune(_commune)?.Population ?? 0), GrainFactory, directory);
        Look();
        return base.OnActivateAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task Link(ImmutableArray<LinkedDeviceRow> devices)
    {
        var former = state.State.Devices;
        var links = former.ToBuilder();
        foreach (var device in devices)
        {
            if (device.Sector is null)
            {
                links.Remove(device.Id);
            }
            else
            {
                links[device.Id] = device;
            }
        }

        var next = links.ToImmutable();
        if (next.Count != former.Count || devices.Any(device => former.GetValueOrDefault(device.Id) != next.GetValueOrDefault(device.Id)))
        {
            state.State.Devices = next;
            try
            {
                await state.WriteStateAsync();
            }
            catch
            {
                state.State.Devices = former;
                throw;
            }
        }

        Look();
    }

    /// <inheritdoc/>
    public Task Wake() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<ImmutableArray<CrossTradeFinding>> GetFindings()
    {
        await FindAsync();
        return _found;
    }

    /// <summary>From now on, once a minute: as long as there is something to look at, though nobody calls.</summary>
    private void Look()
    {
        if (!_isLooking && state.State.Devices.Count > 0)
        {
            _isLooking = true;
            DelayDeactivation(TimeSpan.MaxValue);
            this.RegisterGrainTimer(_ => FindAsync(), Every, Every);
        }
    }

    private async Task FindAsync()
    {
        var now = clock.GetUtcNow();
        var devices = await _devices.ReadAsync([.. state.State.Devices.Values], now);
        ImmutableArray<CrossTradeFinding> found = [.. SupplyOutageRule.Find(devices, now), .. FloodExposureRule.Find(devices, now), .. ClosedBuildingRule.Find(devices, now)];
        foreach (var finding in found.Where(finding => !Has(_found, finding)))
        {
            instruments.Found(finding.Rule);
            LogFound(logger, _commune, finding.Rule, finding.Source, finding.Members.Length, finding.Since);
        }

        foreach (var finding in _found.Where(finding => !Has(found, finding)))
        {
            LogEnded(logger, _commune, finding.Rule, finding.Source);
        }

        _found = found;
        await _alarms.TellAsync(found);
    }

    private static bool Has(ImmutableArray<CrossTradeFinding> findings, CrossTradeFinding finding) =>
        findings.Any(other => other.Rule == finding.Rule && other.Source == finding.Source);

    [LoggerMessage(EventId = 1250, Level = LogLevel.Warning, Message = "Commune {Commune}: {Rule} at {Source}, {Count} devices, since {Since}")]
    private static partial void LogFound(ILogger logger, string commune, string rule, string source, int count, DateTimeOffset since);

    [LoggerMessage(EventId = 1251, Level = LogLevel.Information, Message = "Commune {Commune}: {Rule} at {Source} has ended")]
    private static partial void LogEnded(ILogger logger, string commune, string rule, string source);
}
