using Grid.Contracts.Territories;
using Grid.Grains.Territory;

namespace Grid.Tests.Territory;

public sealed class TerritoryFormatTests
{
    private const string CommuneHeader = "insee\tname\tdepartment\tepci\tpopulation\tlongitude\tlatitude\tapproximate\n";
    private const string Epcis = "siren\tname\tkind\n242900314\tBrest Métropole\tMETRO\n";
    private const string Departments = "code\tname\tzone\n29\tFinistère\tEurope/Paris\n";
    private const string Brest = "29019\tBrest\t29\t242900314\t142346\t-4.48628\t48.39029\t0\n";

    [Fact]
    public void A_small_table_is_read_as_written()
    {
        var table = TerritoryTable.Parse(CommuneHeader + Brest + "29155\tOuessant\t29\t\t860\t-5.08615\t48.45969\t1\n", Epcis, Departments);

        Assert.Equal(new Commune("29019", "Brest", "29", "242900314", 142_346, -4.48628, 48.39029, false), table.FindCommune("29019"));
        Assert.Equal(new Commune("29155", "Ouessant", "29", null, 860, -5.08615, 48.45969, true), table.FindCommune("29155"));
        Assert.Equal(new Body("242900314", "Brest Métropole", BodyKind.Epci), table.FindEpci("242900314"));
        Assert.Equal(new Department("29", "Finistère", "Europe/Paris"), table.FindDepartment("29"));
    }

    [Theory]
    [InlineData("2901\tBrest\t29\t\t1\t0\t0\t0\n", "insee", 2)]
    [InlineData("29é19\tBrest\t29\t\t1\t0\t0\t0\n", "insee", 2)]
    [InlineData("29019\t\t29\t\t1\t0\t0\t0\n", "name", 2)]
    [InlineData("29019\tBrest\t30\t\t1\t0\t0\t0\n", "department", 2)]
    [InlineData("29019\tBrest\t29\t999999999\t1\t0\t0\t0\n", "epci", 2)]
    [InlineData("29019\tBrest\t29\t\t-1\t0\t0\t0\n", "population", 2)]
    [InlineData("29019\tBrest\t29\t\tmany\t0\t0\t0\n", "population", 2)]
    [InlineData("29019\tBrest\t29\t\t1\t180.1\t0\t0\n", "longitude", 2)]
    [InlineData("29019\tBrest\t29\t\t1\tNaN\t0\t0\n", "longitude", 2)]
    [InlineData("29019\tBrest\t29\t\t1\t0\t-90.5\t0\n", "latitude", 2)]
    [InlineData("29019\tBrest\t29\t\t1\t0\t0\tyes\n", "approximate", 2)]
    [InlineData("29019\tBrest\t29\t\t1\t0\t0\n", "line", 2)]
    [InlineData("29019\tBrest\t29\t\t1\t0\t0\t0\t0\n", "line", 2)]
    [InlineData("29019\tBrest\t29\t\t1\t0\t0\t0", "line", 2)]
    [InlineData("\n", "line", 2)]
    [InlineData(Brest + Brest, "insee", 3)]
    [InlineData(Brest + "29018\tBrennilis\t29\t\t1\t0\t0\t0\n", "insee", 3)]
    public void A_malformed_commune_is_refused_by_line_and_field(string rows, string field, int line)
    {
        var refused = Assert.Throws<TerritoryFormatException>(() => TerritoryTable.Parse(CommuneHeader + rows, Epcis, Departments));

        Assert.Equal(("communes.tsv", line, field), (refused.File, refused.Line, refused.Field));
        Assert.Contains(field, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_header_or_none_is_refused()
    {
        Assert.Equal("communes.tsv", Assert.Throws<TerritoryFormatException>(() => TerritoryTable.Parse(Brest, Epcis, Departments)).File);
        Assert.Equal("epci.tsv", Assert.Throws<TerritoryFormatException>(() => TerritoryTable.Parse(CommuneHeader, "", Departments)).File);
        Assert.Equal("departments.tsv", Assert.Throws<TerritoryFormatException>(() => TerritoryTable.Parse(CommuneHeader, Epcis, "code\tname\n")).File);
    }
}
