using System.Text.Json.Nodes;
using Grid.Client.Json;
using Grid.Client.Live;
using Grid.Client.Territories;
using Grid.Contracts.Devices;
using Grid.Contracts.Territories;
using Grid.Grains.Territory;
using Grid.Simulation.Live;
using Grid.Simulation.Machine;

namespace Grid.Simulation.Checks;

/// <summary>I5: what a live client shows after it caught up is what the server has for its scope: the devices, the figures, and nothing else.</summary>
internal static class LiveCheck
{
    /// <summary>What differs now; empty when nothing does.</summary>
    public static async Task<IReadOnlyList<string>> CompareAsync(World world, GridProcess process, SimulatedClient client)
    {
        var differences = new List<string>();
        if (client.Cursor is null)
        {
            differences.Add($"{client.Name} ({client.Scope}) has no whole snapshot after quiet");
            return differences;
        }

        if (client.Filter.Devices)
        {
            await CompareDevicesAsync(world, process, client, differences);
        }

        if (client.Scope.Kind != ScopeKind.All)
        {
            await CompareFiguresAsync(process, client, differences);
        }

        return differences;
    }

    private static async Task CompareDevicesAsync(World world, GridProcess process, SimulatedClient client, List<string> differences)
    {
        var expected = new OrderedDictionary<string, (string Status, (string Name, double Value)[] Metrics)>(StringComparer.Ordinal);
        var (grains, isIn) = (process.Get<Client.IGridGrains>(), IsIn(world, client));
        foreach (var record in world.Registry.Devices.Values.Where(record => isIn(record.Descriptor)))
        {
            var view = await grains.Device(record.Descriptor.Kind, record.Descriptor.Id).GetView();
            expected.Add(record.Descriptor.Id, (Words<DeviceStatus>.Of(view.Status), [.. view.Reported.Select(metric => (metric.Name, metric.Value))]));
        }

        foreach (var stranger in client.Devices.Keys.Where(device => !expected.ContainsKey(device)).Order(StringComparer.Ordinal))
        {
            differences.Add($"{client.Name} ({client.Scope}) shows {stranger}, which is not in its scope any more");
        }

        foreach (var (device, (status, metrics)) in expected)
        {
            if (!client.Devices.TryGetValue(device, out var shown))
            {
                differences.Add($"{client.Name} ({client.Scope}) does not show {device}");
            }
            else if (shown.Status != status)
            {
                differences.Add($"{client.Name} ({client.Scope}) shows {device} as {shown.Status}; it is {status}");
            }
            else if (shown.Metrics.Count != metrics.Length || !metrics.All(shown.Metrics.Contains))
            {
                differences.Add($"{client.Name} ({client.Scope}) shows {device} with {Text(shown.Metrics)}; it has {Text(metrics)}");
            }
        }
    }

    private static async Task CompareFiguresAsync(GridProcess process, SimulatedClient client, List<string> differences)
    {
        ITerritoryGrain grain = client.Scope.Kind switch
        {
            ScopeKind.Commune => process.Grains.GetGrain<ICommuneGrain>(client.Scope.Key),
            ScopeKind.Syndicate => process.Grains.GetGrain<IBodyGrain>(client.Scope.Key),
            _ => process.Grains.GetGrain<IBodyGrain>(TerritoryKeys.OfDepartment(client.Scope.Key)),
        };
        var expected = System.Text.Json.JsonSerializer.Serialize(SummaryPresenting.Present(await grain.GetSummary(), client.Cursor!), GridJson.Default.SummaryModel);
        if (client.Summary is null || !JsonNode.DeepEquals(WithoutCursor(expected), WithoutCursor(client.Summary)))
        {
            differences.Add($"{client.Name} ({client.Scope}) shows {client.Summary ?? "no figures"}; the server has {expected}");
        }
    }

    private static JsonNode? WithoutCursor(string summary)
    {
        var node = JsonNode.Parse(summary);
        node?.AsObject().Remove("cursor");
        return node;
    }

    private static Func<DeviceDescriptor, bool> IsIn(World world, SimulatedClient client)
    {
        var kinds = client.Filter.Kinds;
        switch (client.Scope.Kind)
        {
            case ScopeKind.Commune:
                return device => kinds.HasFlag(KindOf(device)) && device.Commune == client.Scope.Key;
            case ScopeKind.Syndicate:
                var zone = TimeZoneInfo.FindSystemTimeZoneById(world.Territory.FindDepartment(world.Options.Department)!.ZoneId);
                var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(world.Clock.GetUtcNow(), zone).DateTime);
                var members = world.Registry.Members[client.Scope.Key].Where(member => member.HoldsOn(today)).ToLookup(member => member.Commune, StringComparer.Ordinal);
                return device => kinds.HasFlag(KindOf(device)) && members[device.Commune].Any(member => member.Kinds.HasFlag(KindOf(device)));
            default:
                return device => kinds.HasFlag(KindOf(device));
        }
    }

    private static DeviceKinds KindOf(DeviceDescriptor device) => (DeviceKinds)(1 << (int)device.Kind);

    private static string Text(IEnumerable<(string Name, double Value)> metrics) =>
        string.Join(", ", metrics.OrderBy(metric => metric.Name, StringComparer.Ordinal).Select(metric => FormattableString.Invariant($"{metric.Name} {metric.Value}")));
}
