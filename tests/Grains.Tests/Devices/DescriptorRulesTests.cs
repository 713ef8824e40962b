using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;

namespace Grid.Tests.Grains.Devices;

public sealed class DescriptorRulesTests
{
    private static string[] FieldsOf(DeviceDescriptor descriptor) => [.. DescriptorRules.Check(descriptor).Select(error => error.Field)];

    private static string[] FieldsOf(DeviceKind kind, params (string, object)[] attributes) => FieldsOf(Entries.Descriptor("D1", kind, attributes));

    private static DeviceDescriptor Bin => Entries.Descriptor("D1", DeviceKind.Bin);

    [Fact]
    public void Every_kind_is_good_without_attributes() =>
        Assert.All(Enum.GetValues<DeviceKind>(), kind => Assert.Empty(FieldsOf(kind)));

    [Theory]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("é", false)]
    [InlineData("A.z_0:-9", true)]
    public void A_key_is_made_of_a_few_characters(string id, bool isGood) =>
        Assert.Equal(isGood ? [] : ["id"], FieldsOf(Bin with { Id = id }));

    [Fact]
    public void A_key_has_at_most_64_characters()
    {
        Assert.Empty(FieldsOf(Bin with { Id = new string('a', 64) }));
        Assert.Equal(["id"], FieldsOf(Bin with { Id = new string('a', 65) }));
    }

    [Fact]
    public void What_is_wrong_is_named()
    {
        Assert.Equal(["kind"], FieldsOf(Bin with { Kind = (DeviceKind)99 }));
        Assert.Equal(["commune"], FieldsOf(Bin with { Commune = "2901" }));
        Assert.Equal(["name"], FieldsOf(Bin with { Name = "" }));
        Assert.Equal(["name"], FieldsOf(Bin with { Name = "a\nb" }));
        Assert.Equal(["name"], FieldsOf(Bin with { Name = new string('a', 201) }));
        Assert.Equal(["position.lon", "position.lat"], FieldsOf(Bin with { Position = new GeoPoint(181, double.NaN) }));
    }

    [Theory]
    [InlineData(DeviceKind.Streetlight, "segment", 0)]
    [InlineData(DeviceKind.Streetlight, "segment", 9)]
    [InlineData(DeviceKind.Streetlight, "segment", 1.5)]
    [InlineData(DeviceKind.Streetlight, "segment", "1")]
    [InlineData(DeviceKind.Streetlight, "ratedWatts", 2_000.5)]
    [InlineData(DeviceKind.Streetlight, "ratedWatts", -1)]
    [InlineData(DeviceKind.Streetlight, "passive", "yes")]
    [InlineData(DeviceKind.Streetlight, "cabinet", "a b")]
    [InlineData(DeviceKind.Streetlight, "cabinet", "D1")]
    [InlineData(DeviceKind.Streetlight, "cabinet", 7)]
    [InlineData(DeviceKind.Meter, "fluid", "beer")]
    [InlineData(DeviceKind.Meter, "fluid", true)]
    [InlineData(DeviceKind.Meter, "indexMaximum", 0)]
    [InlineData(DeviceKind.Bin, "overflowPercent", 101)]
    [InlineData(DeviceKind.Bin, "reportingIntervalMinutes", 0)]
    [InlineData(DeviceKind.Environment, "level1Millimetres", double.NaN)]
    [InlineData(DeviceKind.Meter, "building", "the school")]
    [InlineData(DeviceKind.Cabinet, "supply", 7)]
    [InlineData(DeviceKind.Bin, "exposedTo", true)]
    public void An_attribute_that_its_kind_knows_is_checked(DeviceKind kind, string name, object value) =>
        Assert.Contains($"attributes.{name}", FieldsOf(kind, (name, value)));

    [Fact]
    public void An_attribute_that_no_rule_knows_is_kept() => Assert.Empty(FieldsOf(DeviceKind.Bin, ("segment", 99), ("colour", "green"), ("lit", false)));

    [Fact]
    public void A_passive_lamp_needs_a_cabinet()
    {
        Assert.Equal(["attributes.cabinet"], FieldsOf(DeviceKind.Streetlight, ("passive", true)));
        Assert.Empty(FieldsOf(DeviceKind.Streetlight, ("passive", true), ("cabinet", "C1"), ("segment", 8), ("ratedWatts", 70)));
    }

    [Fact]
    public void Limits_that_contradict_each_other_are_refused()
    {
        Assert.Equal(["attributes.overflowClearPercent"], FieldsOf(DeviceKind.Bin, ("overflowPercent", 50)));
        Assert.Equal(["attributes.comfortMinimumCelsius"], FieldsOf(DeviceKind.Building, ("comfortMinimumCelsius", 28)));
        Assert.Equal(["attributes.level3Millimetres"], FieldsOf(DeviceKind.Environment, ("level1Millimetres", 500), ("level3Millimetres", 400)));
    }

    [Fact]
    public void Attributes_are_bounded()
    {
        Assert.Equal(["attributes"], FieldsOf(DeviceKind.Bin, [.. Enumerable.Range(0, 65).Select(number => ($"a{number}", (object)number))]));
        Assert.Equal(["attributes.note"], FieldsOf(DeviceKind.Bin, ("note", new string('x', 1_025))));
        Assert.Equal(["attributes"], FieldsOf(DeviceKind.Bin, ("bad name", 1)));
        Assert.Equal(
            ["attributes.empty"],
            FieldsOf(Bin with { Attributes = ImmutableSortedDictionary<string, AttributeValue>.Empty.Add("empty", default) }));
    }

    [Fact]
    public void A_connector_is_checked()
    {
        Assert.Empty(FieldsOf(Bin with { Connector = new ConnectorSpec { Type = "http", Url = "https://lamp.example/", DevEui = "0011223344556677" } }));
        Assert.Equal(["connector.type"], FieldsOf(Bin with { Connector = new ConnectorSpec { Type = "pigeon" } }));
        Assert.Equal(["connector.url"], FieldsOf(Bin with { Connector = new ConnectorSpec { Type = "http", Url = "file:///etc/passwd" } }));
        Assert.Equal(["connector.devEui"], FieldsOf(Bin with { Connector = new ConnectorSpec { Type = "tts", DevEui = "00112233" } }));
    }

    [Fact]
    public void A_lamp_shares_the_sector_of_its_cabinet_and_only_a_passive_one_follows_it()
    {
        var passive = Entries.Descriptor("L1", DeviceKind.Streetlight, ("passive", true), ("cabinet", "C1"));
        var controlled = Entries.Descriptor("L1", DeviceKind.Streetlight, ("cabinet", "C1"));

        Assert.Equal(("C1", "C1"), (DescriptorRules.SliceKey(passive), DescriptorRules.CabinetFollowed(passive)));
        Assert.Equal(("C1", null), (DescriptorRules.SliceKey(controlled), DescriptorRules.CabinetFollowed(controlled)));
        Assert.Equal(("D1", null), (DescriptorRules.SliceKey(Bin), DescriptorRules.CabinetFollowed(Bin)));
    }

    [Theory]
    [InlineData(DeviceKind.Cabinet, 77)]
    [InlineData(DeviceKind.Streetlight, 243)]
    [InlineData(DeviceKind.Meter, 2_952)]
    [InlineData(DeviceKind.Building, 77)]
    [InlineData(DeviceKind.Bin, 243)]
    [InlineData(DeviceKind.Environment, 77)]
    public void A_device_of_which_nothing_is_known_yet_is_silent_when_it_misses_more_than_a_network_that_loses_one_in_fifty(DeviceKind kind, int minutes)
    {
        Assert.Equal(TimeSpan.FromMinutes(minutes), SilencePolicy.SilentAfter(Entries.Descriptor("D1", kind)));
        Assert.Equal(TimeSpan.FromMinutes(486), SilencePolicy.SilentAfter(Entries.Descriptor("D1", kind, ("reportingIntervalMinutes", 120))));
        Assert.Equal(TimeSpan.FromMinutes(16), SilencePolicy.SilentAfter(Entries.Descriptor("D1", kind, ("reportingIntervalMinutes", 1))));
        Assert.Equal(TimeSpan.FromMinutes(150), SilencePolicy.SilentAfter(Entries.Descriptor("D1", kind, ("reportingIntervalMinutes", 120), ("silenceBoundMinutes", 30))));
    }

    [Fact]
    public void A_passive_lamp_is_not_expected_to_speak() =>
        Assert.Null(SilencePolicy.SilentAfter(Entries.Descriptor("L1", DeviceKind.Streetlight, ("passive", true), ("cabinet", "C1"))));
}
