using Grid.Contracts.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Connectors.Outbox;

/// <summary>Registers the sender of downlinks.</summary>
public static class OutboxServices
{
    /// <summary>Adds the sender over the <see cref="IOutbox"/> that is registered by then, which wakes it from then on.</summary>
    /// <exception cref="InvalidOperationException">No outbox is registered yet, or not by a factory.</exception>
    public static IServiceCollection AddOutboxSender(this IServiceCollection services, OutboxOptions options)
    {
        var stored = services.LastOrDefault(service => service.ServiceType == typeof(IOutbox))?.ImplementationFactory
            ?? throw new InvalidOperationException("The sender of downlinks is registered after its outbox.");
        services.AddSingleton(options);
        services.AddSingleton<OutboxBell>();
        services.AddSingleton<IOutbox>(provider => new RingingOutbox(
            (IOutbox)stored(provider), provider.GetRequiredService<OutboxBell>(), provider.GetRequiredService<TimeProvider>()));
        return services.AddHostedService<OutboxSender>();
    }
}
