namespace Grid.Grains.Territory;

/// <summary>Keys of the grains that sum communes.</summary>
public static class TerritoryKeys
{
    private const string DepartmentPrefix = "department:";

    /// <summary>The key of a department's grain.</summary>
    public static string OfDepartment(string code) => DepartmentPrefix + code;

    /// <summary>The department's code, null when the key is a body's SIREN code.</summary>
    public static string? DepartmentOf(string key) => key.StartsWith(DepartmentPrefix, StringComparison.Ordinal) ? key[DepartmentPrefix.Length..] : null;
}
