using Grid.Connectors.Notifications;
using Grid.Contracts.Notifications;
using Grid.Contracts.Storage;
using Grid.Grains.Notifications;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.Tests.City.Notifications;

/// <summary>A city with a sender of notifications and receivers that its test writes.</summary>
internal sealed class NotifyingCity : IAsyncDisposable
{
    private readonly NotificationSender _sender;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    private NotifyingCity(TestCity city, NotificationSenderOptions options, Receivers? webhooks)
    {
        City = city;
        Webhooks = webhooks ?? new Receivers(EndpointKind.Webhook, city.Get<TimeProvider>());
        Mails = new Receivers(EndpointKind.Email, city.Get<TimeProvider>());
        _sender = new NotificationSender(
            city.Get<INotificationOutbox>(),
            city.Grains,
            [Webhooks, Mails],
            city.Get<IAuditLog>(),
            options,
            city.Get<TimeProvider>(),
            NullLogger<NotificationSender>.Instance,
            new NotificationBell());
        _running = _sender.RunUntilAsync(_stopping.Token);
    }

    public TestCity City { get; }

    public Receivers Webhooks { get; }

    public Receivers Mails { get; }

    public INotificationEndpointsGrain Endpoints => City.Grains.GetGrain<INotificationEndpointsGrain>(INotificationEndpointsGrain.Key);

    public static async Task<NotifyingCity> StartAsync(NotificationSenderOptions? options = null) => new(await TestCity.StartAsync(), options ?? new NotificationSenderOptions(), null);

    /// <summary>A sender over a city that is there.</summary>
    public static NotifyingCity Over(TestCity city) => new(city, new NotificationSenderOptions(), null);

    public Task AddWebhookAsync(string id, string scope = "commune:29019") => AddAsync(new NotificationEndpoint { Id = id, Kind = EndpointKind.Webhook, Address = $"https://{id}.example/hook", Scope = scope });

    public Task AddMailAsync(string id, string scope = "commune:29019", NotificationLanguage language = NotificationLanguage.Fr) =>
        AddAsync(new NotificationEndpoint { Id = id, Kind = EndpointKind.Email, Address = $"{id}@example.org", Scope = scope, Language = language });

    public async Task NotifyAsync(string endpoint, string id) => Assert.Equal(
        NotifyOutcome.Kept, await City.Get<Notifier>().NotifyAsync(City.Grains, endpoint, new NotificationText(id, "test", new("Essai", "Test"), new("Un essai", "A test"))));

    public async Task<NotificationDelivery> DeliveryAsync(string id) => (await City.Get<INotificationOutbox>().GetAsync(id, CancellationToken.None))!;

    public Task UntilAsync(string id, NotificationState state) => City.UntilAsync(async () => (await DeliveryAsync(id)).State == state, () => $"{id} to be {state}");

    /// <summary>Lets time pass until the notification was tried so often, or is finished.</summary>
    public async Task<NotificationDelivery> UntilTriedAsync(string id, int tries)
    {
        var due = (await DeliveryAsync(id)).DueAt;
        if (due > City.Now)
        {
            await City.PassAsync(due - City.Now);
        }

        await City.UntilAsync(
            async () => await DeliveryAsync(id) is var delivery && (delivery.State != NotificationState.Pending || (delivery.Attempts >= tries && delivery.DueAt > due)),
            () => $"try {tries} of {id}");
        return await DeliveryAsync(id);
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
        _sender.Dispose();
        await City.DisposeAsync();
    }

    private async Task AddAsync(NotificationEndpoint endpoint) => Assert.Empty((await Endpoints.Put(endpoint, renewsSecret: false)).Faults);
}
