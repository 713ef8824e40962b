using System.Globalization;
using Grid.Client.Audit;
using Grid.Client.Devices;
using Grid.Client.Errors;
using Grid.Client.Rights;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Storage;
using Microsoft.AspNetCore.Http;

namespace Grid.Client.Import;

/// <summary>Registers devices as they are read, a batch after the other, so that no more than a batch is held; what is wrong with one costs no other.</summary>
internal sealed class DeviceImport(IDeviceRegistry registry, IRegistrar registrar)
{
    private const int BatchSize = 1_000;

    private readonly SemaphoreSlim _room = new(2, 2);

    /// <summary>Takes one of the two places for imports; false when others have them.</summary>
    public bool TryEnter() => _room.Wait(0);

    public void Leave() => _room.Release();

    public async Task<ImportAnswer> RunAsync(HttpContext http, IAsyncEnumerable<ImportedDevice> devices)
    {
        var (created, replaced) = (0, 0);
        var rejected = new List<RejectedDevice>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        var batch = new List<DeviceDescriptor>(BatchSize);
        await foreach (var device in devices)
        {
            if (await BindAsync(device, lines, rejected, Territory.Of(http), http.RequestAborted) is not { } descriptor)
            {
                continue;
            }

            lines[descriptor.Id] = device.Line;
            batch.Add(descriptor);
            if (batch.Count == BatchSize)
            {
                await PutAsync();
            }
        }

        await PutAsync();
        return new(created + replaced, created, replaced, [.. rejected.OrderBy(device => device.Line)]);

        async Task PutAsync()
        {
            if (batch.Count == 0)
            {
                return;
            }

            // Once begun it is finished, even when the caller leaves.
            var result = await registrar.PutAsync(batch, CancellationToken.None);
            rejected.AddRange(result.Errors.Select(error => new RejectedDevice(lines[error.Device], error.Device, error.Field, error.Reason)));
            (created, replaced) = (created + result.Created, replaced + result.Replaced);
            if (result.Created + result.Replaced > 0)
            {
                await http.AuditStepAsync("devices", Describe(batch, result, lines));
            }

            batch.Clear();
        }
    }

    private async Task<DeviceDescriptor?> BindAsync(ImportedDevice device, Dictionary<string, int> lines, List<RejectedDevice> rejected, Territory territory, CancellationToken cancellationToken)
    {
        var id = device.Input.Id;
        var errors = new List<FieldError>(device.Errors);
        var descriptor = default(DeviceDescriptor);
        if (id is not null && lines.TryGetValue(id, out var former))
        {
            errors.Add(new("id", string.Create(CultureInfo.InvariantCulture, $"is that of line {former} too")));
        }
        else if (errors.Count == 0)
        {
            // A secret that is left out stays as it is.
            var known = (device.Input.Connector is not null || !territory.IsWhole) && id is not null && DeviceBinding.IsKey(id) ? await registry.GetAsync(id, cancellationToken) : null;
            descriptor = DeviceBinding.Bind(id ?? "", device.Input, known?.Descriptor, errors);
            if (descriptor is not null && !(territory.Covers(descriptor.Commune, descriptor.Kind) && (known is null || territory.Covers(known.Descriptor.Commune, known.Descriptor.Kind))))
            {
                errors.Add(new("commune", "is outside of where your rights hold, or that of the device as it is"));
                descriptor = null;
            }
        }

        rejected.AddRange(errors.Select(error => new RejectedDevice(device.Line, id, error.Field, error.Reason)));
        return descriptor;
    }

    private static string Describe(List<DeviceDescriptor> batch, RegistrationResult result, Dictionary<string, int> lines)
    {
        var communes = string.Join(' ', batch.Select(device => device.Commune).Distinct().Order(StringComparer.Ordinal));
        return string.Create(
            CultureInfo.InvariantCulture, $"imported lines {lines[batch[0].Id]} to {lines[batch[^1].Id]}: {result.Created} created, {result.Replaced} replaced; communes {communes}");
    }
}
