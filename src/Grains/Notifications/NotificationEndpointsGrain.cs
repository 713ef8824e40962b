using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Notifications;
using Grid.Contracts.Storage;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Notifications;

/// <summary>The endpoints of the grid: see <see cref="INotificationEndpointsGrain"/>.</summary>
public sealed class NotificationEndpointsGrain(
    [PersistentState("notification-endpoints")] IPersistentState<StoredEndpoints> state,
    ScopeCheck scopes,
    Notifier notifier,
    ISecretRandom random,
    TimeProvider clock) : Grain, INotificationEndpointsGrain
{
    private const int SecretBytes = 32;
    private const string TestType = "test";

    // Only what is persisted: it is asked for while a change is under way.
    private FrozenDictionary<string, NotificationEndpoint> _byId = FrozenDictionary<string, NotificationEndpoint>.Empty;
    private ImmutableArray<NotificationEndpoint> _all = [];

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Show();
        return base.OnActivateAsync(cancellationToken);
    }

    public async Task<EndpointAnswer> Put(NotificationEndpoint endpoint, bool renewsSecret)
    {
        var former = _byId.GetValueOrDefault(endpoint.Id);
        var faults = EndpointChecks.Check(endpoint).ToBuilder();
        if (await scopes.FaultAsync(endpoint.Scope) is { } fault)
        {
            faults.Add(new("scope", fault));
        }

        if (former is null && _all.Length >= INotificationEndpointsGrain.MaximumEndpoints)
        {
            faults.Add(new("id", string.Create(CultureInfo.InvariantCulture, $"would be one more than the {INotificationEndpointsGrain.MaximumEndpoints} endpoints that there may be")));
        }

        if (faults.Count > 0)
        {
            return new EndpointAnswer { Faults = faults.DrainToImmutable() };
        }

        var kept = former?.Kind == EndpointKind.Webhook && !renewsSecret ? former.Secret : null;
        var made = endpoint.Kind == EndpointKind.Webhook && endpoint.Secret is null && kept is null ? NewSecret() : null;
        var next = endpoint with
        {
            Secret = endpoint.Kind == EndpointKind.Webhook ? endpoint.Secret ?? kept ?? made : null,
            DisabledReason = endpoint.IsEnabled ? null : former?.DisabledReason,
            ChangedAt = former?.ChangedAt ?? default,
        };
        if (next != former)
        {
            next = next with { ChangedAt = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds()) };
            await WriteAsync([.. _all.Where(other => other.Id != next.Id).Append(next).OrderBy(other => other.Id, StringComparer.Ordinal)]);
        }

        return new EndpointAnswer { IsNew = former is null, Endpoint = next, MadeSecret = made };
    }

    public async Task<bool> Remove(string id)
    {
        if (!_byId.ContainsKey(id))
        {
            return false;
        }

        await WriteAsync([.. _all.Where(other => other.Id != id)]);
        return true;
    }

    public async Task<bool> Disable(string id, string address, string reason)
    {
        if (_byId.GetValueOrDefault(id) is not { IsEnabled: true } endpoint || endpoint.Address != address)
        {
            return false;
        }

        await WriteAsync([.. _all.Select(other => other.Id == id ? endpoint with { IsEnabled = false, DisabledReason = reason } : other)]);
        return true;
    }

    public async Task<string?> Test(string id, string by)
    {
        var now = clock.GetUtcNow();
        var text = new NotificationText(
            NotificationIds.Of("test", id, now.UtcTicks.ToString(CultureInfo.InvariantCulture)),
            TestType,
            new($"Essai : message pour {id}", $"Test: message for {id}"),
            new($"Ceci est un essai, demandé par {by}. Si vous le lisez, les alarmes arriveront ici.", $"This is a test, asked for by {by}. As you can read it, alarms will arrive here."));
        return await notifier.NotifyAsync(GrainFactory, id, text) is NotifyOutcome.Kept or NotifyOutcome.KeptBefore ? text.Id : null;
    }

    public Task<bool> Retry(string notification) => notifier.RetryAsync(notification);

    public ValueTask<NotificationEndpoint?> Find(string id) => new(_byId.GetValueOrDefault(id));

    public ValueTask<ImmutableArray<NotificationEndpoint>> List() => new(_all);

    private string NewSecret()
    {
        Span<byte> bytes = stackalloc byte[SecretBytes];
        random.Fill(bytes);
        return EndpointChecks.SecretPrefix + Convert.ToBase64String(bytes);
    }

    private async Task WriteAsync(ImmutableArray<NotificationEndpoint> next)
    {
        state.State = new StoredEndpoints { Endpoints = next };
        try
        {
            await state.WriteStateAsync();
            Show();
        }
        catch
        {
            // Whether it is stored is not known: the next activation reads it.
            DeactivateOnIdle();
            throw;
        }
    }

    private void Show()
    {
        _all = state.State.Endpoints;
        _byId = _all.ToFrozenDictionary(endpoint => endpoint.Id, StringComparer.Ordinal);
    }
}
