using System.Collections.Immutable;
using System.Text.Json;
using Grid.Client;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Bins;
using Grid.Grains.Buildings;
using Grid.Grains.Cabinets;
using Grid.Grains.Devices;
using Grid.Grains.Environment;
using Grid.Grains.Meters;
using Grid.Grains.Parameters;
using Grid.Grains.Streetlights;
using Grid.Simulation.Machine;
using Grid.Storage.Sqlite;
using Orleans;

namespace Grid.Simulation.Checks;

/// <summary>
/// I2 for the parameters of rules: what communes and bodies give is there as it was answered last, and each device goes by what follows from it. That is worked out here
/// from what was answered and who is a member of what, and is held against the settings in the device's stored state.
/// </summary>
internal static class ParametersCheck
{
    private static readonly BodyKind[] NearestFirst = [BodyKind.Epci, BodyKind.Syndicate, BodyKind.Department];

    /// <summary>Everything that is not as it must be.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(World world, GridProcess process)
    {
        var wrong = new List<string>();
        foreach (var (scope, accepted) in world.Tuners.Accepted)
        {
            var shown = (await process.Grains.GetGrain<IParametersGrain>(scope).Get()).Parameters;
            if (!ParameterSets.AreEqual(shown, accepted))
            {
                wrong.Add($"{scope} gives {Describe(shown)}; what was answered is {Describe(accepted)}");
            }
        }

        foreach (var (id, record) in world.Registry.Devices)
        {
            var key = ("device", process.Get<IGridGrains>().Device(record.Descriptor.Kind, id).GetGrainId());
            var stored = world.Grains.Records.TryGetValue(key, out var found) ? found.ToJson() : null;
            var (is_, mustBe) = Settings(record.Descriptor.Kind, stored, AsItsOwn(world, record.Descriptor));
            if (is_ != mustBe)
            {
                wrong.Add($"device {id} goes by {is_ ?? "nothing"}; by its own attributes and what its territories give it must be {mustBe}");
            }
        }

        return wrong;
    }

    /// <summary>The device as if it said itself what its territories give to it.</summary>
    private static DeviceDescriptor AsItsOwn(World world, DeviceDescriptor device)
    {
        var attributes = device.Attributes;
        var givers = GiversTo(world, device).ToList();
        foreach (var parameter in ParameterTable.Of(device.Kind))
        {
            ImmutableArray<string> together = parameter.Bound.IsEmpty ? [parameter.Name] : parameter.Bound;
            if (together.Any(device.Attributes.ContainsKey))
            {
                continue;
            }

            var giver = givers.FirstOrDefault(values => together.Any(values.ContainsKey));
            if (giver is not null && giver.TryGetValue(parameter.Name, out var value))
            {
                attributes = attributes.SetItem(parameter.Name, value);
            }
        }

        return device with { Attributes = attributes };
    }

    /// <summary>What the commune gives to devices of its kind, then what each competent body does, the nearest first.</summary>
    private static IEnumerable<Dictionary<string, AttributeValue>> GiversTo(World world, DeviceDescriptor device)
    {
        var competent = MembersToday(world, device.Commune)
            .Where(member => (member.Kinds & (DeviceKinds)(1 << (int)device.Kind)) != 0)
            .Select(member => world.Registry.Bodies[member.Body])
            .Distinct()
            .OrderBy(body => Array.IndexOf(NearestFirst, body.Kind)).ThenBy(body => body.Siren, StringComparer.Ordinal);
        foreach (var scope in competent.Select(body => ParameterScopes.OfBody(body.Siren)).Prepend(ParameterScopes.OfCommune(device.Commune)))
        {
            if (world.Tuners.Accepted.TryGetValue(scope, out var sets))
            {
                yield return sets.Where(set => set.Kind == device.Kind).SelectMany(set => set.Values).ToDictionary(value => value.Name, value => value.Value, StringComparer.Ordinal);
            }
        }
    }

    /// <summary>The memberships of a commune that hold on its local day.</summary>
    public static IEnumerable<Membership> MembersToday(World world, string commune)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(world.Territory.FindDepartment(world.Options.Department)!.ZoneId);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(world.Clock.GetUtcNow(), zone).DateTime);
        return world.Registry.Members.Values.SelectMany(members => members).Where(member => member.Commune == commune && !(member.From > today) && !(member.To < today));
    }

    private static (string? Is, string MustBe) Settings(DeviceKind kind, byte[]? stored, DeviceDescriptor device) => kind switch
    {
        DeviceKind.Cabinet => Settings<CabinetRules, CabinetSettings, CabinetState>(stored, device),
        DeviceKind.Streetlight => Settings<StreetlightRules, StreetlightSettings, StreetlightState>(stored, device),
        DeviceKind.Meter => Settings<MeterRules, MeterSettings, MeterState>(stored, device),
        DeviceKind.Building => Settings<BuildingRules, BuildingSettings, BuildingState>(stored, device),
        DeviceKind.Bin => Settings<BinRules, BinSettings, BinState>(stored, device),
        DeviceKind.Environment => Settings<EnvironmentRules, EnvironmentSettings, EnvironmentState>(stored, device),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "is no kind of device"),
    };

    private static (string? Is, string MustBe) Settings<TRules, TSettings, TState>(byte[]? stored, DeviceDescriptor device)
        where TRules : IDeviceRules<TSettings, TState>
        where TSettings : class
        where TState : struct
    {
        var state = stored is null ? null : JsonSerializer.Deserialize<DeviceState<TSettings, TState>>(stored, StateJson.Options);
        return (state?.Settings is { } settings ? Text(settings) : null, Text(TRules.Parse(device)));

        static string Text(TSettings settings) => JsonSerializer.Serialize(settings, StateJson.Options);
    }

    private static string Describe(ImmutableArray<ParameterSet> sets) =>
        string.Join("; ", sets.Select(set => $"{set.Kind}: {string.Join(", ", set.Values.Select(value => $"{value.Name}={value.Value.Number?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? value.Value.Flag?.ToString()}"))}"));
}
