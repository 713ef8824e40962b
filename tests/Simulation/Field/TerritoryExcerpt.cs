using System.Collections.Immutable;
using Grid.Contracts.Territories;
using Grid.Simulation.Faults;

namespace Grid.Simulation.Field;

/// <summary>Some communes of a real department: a small world has few, one of them large enough for several sectors.</summary>
internal sealed class TerritoryExcerpt : ITerritoryTable
{
    private const int TownFrom = 8_000;
    private const int TownTo = 20_000;

    private readonly ITerritoryTable _whole;

    public TerritoryExcerpt(ITerritoryTable whole, string department, int communes, Chance chance)
    {
        _whole = whole;
        var all = whole.CommunesOf(department);
        var towns = all.Where(commune => commune.Population is >= TownFrom and <= TownTo).ToList();
        var chosen = new List<Commune> { towns.Count > 0 ? chance.OneOf(towns) : all.MaxBy(commune => commune.Population)! };
        while (chosen.Count < Math.Min(communes, all.Length))
        {
            var next = chance.OneOf(all);
            if (!chosen.Contains(next))
            {
                chosen.Add(next);
            }
        }

        Communes = [.. chosen.OrderBy(commune => commune.InseeCode, StringComparer.Ordinal)];
        Departments = [whole.FindDepartment(department)!];
        Epcis = [.. whole.Epcis.Where(epci => Communes.Any(commune => commune.EpciSiren == epci.Siren))];
    }

    public ImmutableArray<Commune> Communes { get; }

    public ImmutableArray<Department> Departments { get; }

    public ImmutableArray<Body> Epcis { get; }

    public Commune? FindCommune(string inseeCode) => Communes.FirstOrDefault(commune => commune.InseeCode == inseeCode);

    public Department? FindDepartment(string code) => _whole.FindDepartment(code);

    public ImmutableArray<Commune> CommunesOf(string department) => [.. Communes.Where(commune => commune.Department == department)];
}
