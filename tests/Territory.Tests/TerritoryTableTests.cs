using Grid.Grains.Territory;
using NodaTime;

namespace Grid.Tests.Territory;

public sealed class TerritoryTableTests
{
    private static readonly TerritoryTable Table = TerritoryTable.Shared;

    [Fact]
    public void The_table_holds_every_current_commune_EPCI_and_department_of_2026()
    {
        Assert.Equal(34_969, Table.Communes.Length);
        Assert.Equal(1_255, Table.Epcis.Length);
        Assert.Equal(109, Table.Departments.Length);
        Assert.Equal(14_797, Table.Communes.Count(commune => !commune.IsApproximate));
    }

    [Fact]
    public void Finistere_has_277_communes_933455_inhabitants_and_21_EPCI()
    {
        var finistere = Table.CommunesOf("29");

        Assert.Equal(277, finistere.Length);
        Assert.Equal(933_455, finistere.Sum(commune => commune.Population));
        Assert.Equal(21, finistere.Select(commune => commune.EpciSiren).OfType<string>().Distinct().Count());
        Assert.Equal(235, finistere.Count(commune => !commune.IsApproximate));
    }

    [Fact]
    public void Two_islands_of_Finistere_belong_to_no_EPCI()
    {
        var alone = Table.CommunesOf("29").Where(commune => commune.EpciSiren is null).Select(commune => commune.Name);

        Assert.Equal(["Île-de-Sein", "Ouessant"], alone);
    }

    [Fact]
    public void Brest_Metropole_has_eight_communes()
    {
        var brest = Table.FindCommune("29019")!;
        var metropole = Table.FindEpci(brest.EpciSiren!)!;

        Assert.Equal("Brest Métropole", metropole.Name);
        Assert.Equal(8, Table.CommunesOfEpci(metropole.Siren).Length);
        Assert.All(Table.CommunesOfEpci(metropole.Siren), commune => Assert.Equal("29", commune.Department));
    }

    [Fact]
    public void One_EPCI_of_Finistere_crosses_the_border_of_the_department()
    {
        var crossing = Table.CommunesOf("29").Select(commune => commune.EpciSiren).OfType<string>().Distinct()
            .Where(siren => Table.CommunesOfEpci(siren).Any(commune => commune.Department != "29"));

        Assert.Single(crossing);
    }

    [Fact]
    public void Corsican_codes_keep_their_letter()
    {
        Assert.Equal("Ajaccio", Table.FindCommune("2A004")!.Name);
        Assert.Equal("Bastia", Table.FindCommune("2B033")!.Name);
        Assert.Empty(Table.CommunesOf("20"));
        Assert.NotEmpty(Table.CommunesOf("2A"));
        Assert.NotEmpty(Table.CommunesOf("2B"));
    }

    [Fact]
    public void Keys_are_unique_and_sorted_ordinally()
    {
        AssertSorted(Table.Communes.Select(commune => commune.InseeCode));
        AssertSorted(Table.Epcis.Select(epci => epci.Siren));
        AssertSorted(Table.Departments.Select(department => department.Code));

        static void AssertSorted(IEnumerable<string> keys)
        {
            var list = keys.ToList();
            Assert.All(list.Zip(list.Skip(1)), pair => Assert.True(string.CompareOrdinal(pair.First, pair.Second) < 0, $"{pair.First} before {pair.Second}"));
        }
    }

    [Fact]
    public void Every_EPCI_has_members_and_every_department_has_communes()
    {
        Assert.All(Table.Epcis, epci => Assert.NotEmpty(Table.CommunesOfEpci(epci.Siren)));
        Assert.All(Table.Departments, department => Assert.NotEmpty(Table.CommunesOf(department.Code)));
    }

    [Fact]
    public void Every_zone_is_in_the_time_zone_database_and_overseas_keeps_its_own_time()
    {
        Assert.All(Table.Departments, department => Assert.NotNull(DateTimeZoneProviders.Tzdb.GetZoneOrNull(department.ZoneId)));
        Assert.Equal("Europe/Paris", Table.FindDepartment("29")!.ZoneId);
        Assert.Equal("Europe/Paris", Table.FindDepartment("2B")!.ZoneId);
        Assert.Equal("Indian/Reunion", Table.FindDepartment("974")!.ZoneId);
        Assert.All(Table.Departments.Where(department => department.Code.Length == 3), department => Assert.NotEqual("Europe/Paris", department.ZoneId));
    }

    // West, south, east, north in degrees: the outline of each part of France, a little widened.
    [Theory]
    [InlineData("", -5.2, 42.3, 8.3, 51.1)]
    [InlineData("2", 8.5, 41.3, 9.6, 43.1)]
    [InlineData("29", -5.2, 47.7, -3.3, 48.8)]
    [InlineData("971", -61.9, 15.8, -60.9, 16.6)]
    [InlineData("972", -61.3, 14.3, -60.8, 14.9)]
    [InlineData("973", -54.7, 2.1, -51.6, 5.8)]
    [InlineData("974", 55.2, -21.4, 55.9, -20.8)]
    [InlineData("976", 45.0, -13.1, 45.3, -12.6)]
    [InlineData("988", 163.5, -22.8, 168.2, -19.5)]
    public void Coordinates_lie_inside_the_outline_of_their_part_of_France(string part, double west, double south, double east, double north)
    {
        var communes = part switch
        {
            "" => Table.Communes.Where(commune => commune.Department.Length == 2 && commune.Department is not ("2A" or "2B")),
            "2" => Table.CommunesOf("2A").Concat(Table.CommunesOf("2B")),
            _ => Table.CommunesOf(part),
        };

        Assert.All(communes, commune =>
        {
            Assert.InRange(commune.Longitude, west, east);
            Assert.InRange(commune.Latitude, south, north);
        });
    }

    [Fact]
    public void No_two_communes_stand_on_one_point()
    {
        Assert.Equal(Table.Communes.Length, Table.Communes.Select(commune => (commune.Longitude, commune.Latitude)).Distinct().Count());
    }
}
