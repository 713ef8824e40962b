using Grid.Contracts.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Grid.Connectors.Notifications;

/// <summary>Registers the sender of notifications.</summary>
public static class NotificationServices
{
    /// <summary>Adds the sender over the <see cref="INotificationOutbox"/> that is registered by then, which wakes it from then on.</summary>
    /// <exception cref="InvalidOperationException">No outbox is registered yet, or not by a factory.</exception>
    public static IServiceCollection AddNotificationSender(this IServiceCollection services, NotificationSenderOptions options, SmtpOptions smtp)
    {
        var stored = services.LastOrDefault(service => service.ServiceType == typeof(INotificationOutbox))?.ImplementationFactory
            ?? throw new InvalidOperationException("The sender of notifications is registered after their outbox.");
        services.AddSingleton(options);
        services.AddSingleton(smtp);
        services.AddSingleton<NotificationBell>();
        services.AddSingleton<INotificationOutbox>(provider => new RingingNotificationOutbox((INotificationOutbox)stored(provider), provider.GetRequiredService<NotificationBell>()));
        services.AddSingleton<INotificationCarrier>(provider => new WebhookCarrier(options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<INotificationCarrier>(provider => new EmailCarrier(smtp, options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new NotificationSender(
            provider.GetRequiredService<INotificationOutbox>(),
            provider.GetRequiredService<IGrainFactory>(),
            provider.GetServices<INotificationCarrier>(),
            provider.GetRequiredService<IAuditLog>(),
            options,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<NotificationSender>>(),
            provider.GetRequiredService<NotificationBell>()));
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<NotificationSender>());
        return services;
    }
}
