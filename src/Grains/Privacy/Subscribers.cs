using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Grains.Intake;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Grid.Grains.Privacy;

/// <summary>See <see cref="ISubscribers"/>.</summary>
internal sealed partial class Subscribers(
    DeviceDirectory directory,
    IDeviceRegistry registry,
    IRegistrar registrar,
    ISubscriberKeys keys,
    ISecretRandom random,
    IHistory history,
    IGrainFactory grains,
    TimeProvider clock,
    ILogger<Subscribers> logger) : ISubscribers
{
    /// <summary>A device may be registered for the subscriber while the others are made nobody's: then once more, this often.</summary>
    private const int Rounds = 5;

    /// <inheritdoc />
    public ImmutableArray<string> DevicesOf(string subscriber) => [.. directory.DevicesOf(subscriber)];

    /// <inheritdoc />
    public async Task<SubscriberErasure?> EraseAsync(string subscriber, CancellationToken cancellationToken)
    {
        if (!keys.Has(subscriber))
        {
            return keys.ErasedAt(subscriber) is { } before ? new SubscriberErasure(keys.PseudonymOf(subscriber), [], before) : null;
        }

        var devices = ImmutableArray.CreateBuilder<string>();
        for (var round = 0; round < Rounds && DevicesOf(subscriber) is { IsEmpty: false } left; round++)
        {
            var sectors = await MakeNobodysAsync(left, cancellationToken);
            devices.AddRange(left);
            foreach (var device in left)
            {
                // What is durable is unreadable without the key; what is in memory must go too, and the room that both take.
                await history.DeleteAsync(device, CancellationToken.None);
            }

            foreach (var sector in sectors)
            {
                // What the sector and its devices have stored is from then on without what was theirs; and the log before it goes.
                await grains.GetGrain<ISectorGrain>(sector).Checkpoint();
            }
        }

        // Last, so that the territories' figures are stored without it before it becomes unreadable.
        await keys.DestroyAsync(subscriber, CancellationToken.None);
        var pseudonym = keys.PseudonymOf(subscriber);
        LogErased(logger, pseudonym, devices.Count);
        return new SubscriberErasure(pseudonym, devices.ToImmutable(), keys.ErasedAt(subscriber) ?? clock.GetUtcNow());
    }

    private async Task<IReadOnlyCollection<string>> MakeNobodysAsync(ImmutableArray<string> devices, CancellationToken cancellationToken)
    {
        var sectors = new HashSet<string>(StringComparer.Ordinal);
        var changed = new List<DeviceDescriptor>();
        foreach (var device in devices)
        {
            if (await registry.GetAsync(device, cancellationToken) is { } record)
            {
                sectors.Add(record.Sector);
                changed.Add(NobodysOf(record.Descriptor));
            }
        }

        var result = await registrar.PutAsync(changed, CancellationToken.None);
        return result.Errors.IsEmpty
            ? sectors
            : throw new InvalidOperationException($"A device could not be registered as nobody's: {result.Errors[0].Field} {result.Errors[0].Reason}.");
    }

    /// <summary>
    /// The device as nobody's: still a dwelling's, so what it goes on to report is sealed with a key of its own and kept daily at the finest. Where it rested on the
    /// person's consent nothing is left to rest on, and nothing is kept until somebody registers a basis.
    /// </summary>
    private DeviceDescriptor NobodysOf(DeviceDescriptor device)
    {
        Span<byte> bytes = stackalloc byte[12];
        random.Fill(bytes);
        var attributes = PersonalData.WithoutPersonal(device).Attributes
            .SetItem(PersonalData.Subscriber, AttributeValue.Of($"anonymous-{Convert.ToHexStringLower(bytes)}"))
            .Remove(PersonalData.ConsentedAt)
            .Remove(PersonalData.ConsentEndsAt);
        if (device.Flag(PersonalData.Dwelling))
        {
            attributes = attributes.SetItem(PersonalData.Granularity, AttributeValue.Of(PersonalData.Daily));
        }

        if (device.Text(PersonalData.LegalBasis) == "consent")
        {
            var now = AttributeValue.Of(clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            attributes = attributes.SetItem(PersonalData.ConsentedAt, now).SetItem(PersonalData.ConsentEndsAt, now);
        }

        return PersonalData.WithoutPersonal(device) with { Attributes = attributes, Connector = device.Connector };
    }

    [LoggerMessage(EventId = 1310, Level = LogLevel.Information, Message = "Subscriber {Pseudonym} was erased; {Devices} devices go on as nobody's")]
    private static partial void LogErased(ILogger logger, string pseudonym, int devices);
}
