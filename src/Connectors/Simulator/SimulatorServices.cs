using Grid.Contracts.Commands;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Grid.Connectors.Simulator;

/// <summary>Composition of the simulator.</summary>
public static class SimulatorServices
{
    /// <summary>
    /// Adds the simulator and its downlink sender. It needs the intake, the device registry, the device directory, the territory table and a clock.
    /// </summary>
    /// <param name="services">Where to.</param>
    /// <param name="options">Checked settings.</param>
    /// <param name="whenReady">Completes when the grid takes readings.</param>
    public static IServiceCollection AddGridSimulator(
        this IServiceCollection services, SimulatorOptions options, Func<IServiceProvider, CancellationToken, Task> whenReady)
    {
        services.AddSingleton(options);
        services.AddSingleton<SimulatorDownlinkSender>();
        services.AddSingleton<IDownlinkSender>(provider => provider.GetRequiredService<SimulatorDownlinkSender>());
        services.AddSingleton<SimulatorDriver>();
        services.AddHostedService(provider => new SimulatorService(
            provider.GetRequiredService<SimulatorDriver>(),
            cancellationToken => whenReady(provider, cancellationToken),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SimulatorService>>()));
        return services;
    }
}
