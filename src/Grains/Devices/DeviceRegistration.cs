using Grid.Contracts.Territories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Grid.Grains.Devices;

/// <summary>Registration of what devices need.</summary>
public static class DeviceRegistration
{
    /// <summary>
    /// Adds what device grains are made with; <see cref="ITerritoryTable"/>, <see cref="TimeProvider"/> and the meter factory come from the host.
    /// </summary>
    public static IServiceCollection AddDevices(this IServiceCollection services)
    {
        services.TryAddSingleton<LocalCalendars>();
        services.TryAddSingleton<LocalSkies>();
        services.TryAddSingleton<DeviceInstruments>();
        services.TryAddSingleton<DeviceContext>();
        return services;
    }
}
