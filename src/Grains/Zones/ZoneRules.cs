using Grid.Contracts.Devices;
using Grid.Contracts.Zones;
using Grid.Grains.Devices;

namespace Grid.Grains.Zones;

/// <summary>What a registration that names a water zone must satisfy.</summary>
public static class ZoneRules
{
    /// <summary>What is wrong, by attribute.</summary>
    public static IEnumerable<(string Attribute, string Reason)> Check(DeviceDescriptor descriptor)
    {
        var zone = descriptor.Attributes.TryGetValue(ZonePlace.ZoneAttribute, out var id) ? id : default(AttributeValue?);
        var role = descriptor.Attributes.TryGetValue(ZonePlace.RoleAttribute, out var word) ? word : default(AttributeValue?);
        if (descriptor.Kind != DeviceKind.Meter)
        {
            // An attribute of other kinds with this name moves no rule.
            yield break;
        }

        if (zone is { } named && !DescriptorRules.IsKey(named.Text))
        {
            yield return (ZonePlace.ZoneAttribute, $"must be the id of a zone: 1 to {DescriptorRules.IdLength} of A-Z a-z 0-9 . _ : -");
        }
        else if (zone is not null && descriptor.Text("fluid") is not (null or "water"))
        {
            yield return (ZonePlace.ZoneAttribute, "is for meters of water");
        }

        if (role is { } given && !(given.Text is { } text && ZonePlace.Roles.Contains(text)))
        {
            yield return (ZonePlace.RoleAttribute, $"must be one of {string.Join(", ", ZonePlace.Roles)}");
        }
        else if (role is not null && zone is null)
        {
            yield return (ZonePlace.RoleAttribute, $"needs {ZonePlace.ZoneAttribute}");
        }
    }
}
