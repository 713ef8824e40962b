using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Devices;
using Grid.Grains.Bins;
using Grid.Grains.Buildings;
using Grid.Grains.Cabinets;
using Grid.Grains.Environment;
using Grid.Grains.Meters;
using Grid.Grains.Streetlights;

namespace Grid.Grains.Devices;

/// <summary>The attributes that move the rules of each kind.</summary>
public static class DeviceAttributes
{
    /// <summary>The attributes of a kind.</summary>
    public static ImmutableArray<AttributeDefinition> Of(DeviceKind kind) => kind switch
    {
        DeviceKind.Cabinet => CabinetSettings.Attributes,
        DeviceKind.Streetlight => StreetlightSettings.Attributes,
        DeviceKind.Meter => MeterSettings.Attributes,
        DeviceKind.Building => BuildingSettings.Attributes,
        DeviceKind.Bin => BinSettings.Attributes,
        DeviceKind.Environment => EnvironmentSettings.Attributes,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind."),
    };

    /// <summary>What a text means as the value of an attribute; see <see cref="Contracts.Intake.IRegistrar.AttributeOf"/>. A text that is none of the attribute's type stays a text, for the check to refuse.</summary>
    public static AttributeValue Read(DeviceKind kind, string attribute, string text)
    {
        if (attribute == PersonalData.Subscriber || DeviceLinks.Attributes.Contains(attribute))
        {
            return AttributeValue.Of(text);
        }

        var known = Of(kind).FirstOrDefault(definition => definition.Name == attribute);
        return (known?.Type, text) switch
        {
            (AttributeType.Text, _) => AttributeValue.Of(text),
            (null or AttributeType.Flag, "true") => AttributeValue.Of(true),
            (null or AttributeType.Flag, "false") => AttributeValue.Of(false),
            (null or AttributeType.Number, _) when IsNumber(text, out var number) => AttributeValue.Of(number),
            _ => AttributeValue.Of(text),
        };
    }

    /// <summary>As JSON writes numbers: <c>012</c> and <c>+1</c> are texts.</summary>
    private static bool IsNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number)
        && double.IsFinite(number)
        && text.TrimStart('-') is ['0'] or ['0', '.' or 'e' or 'E', ..] or [>= '1' and <= '9', ..];
}
