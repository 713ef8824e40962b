namespace Grid.Grains.Territory;

/// <summary>A current commune of France.</summary>
/// <param name="InseeCode">Five characters; Corsica's have a letter (<c>2A004</c>).</param>
/// <param name="Name">Official name.</param>
/// <param name="Department">Code of the department or overseas collectivity, two or three characters.</param>
/// <param name="EpciSiren">SIREN of its EPCI, nine digits; null for the few communes that belong to none.</param>
/// <param name="Population">Municipal population; 0 where nobody lives.</param>
/// <param name="Longitude">WGS 84, degrees east.</param>
/// <param name="Latitude">WGS 84, degrees north.</param>
/// <param name="IsApproximate">True when the position was estimated from its neighbours: fit for a map, not for an address.</param>
public sealed record Commune(
    string InseeCode,
    string Name,
    string Department,
    string? EpciSiren,
    int Population,
    double Longitude,
    double Latitude,
    bool IsApproximate);

/// <summary>A public body of communes with its own taxation.</summary>
/// <param name="Siren">Nine digits.</param>
/// <param name="Name">Official name.</param>
/// <param name="Kind"><c>CC</c>, <c>CA</c>, <c>CU</c>, <c>METRO</c> or <c>MET69</c>.</param>
public sealed record Epci(string Siren, string Name, string Kind);

/// <summary>A department, or an overseas collectivity that stands in its place.</summary>
/// <param name="Code">Two characters, three overseas.</param>
/// <param name="Name">Official name.</param>
/// <param name="ZoneId">IANA time zone of its local day.</param>
public sealed record Department(string Code, string Name, string ZoneId);
