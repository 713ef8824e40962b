using System.Collections.Immutable;
using System.Text;
using Grid.Contracts.Territories;

namespace Grid.Grains.Territory;

/// <summary>
/// All current communes of France with their EPCI and departments, read once from the files that ship inside this assembly
/// (<c>Territory/Data</c>, made by <c>tools/territory</c>). Immutable, and safe for all threads.
/// </summary>
public sealed class TerritoryTable : ITerritoryTable
{
    private static readonly string[] CommuneColumns = ["insee", "name", "department", "epci", "population", "longitude", "latitude", "approximate"];
    private static readonly string[] EpciColumns = ["siren", "name", "kind"];
    private static readonly string[] DepartmentColumns = ["code", "name", "zone"];
    private static readonly Lazy<TerritoryTable> Loaded = new(() => Parse(Resource("communes.tsv"), Resource("epci.tsv"), Resource("departments.tsv")));

    private readonly Dictionary<string, Commune> _communes;
    private readonly Dictionary<string, Body> _epcis;
    private readonly Dictionary<string, Department> _departments;
    private readonly Dictionary<string, ImmutableArray<Commune>> _byDepartment;
    private readonly Dictionary<string, ImmutableArray<Commune>> _byEpci;

    private TerritoryTable(ImmutableArray<Commune> communes, ImmutableArray<Body> epcis, ImmutableArray<Department> departments)
    {
        Communes = communes;
        Epcis = epcis;
        Departments = departments;
        _communes = communes.ToDictionary(commune => commune.InseeCode, StringComparer.Ordinal);
        _epcis = epcis.ToDictionary(epci => epci.Siren, StringComparer.Ordinal);
        _departments = departments.ToDictionary(department => department.Code, StringComparer.Ordinal);
        _byDepartment = Group(communes, commune => commune.Department);
        _byEpci = Group(communes.Where(commune => commune.EpciSiren is not null), commune => commune.EpciSiren!);
    }

    /// <summary>The table that ships with the program; read at first use.</summary>
    public static TerritoryTable Shared => Loaded.Value;

    /// <summary>All communes, in ordinal order of their INSEE code.</summary>
    public ImmutableArray<Commune> Communes { get; }

    /// <summary>All EPCI, in order of their SIREN.</summary>
    public ImmutableArray<Body> Epcis { get; }

    /// <summary>All departments and overseas collectivities, in order of their code.</summary>
    public ImmutableArray<Department> Departments { get; }

    /// <summary>The commune of this INSEE code, or null.</summary>
    public Commune? FindCommune(string inseeCode) => _communes.GetValueOrDefault(inseeCode);

    /// <summary>The EPCI of this SIREN, or null.</summary>
    public Body? FindEpci(string siren) => _epcis.GetValueOrDefault(siren);

    /// <summary>The department of this code, or null.</summary>
    public Department? FindDepartment(string code) => _departments.GetValueOrDefault(code);

    /// <summary>The communes of a department in order of their code; none for an unknown department.</summary>
    public ImmutableArray<Commune> CommunesOf(string code) => _byDepartment.GetValueOrDefault(code, []);

    /// <summary>The member communes of an EPCI in order of their code, from whichever department; none for an unknown one.</summary>
    public ImmutableArray<Commune> CommunesOfEpci(string siren) => _byEpci.GetValueOrDefault(siren, []);

    /// <summary>Reads the three files from their text.</summary>
    /// <exception cref="TerritoryFormatException">Something in them is malformed, doubled, unsorted or refers to nothing.</exception>
    public static TerritoryTable Parse(string communes, string epcis, string departments)
    {
        var departmentList = ReadDepartments(departments);
        var epciList = ReadEpcis(epcis);
        return new TerritoryTable(ReadCommunes(communes, epciList, departmentList), epciList, departmentList);
    }

    private static ImmutableArray<Department> ReadDepartments(string text)
    {
        var list = ImmutableArray.CreateBuilder<Department>(128);
        var file = new TerritoryFile("departments.tsv", text, DepartmentColumns, stackalloc Range[DepartmentColumns.Length]);
        while (file.Read()) list.Add(new Department(file.Code(0, 2, 3), file.Text(1), file.Text(2)));
        return list.ToImmutable();
    }

    private static ImmutableArray<Body> ReadEpcis(string text)
    {
        var list = ImmutableArray.CreateBuilder<Body>(1_300);
        var file = new TerritoryFile("epci.tsv", text, EpciColumns, stackalloc Range[EpciColumns.Length]);
        while (file.Read()) list.Add(new Body(file.Code(0, 9, 9), file.Text(1), BodyKind.Epci));
        return list.ToImmutable();
    }

    private static ImmutableArray<Commune> ReadCommunes(string text, ImmutableArray<Body> epcis, ImmutableArray<Department> departments)
    {
        // One string per department and EPCI, shared by their communes.
        var sirens = Names(epcis.Select(epci => epci.Siren));
        var codes = Names(departments.Select(department => department.Code));
        var list = ImmutableArray.CreateBuilder<Commune>(36_000);
        var file = new TerritoryFile("communes.tsv", text, CommuneColumns, stackalloc Range[CommuneColumns.Length]);
        while (file.Read())
        {
            var insee = file.Code(0, 5, 5);
            if (!codes.TryGetValue(file.Cell(2), out var department)) throw file.Malformed(2, $"'{file.Cell(2)}' is no known department");
            string? epci = null;
            if (!file.Cell(3).IsEmpty && !sirens.TryGetValue(file.Cell(3), out epci)) throw file.Malformed(3, $"'{file.Cell(3)}' is no known EPCI");
            list.Add(new Commune(insee, file.Text(1), department, epci, file.Count(4), file.Degrees(5, 180), file.Degrees(6, 90), file.Flag(7)));
        }

        return list.ToImmutable();
    }

    private static HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Names(IEnumerable<string> names) =>
        names.ToHashSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    private static Dictionary<string, ImmutableArray<Commune>> Group(IEnumerable<Commune> communes, Func<Commune, string> key) =>
        communes.GroupBy(key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.ToImmutableArray(), StringComparer.Ordinal);

    private static string Resource(string name)
    {
        using var stream = typeof(TerritoryTable).Assembly.GetManifestResourceStream($"Grid.Territory.{name}")
            ?? throw new TerritoryFormatException(name, 0, "file", "is missing from the assembly");
        using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
        return reader.ReadToEnd();
    }
}
