using System.Collections.Immutable;
using Grid.Client;
using Grid.Contracts.Alarms;
using Grid.Contracts.Commands;
using Grid.Contracts.CrossTrade;
using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;
using Grid.Contracts.Lighting;
using Grid.Contracts.Notifications;
using Grid.Contracts.Parameters;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;
using Grid.Contracts.Zones;
using Grid.Simulation.Faults;
using Orleans;
using Orleans.Runtime;

namespace Grid.Simulation.Plants;

/// <summary>Sectors that now and then leave out the last of the changes that their version speaks for.</summary>
internal sealed class SkippingGrains(IGridGrains inner, Chance chance) : IGridGrains
{
    public IDeviceGrain Device(DeviceKind kind, string device) => inner.Device(kind, device);

    public ISectorGrain Sector(string sector) => new SkippingSector(inner.Sector(sector), chance);

    public ITerritoryGrain Commune(string inseeCode) => inner.Commune(inseeCode);

    public ITerritoryGrain Body(string key) => inner.Body(key);

    public ICommandGrain Command(string command) => inner.Command(command);

    public IGroupCommandGrain GroupCommand(string command) => inner.GroupCommand(command);

    public ILightingPlanGrain LightingPlan(string plan) => inner.LightingPlan(plan);

    public ILightingDirectoryGrain LightingDirectory() => inner.LightingDirectory();

    public ISectorControllersGrain Controllers(string sector) => inner.Controllers(sector);

    public IParametersGrain Parameters(string scope) => inner.Parameters(scope);

    public IAlarmSettingsGrain AlarmSettings(string scope) => inner.AlarmSettings(scope);

    public IRuleGrain Rule(string rule) => inner.Rule(rule);

    public IRuleDirectoryGrain RuleDirectory() => inner.RuleDirectory();

    public IRuleTrialGrain RuleTrial(string key) => inner.RuleTrial(key);

    public T Observe<T>(T observer)
        where T : class, IGrainObserver => inner.Observe(observer);

    public ICommuneFindingsGrain Findings(string inseeCode) => inner.Findings(inseeCode);

    public INotificationEndpointsGrain NotificationEndpoints() => inner.NotificationEndpoints();

    public IOnCallGrain OnCall(string scope) => inner.OnCall(scope);

    public IWaterZonesGrain WaterZones(string department) => inner.WaterZones(department);

    public ICommuneFlagsGrain Flags(string inseeCode) => inner.Flags(inseeCode);

    public IWorkOrdersGrain WorkOrders(string inseeCode) => inner.WorkOrders(inseeCode);

    public IWorkOrderPlacesGrain WorkOrderPlaces() => inner.WorkOrderPlaces();

    public IContractsGrain ServiceContracts() => inner.ServiceContracts();

    public void Forget<T>(T reference)
        where T : class, IGrainObserver => inner.Forget(reference);

    private sealed class SkippingSector(ISectorGrain inner, Chance chance) : ISectorGrain
    {
        public async Task<SectorChanges> GetChanges(SectorVersion? since, DeviceFilter filter, int limit)
        {
            var changes = await inner.GetChanges(since, filter, limit);
            return changes is { IsSnapshot: false, Devices.Length: > 0 } && chance.Happens(0.2)
                ? changes with { Devices = changes.Devices.RemoveAt(changes.Devices.Length - 1) }
                : changes;
        }

        public Task Deliver(SectorDelivery delivery) => inner.Deliver(delivery);

        public Task DeliverAll(ImmutableArray<SectorDelivery> deliveries) => inner.DeliverAll(deliveries);

        public Task CatchUp() => inner.CatchUp();

        public Task Checkpoint() => inner.Checkpoint();

        public ValueTask<SectorPartial> GetPartial() => inner.GetPartial();

        public ValueTask<ImmutableArray<DeviceGlance?>> GetGlances(ImmutableArray<string> devices) => inner.GetGlances(devices);

        public ValueTask<ImmutableArray<ZonePartial>> GetWaterZones(int day) => inner.GetWaterZones(day);

        public Task Watch(ISectorObserver observer) => inner.Watch(observer);

        public Task Unwatch(ISectorObserver observer) => inner.Unwatch(observer);

        public Task Announce(CommandView command) => inner.Announce(command);

        public Task RenewParameters() => inner.RenewParameters();

        public ValueTask<ImmutableArray<ParameterSet>> GetParameters() => inner.GetParameters();

        public Task RenewRules() => inner.RenewRules();

        public ValueTask<RuleSet> GetRules() => inner.GetRules();

        public ValueTask<long?> VersionOfRule(string rule) => inner.VersionOfRule(rule);

        public ValueTask<ImmutableArray<RuleGroupCounts>> CountForRules(DateTimeOffset look) => inner.CountForRules(look);

        public Task TakeCommune(CommuneRuleInputs inputs) => inner.TakeCommune(inputs);

        public Task<ImmutableArray<AlarmAnswer>> OrderAlarms(ImmutableArray<string> alarms, AlarmOrder order) => inner.OrderAlarms(alarms, order);

        public Task SignalAlarms(ImmutableArray<AlarmSignal> signals) => inner.SignalAlarms(signals);

        public ValueTask<AlarmCauseGlance> GetAlarmCause(string cause) => inner.GetAlarmCause(cause);

        public Task FoldAlarmCause(string cause, string? home) => inner.FoldAlarmCause(cause, home);

        public ValueTask<ImmutableArray<AlarmView>> GetAlarms(AlarmFilter filter) => inner.GetAlarms(filter);

        public ValueTask<AlarmView?> GetAlarm(string alarm) => inner.GetAlarm(alarm);

        public ValueTask<ImmutableArray<MovingAlarms>> GetMovingAlarms(ImmutableArray<string> devices) => inner.GetMovingAlarms(devices);

        public Task ForgetMovingAlarms(ImmutableArray<string> devices, long revision) => inner.ForgetMovingAlarms(devices, revision);
    }
}
