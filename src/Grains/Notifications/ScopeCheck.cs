using Grid.Contracts.Intake;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;

namespace Grid.Grains.Notifications;

/// <summary>Whether a scope exists: <c>device:ID</c>, <c>commune:29019</c>, <c>syndicate:SIREN</c>, <c>department:29</c>.</summary>
/// <param name="table">Communes and departments.</param>
/// <param name="bodies">Bodies.</param>
/// <param name="devices">Devices.</param>
public sealed class ScopeCheck(ITerritoryTable table, IBodyRegistry bodies, IDeviceDirectory devices)
{
    /// <summary>What is wrong with it, for people; null when it exists.</summary>
    public async Task<string?> FaultAsync(string scope)
    {
        var colon = scope.IndexOf(':', StringComparison.Ordinal);
        var (kind, key) = colon < 0 ? (scope, "") : (scope[..colon], scope[(colon + 1)..]);
        return kind switch
        {
            "device" => devices.Find(key) is null ? "names no device that is registered" : null,
            "commune" => table.FindCommune(key) is null ? "names no commune that is known" : null,
            "department" => table.FindDepartment(key) is null ? "names no department that is known" : null,
            "syndicate" => await bodies.GetAsync(key, CancellationToken.None) is null ? "names no body that is known" : null,
            _ => "is no scope such as commune:29019, syndicate:SIREN, department:29 or device:ID",
        };
    }
}
