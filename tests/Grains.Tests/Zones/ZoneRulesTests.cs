using Grid.Contracts.Devices;
using Grid.Contracts.Zones;
using Grid.Grains.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Zones;

public sealed class ZoneRulesTests
{
    [Theory]
    [InlineData(null, "zone", "Z-1")]
    [InlineData(null, "zone", "Z-1", "zoneRole", "inlet")]
    [InlineData(null, "zone", "Z-1", "zoneRole", "customer", "fluid", "water")]
    [InlineData("attributes.zone must be the id of a zone", "zone", "Z 1")]
    [InlineData("attributes.zone must be the id of a zone", "zone", 7.0)]
    [InlineData("attributes.zone is for meters of water", "zone", "Z-1", "fluid", "gas")]
    [InlineData("attributes.zoneRole must be one of customer, inlet, outlet", "zone", "Z-1", "zoneRole", "source")]
    [InlineData("attributes.zoneRole needs zone", "zoneRole", "inlet")]
    public void A_registration_that_names_a_zone_names_it_well(string? refusal, params object[] attributes)
    {
        var errors = DescriptorRules.Check(Meter(attributes));

        if (refusal is null) Assert.Empty(errors);
        else Assert.StartsWith(refusal, $"{Assert.Single(errors).Field} {errors[0].Reason}", StringComparison.Ordinal);
    }

    [Fact]
    public void Other_kinds_may_have_attributes_of_these_names() => Assert.Empty(DescriptorRules.Check(Entries.Descriptor("B1", DeviceKind.Bin, ("zone", 7.0), ("zoneRole", "x"))));

    [Theory]
    [InlineData(ZoneRole.Customer, "zone", "Z")]
    [InlineData(ZoneRole.Customer, "zone", "Z", "zoneRole", "customer")]
    [InlineData(ZoneRole.Inlet, "zone", "Z", "zoneRole", "inlet")]
    [InlineData(ZoneRole.Outlet, "zone", "Z", "zoneRole", "outlet")]
    [InlineData(null, "zone", "Z", "fluid", "heat")]
    [InlineData(null, "zoneRole", "inlet")]
    public void A_water_meter_with_a_zone_has_a_place_in_it(ZoneRole? role, params object[] attributes) =>
        Assert.Equal(role is { } place ? new ZonePlace("Z", place) : default(ZonePlace?), ZonePlace.Of(Meter(attributes)));

    [Fact]
    public void A_dwellings_zone_is_no_secret_from_the_sum_that_needs_it()
    {
        var open = PersonalData.WithoutPersonal(Meter(["zone", "Z", "zoneRole", "customer", "dwelling", true, "persons", 4.0]));

        Assert.Equal(["dwelling", "zone", "zoneRole"], open.Attributes.Keys);
    }

    private static DeviceDescriptor Meter(object[] attributes) =>
        Entries.Descriptor("M1", DeviceKind.Meter, [.. attributes.Chunk(2).Select(pair => ((string)pair[0], pair[1]))]);
}
