using FsCheck;
using FsCheck.Fluent;
using Grid.Grains.Territory;

namespace Grid.Tests.Territory;

public sealed class TerritoryLookupProperties
{
    private static readonly TerritoryTable Table = TerritoryTable.Shared;
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(1_000);

    [Fact]
    public void Every_lookup_of_a_commune_leads_back_to_it()
    {
        Check.One(Thorough, Prop.ForAll(Gen.Elements(Table.Communes.AsEnumerable()).ToArbitrary(), commune =>
            ReferenceEquals(Table.FindCommune(commune.InseeCode), commune)
            && Table.CommunesOf(commune.Department).Contains(commune)
            && Table.FindDepartment(commune.Department) is not null
            && (commune.EpciSiren is null || (Table.CommunesOfEpci(commune.EpciSiren).Contains(commune) && Table.FindEpci(commune.EpciSiren) is not null))));
    }

    [Fact]
    public void A_code_that_is_in_no_list_finds_nothing()
    {
        var known = Table.Communes.Select(commune => commune.InseeCode)
            .Concat(Table.Epcis.Select(epci => epci.Siren)).Concat(Table.Departments.Select(department => department.Code)).ToHashSet();
        var codes = ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => text.Get)
            .Or(Gen.Choose(0, 99_999).Select(number => number.ToString("D5", System.Globalization.CultureInfo.InvariantCulture)))
            .Where(code => !known.Contains(code));

        Check.One(Thorough, Prop.ForAll(codes.ToArbitrary(), code =>
            Table.FindCommune(code) is null && Table.FindEpci(code) is null && Table.FindDepartment(code) is null
            && Table.CommunesOf(code).IsEmpty && Table.CommunesOfEpci(code).IsEmpty));
    }

    [Fact]
    public void Departments_share_out_the_communes_without_rest()
    {
        Assert.Equal(
            Table.Communes.Select(commune => commune.InseeCode).Order(StringComparer.Ordinal),
            Table.Departments.SelectMany(department => Table.CommunesOf(department.Code)).Select(commune => commune.InseeCode).Order(StringComparer.Ordinal));
        Assert.Equal(
            Table.Communes.Count(commune => commune.EpciSiren is not null),
            Table.Epcis.Sum(epci => Table.CommunesOfEpci(epci.Siren).Length));
    }
}
