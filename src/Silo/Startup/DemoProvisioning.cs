using System.Globalization;
using Grid.Connectors.Simulator;
using Grid.Contracts.Intake;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Orleans;

namespace Grid.Silo.Startup;

/// <summary>
/// Registers the demo's bodies and devices and makes their lighting plan, once, when the registry is empty. A mark in the data directory lasts from its beginning to its end:
/// one that was interrupted is completed at the next start, with the department, count and seed that it began with.
/// </summary>
internal sealed class DemoProvisioning(
    GridSettings settings,
    ITerritoryTable territory,
    IBodyRegistry bodies,
    IDeviceRegistry registry,
    IRegistrar registrar,
    IGrainFactory grains,
    StartupProgress progress)
{
    private const int BatchSize = 5_000;

    private string MarkPath => Path.Combine(settings.DataDirectory, "demo-under-way");

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var mark = await ReadMarkAsync(cancellationToken);
        if (mark is null && (!settings.DemoEnabled || await registry.CountAsync(cancellationToken) > 0))
        {
            return;
        }

        mark ??= new Mark(settings.DemoDepartment, settings.DemoDevices, settings.DemoSeed);
        await File.WriteAllTextAsync(MarkPath, mark.ToString(), cancellationToken);
        progress.Begin(string.Create(CultureInfo.InvariantCulture, $"Provisioning a demo of department {mark.Department} with {mark.Devices:N0} devices"));
        await DemoBodies.ProvisionAsync(bodies, territory, mark.Department, cancellationToken);
        var done = 0;
        foreach (var batch in DemoFleet.Create(territory, mark.Department, mark.Devices, mark.Seed).Chunk(BatchSize))
        {
            var result = await registrar.PutAsync(batch, cancellationToken);
            if (result.Errors.Length > 0)
            {
                throw new InvalidOperationException($"Demo device {result.Errors[0].Device}: {result.Errors[0].Field} {result.Errors[0].Reason}.");
            }

            progress.Advance(done += batch.Length, mark.Devices);
        }

        // Controllers say that they run it: a simulator that was told to be silent is given none.
        if (mark.Devices > 0 && settings.DemoRate is not 0)
        {
            await DemoPlan.ProvisionAsync(grains, DemoBodies.SyndicateOf(mark.Department));
        }

        File.Delete(MarkPath);
    }

    private async Task<Mark?> ReadMarkAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(MarkPath))
        {
            return null;
        }

        // Written before the first device; an empty one was cut off before anything was registered.
        var parts = (await File.ReadAllTextAsync(MarkPath, cancellationToken)).Split(' ');
        return parts.Length == 3 && territory.FindDepartment(parts[0]) is not null
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var devices)
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            ? new Mark(parts[0], devices, seed)
            : null;
    }

    private sealed record Mark(string Department, int Devices, int Seed)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Department} {Devices} {Seed}");
    }
}
