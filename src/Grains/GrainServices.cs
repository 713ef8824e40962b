using Grid.Contracts.Intake;
using Grid.Contracts.Rules;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Commands.Groups;
using Grid.Grains.CrossTrade;
using Grid.Grains.Devices;
using Grid.Grains.History;
using Grid.Grains.Intake;
using Grid.Grains.Interventions;
using Grid.Grains.Lighting.Controllers;
using Grid.Grains.Notifications;
using Grid.Grains.OnCall;
using Grid.Grains.Parameters;
using Grid.Grains.Privacy;
using Grid.Grains.RollUp;
using Grid.Grains.Rules;
using Grid.Grains.Rules.Trial;
using Grid.Grains.Sectors;
using Grid.Grains.Territory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Grid.Grains;

/// <summary>What grains and the doors before them are made with. Storage ports, the clock and the runtime come from the host.</summary>
public static class GrainServices
{
    /// <summary>Registers the territory table, the doors for readings and devices, and what the grains count.</summary>
    public static IServiceCollection AddGridGrains(this IServiceCollection services)
    {
        services.AddSingleton<ITerritoryTable>(_ => TerritoryTable.Shared);
        services.AddDevices();
        services.AddSingleton<TerritoryParameters>();
        services.AddSingleton<ScopeSectors>();
        services.AddSingleton<TerritoryRules>();
        services.AddSingleton<RuleMeter>();
        services.AddSingleton<TrialPlaces>();
        services.AddSingleton(new SectorOptions());
        services.AddSingleton(new LogWriterOptions());
        services.AddSingleton<SectorMeter>();
        services.AddSingleton<CrossTradeInstruments>();
        services.TryAddSingleton(new NotifierOptions());
        services.AddSingleton<NotificationInstruments>();
        services.AddSingleton<Notifier>();
        services.AddSingleton<ScopeCheck>();
        services.AddSingleton<OnCallDirectory>();
        services.AddSingleton<IRuleOutlet, RuleOutlet>();
        services.AddSingleton<WorkingTime>();
        services.AddSingleton<DeadlineRules>();
        services.AddSingleton<WorkOrderRules>();
        services.AddSingleton<InterventionInstruments>();
        services.AddSingleton(new ControllersOptions());
        services.AddSingleton(new HistoryFeedOptions());
        services.AddSingleton<HistoryFeed>();
        services.AddSingleton<LogRelease>();
        services.AddSingleton<HistorySubjects>();
        services.AddSingleton<IHistorySubjects>(provider => provider.GetRequiredService<HistorySubjects>());
        services.AddSingleton(new FigureOptions());
        services.AddSingleton<IntakeGate>();
        services.AddSingleton<LogWriter>();
        services.AddSingleton<DeviceDirectory>();
        services.AddSingleton<IDeviceDirectory>(provider => provider.GetRequiredService<DeviceDirectory>());
        services.AddSingleton(provider => new ReadingIntake(
            provider.GetRequiredService<DeviceDirectory>(),
            provider.GetRequiredService<LogWriter>(),
            provider.GetRequiredService<HistoryFeed>(),
            provider.GetRequiredService<IntakeGate>(),
            provider.GetRequiredService<LocalCalendars>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IIntake>(provider => provider.GetRequiredService<ReadingIntake>());
        services.AddSingleton(provider => new Registrar(
            provider.GetRequiredService<IDeviceRegistry>(),
            provider.GetRequiredService<ISubscriberKeys>(),
            provider.GetRequiredService<ITerritoryTable>(),
            provider.GetRequiredService<DeviceDirectory>(),
            provider.GetRequiredService<LogWriter>(),
            new AlarmMoves(provider.GetRequiredService<IGrainFactory>(), provider.GetRequiredService<ITerritoryTable>()),
            provider.GetRequiredService<IHistory>(),
            provider.GetRequiredService<HistoryFeed>(),
            provider.GetRequiredService<IntakeGate>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Registrar>>()));
        services.AddSingleton<MemberSearch>();
        services.AddSingleton<ISubscribers, Subscribers>();
        services.AddSingleton<IRegistrar>(provider => provider.GetRequiredService<Registrar>());
        return services;
    }
}
