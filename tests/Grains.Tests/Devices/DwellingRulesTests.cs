using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;

namespace Grid.Tests.Grains.Devices;

/// <summary>What a person's device must say before the registry takes it.</summary>
public sealed class DwellingRulesTests
{
    private static string[] FieldsOf(DeviceKind kind, params (string Name, object Value)[] attributes) =>
    [
        .. DescriptorRules.Check(new DeviceDescriptor
        {
            Id = "W1",
            Kind = kind,
            Commune = "29232",
            Name = "W1",
            Attributes = attributes.ToImmutableSortedDictionary(
                attribute => attribute.Name, attribute => attribute.Value is bool flag ? AttributeValue.Of(flag) : AttributeValue.Of((string)attribute.Value)),
        }).Select(error => error.Field),
    ];

    [Fact]
    public void A_dwelling_meter_without_a_legal_basis_is_refused() =>
        Assert.Equal(["attributes.legalBasis"], FieldsOf(DeviceKind.Meter, ("dwelling", true)));

    [Theory]
    [InlineData("consent")]
    [InlineData("contract")]
    [InlineData("legalObligation")]
    [InlineData("vitalInterests")]
    [InlineData("publicTask")]
    [InlineData("legitimateInterests")]
    public void Each_basis_of_article_6_is_taken(string basis) =>
        Assert.Empty(FieldsOf(DeviceKind.Meter, ("dwelling", true), ("legalBasis", basis), ("consentedAt", "2026-03-01")));

    [Theory]
    [InlineData("attributes.legalBasis", "legalBasis", "because")]
    [InlineData("attributes.granularity", "granularity", "hourly")]
    [InlineData("attributes.consentedAt", "consentedAt", "yesterday")]
    [InlineData("attributes.consentedAt", "granularity", "subDaily")]
    [InlineData("attributes.consentedAt", "legalBasis", "consent")]
    [InlineData("attributes.consentEndsAt", "consentEndsAt", "2026-13-01")]
    [InlineData("attributes.subscriber", "subscriber", "Madame Planted")]
    [InlineData("attributes.sealed", "sealed", "AQ==")]
    public void A_wrong_attribute_is_named(string field, string name, string value) => Assert.Equal(
        [field],
        FieldsOf(DeviceKind.Meter, [("dwelling", true), .. name == "legalBasis" ? Array.Empty<(string, object)>() : [("legalBasis", "contract")], (name, value)]));

    [Fact]
    public void A_consent_does_not_end_before_it_begins() => Assert.Equal(
        ["attributes.consentEndsAt"],
        FieldsOf(DeviceKind.Meter, ("dwelling", true), ("legalBasis", "contract"), ("consentedAt", "2026-03-02"), ("consentEndsAt", "2026-03-01T10:00:00Z")));

    [Fact]
    public void Only_a_meter_measures_a_dwelling() =>
        Assert.Equal(["attributes.dwelling"], FieldsOf(DeviceKind.Bin, ("dwelling", true), ("legalBasis", "contract")));

    [Fact]
    public void What_is_marked_as_personal_needs_a_subscriber_on_any_kind()
    {
        Assert.Equal(["attributes.personal.phone"], FieldsOf(DeviceKind.Building, ("personal.phone", "0612345678")));
        Assert.Empty(FieldsOf(DeviceKind.Building, ("personal.phone", "0612345678"), ("subscriber", "s-1")));
    }

    [Fact]
    public void Of_a_persons_device_everything_is_personal_but_what_a_rule_needs()
    {
        var device = new DeviceDescriptor
        {
            Id = "W1",
            Kind = DeviceKind.Meter,
            Commune = "29232",
            Name = "Madame Planted",
            Position = new GeoPoint(-4, 48),
            Attributes = new Dictionary<string, AttributeValue>
            {
                ["dwelling"] = AttributeValue.Of(true),
                ["legalBasis"] = AttributeValue.Of("contract"),
                ["fluid"] = AttributeValue.Of("water"),
                ["floor"] = AttributeValue.Of(3),
            }.ToImmutableSortedDictionary(),
            Connector = new ConnectorSpec { Type = "mqtt", Topic = "planted/1" },
        };
        var bare = PersonalData.WithoutPersonal(device);
        Assert.Equal(("W1", null, null), (bare.Name, bare.Position, bare.Connector?.Topic));
        Assert.Equal(["dwelling", "fluid", "legalBasis"], bare.Attributes.Keys);
        Assert.Equal("W1", PersonalData.SubscriberOf(device));
    }
}
