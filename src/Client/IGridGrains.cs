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
using Orleans;

namespace Grid.Client;

/// <summary>The grains that the gateway calls, by their keys.</summary>
public interface IGridGrains
{
    /// <summary>A device.</summary>
    IDeviceGrain Device(DeviceKind kind, string device);

    /// <summary>A sector, by its name.</summary>
    ISectorGrain Sector(string sector);

    /// <summary>A commune, by INSEE code.</summary>
    ITerritoryGrain Commune(string inseeCode);

    /// <summary>A body, by SIREN code or as <c>department:29</c>.</summary>
    ITerritoryGrain Body(string key);

    /// <summary>A command.</summary>
    ICommandGrain Command(string command);

    /// <summary>A command to many devices.</summary>
    IGroupCommandGrain GroupCommand(string command);

    /// <summary>A lighting plan.</summary>
    ILightingPlanGrain LightingPlan(string plan);

    /// <summary>The directory of lighting plans.</summary>
    ILightingDirectoryGrain LightingDirectory();

    /// <summary>The controllers of a sector.</summary>
    ISectorControllersGrain Controllers(string sector);

    /// <summary>The defaults that a commune or a body gives to the parameters of rules, by scope.</summary>
    IParametersGrain Parameters(string scope);

    /// <summary>What a territory gives to the definitions of alarms, by scope.</summary>
    IAlarmSettingsGrain AlarmSettings(string scope);

    /// <summary>A rule that an operator wrote.</summary>
    IRuleGrain Rule(string rule);

    /// <summary>The directory of rules.</summary>
    IRuleDirectoryGrain RuleDirectory();

    /// <summary>Tries rules; one key, one at a time.</summary>
    IRuleTrialGrain RuleTrial(string key);

    /// <summary>The water zones of a department, by its code.</summary>
    IWaterZonesGrain WaterZones(string department);

    /// <summary>What is found across trades in a commune, by INSEE code.</summary>
    ICommuneFindingsGrain Findings(string inseeCode);

    /// <summary>The flags that rules set on a commune, by INSEE code.</summary>
    ICommuneFlagsGrain Flags(string inseeCode);

    /// <summary>The endpoints that can be told.</summary>
    INotificationEndpointsGrain NotificationEndpoints();

    /// <summary>Who is on call, by scope.</summary>
    IOnCallGrain OnCall(string scope);

    /// <summary>The work orders of a commune, by INSEE code.</summary>
    IWorkOrdersGrain WorkOrders(string inseeCode);

    /// <summary>The communes that have had a work order.</summary>
    IWorkOrderPlacesGrain WorkOrderPlaces();

    /// <summary>The table of contracts.</summary>
    IContractsGrain ServiceContracts();

    /// <summary>A reference through which grains tell an observer; held until <see cref="Forget{T}"/>.</summary>
    T Observe<T>(T observer)
        where T : class, IGrainObserver;

    /// <summary>Lets go of a reference from <see cref="Observe{T}"/>.</summary>
    void Forget<T>(T reference)
        where T : class, IGrainObserver;
}

/// <summary>Grains by the runtime's factory.</summary>
public sealed class GridGrains(IGrainFactory factory) : IGridGrains
{
    /// <inheritdoc/>
    public IDeviceGrain Device(DeviceKind kind, string device) => DeviceGrains.Get(factory, kind, device);

    /// <inheritdoc/>
    public ISectorGrain Sector(string sector) => factory.GetGrain<ISectorGrain>(sector);

    /// <inheritdoc/>
    public ITerritoryGrain Commune(string inseeCode) => factory.GetGrain<ICommuneGrain>(inseeCode);

    /// <inheritdoc/>
    public ITerritoryGrain Body(string key) => factory.GetGrain<IBodyGrain>(key);

    /// <inheritdoc/>
    public ICommandGrain Command(string command) => factory.GetGrain<ICommandGrain>(command);

    /// <inheritdoc/>
    public IGroupCommandGrain GroupCommand(string command) => factory.GetGrain<IGroupCommandGrain>(command);

    /// <inheritdoc/>
    public ILightingPlanGrain LightingPlan(string plan) => factory.GetGrain<ILightingPlanGrain>(plan);

    /// <inheritdoc/>
    public ILightingDirectoryGrain LightingDirectory() => factory.GetGrain<ILightingDirectoryGrain>(ILightingDirectoryGrain.Key);

    /// <inheritdoc/>
    public ISectorControllersGrain Controllers(string sector) => factory.GetGrain<ISectorControllersGrain>(sector);

    /// <inheritdoc/>
    public IParametersGrain Parameters(string scope) => factory.GetGrain<IParametersGrain>(scope);

    /// <inheritdoc/>
    public IAlarmSettingsGrain AlarmSettings(string scope) => factory.GetGrain<IAlarmSettingsGrain>(scope);

    /// <inheritdoc/>
    public IRuleGrain Rule(string rule) => factory.GetGrain<IRuleGrain>(rule);

    /// <inheritdoc/>
    public IRuleDirectoryGrain RuleDirectory() => factory.GetGrain<IRuleDirectoryGrain>(Grid.Contracts.Rules.RuleDirectory.Key);

    /// <inheritdoc/>
    public IRuleTrialGrain RuleTrial(string key) => factory.GetGrain<IRuleTrialGrain>(key);

    /// <inheritdoc/>
    public IWaterZonesGrain WaterZones(string department) => factory.GetGrain<IWaterZonesGrain>(department);

    /// <inheritdoc/>
    public ICommuneFindingsGrain Findings(string inseeCode) => factory.GetGrain<ICommuneFindingsGrain>(inseeCode);

    /// <inheritdoc/>
    public ICommuneFlagsGrain Flags(string inseeCode) => factory.GetGrain<ICommuneFlagsGrain>(inseeCode);

    /// <inheritdoc/>
    public INotificationEndpointsGrain NotificationEndpoints() => factory.GetGrain<INotificationEndpointsGrain>(INotificationEndpointsGrain.Key);

    /// <inheritdoc/>
    public IOnCallGrain OnCall(string scope) => factory.GetGrain<IOnCallGrain>(scope);

    /// <inheritdoc/>
    public IWorkOrdersGrain WorkOrders(string inseeCode) => factory.GetGrain<IWorkOrdersGrain>(inseeCode);

    /// <inheritdoc/>
    public IWorkOrderPlacesGrain WorkOrderPlaces() => factory.GetGrain<IWorkOrderPlacesGrain>(IWorkOrderPlacesGrain.Key);

    /// <inheritdoc/>
    public IContractsGrain ServiceContracts() => factory.GetGrain<IContractsGrain>(IContractsGrain.Key);

    /// <inheritdoc/>
    public T Observe<T>(T observer)
        where T : class, IGrainObserver => factory.CreateObjectReference<T>(observer);

    /// <inheritdoc/>
    public void Forget<T>(T reference)
        where T : class, IGrainObserver => factory.DeleteObjectReference<T>(reference);
}
