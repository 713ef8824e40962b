using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;

namespace Grid.Grains.Devices;

/// <summary>Type of an attribute's value.</summary>
public enum AttributeType : byte
{
    /// <summary>A number.</summary>
    Number = 0,

    /// <summary>A text, one of <see cref="AttributeDefinition.Choices"/> when there are any.</summary>
    Text = 1,

    /// <summary>A flag.</summary>
    Flag = 2,
}

/// <summary>An attribute that moves a rule. Others are kept and move none.</summary>
public sealed record AttributeDefinition
{
    private AttributeDefinition(string name, AttributeType type)
    {
        Name = name;
        Type = type;
    }

    /// <summary>Its name; it ends with its unit.</summary>
    public string Name { get; }

    /// <summary>Its type.</summary>
    public AttributeType Type { get; }

    /// <summary>Numbers: least value, inclusive.</summary>
    public double Minimum { get; private init; }

    /// <summary>Numbers: greatest value, inclusive.</summary>
    public double Maximum { get; private init; }

    /// <summary>Numbers: what holds without the attribute; null for none.</summary>
    public double? Default { get; private init; }

    /// <summary>Numbers: true when only whole ones make sense.</summary>
    public bool IsWhole { get; private init; }

    /// <summary>Texts: what it may be; empty for any.</summary>
    public ImmutableArray<string> Choices { get; private init; } = [];

    /// <summary>A number with its range and its default.</summary>
    public static AttributeDefinition Number(string name, double minimum, double maximum, double? @default) =>
        new(name, AttributeType.Number) { Minimum = minimum, Maximum = maximum, Default = @default };

    /// <summary>A whole number with its range and its default.</summary>
    public static AttributeDefinition Whole(string name, int minimum, int maximum, int? @default) =>
        new(name, AttributeType.Number) { Minimum = minimum, Maximum = maximum, Default = @default, IsWhole = true };

    /// <summary>A text; without choices it is a device key.</summary>
    public static AttributeDefinition Text(string name, params ImmutableArray<string> choices) => new(name, AttributeType.Text) { Choices = choices };

    /// <summary>A flag, false without the attribute.</summary>
    public static AttributeDefinition Flag(string name) => new(name, AttributeType.Flag);

    /// <summary>The number of a device, or the default; a value of another type or out of range counts as absent.</summary>
    public double? In(DeviceDescriptor descriptor) =>
        descriptor.Number(Name) is { } value && double.IsFinite(value) && value >= Minimum && value <= Maximum ? value : Default;

    /// <summary>The number of a device in thousandths, 0 when there is none.</summary>
    public long ThousandthsIn(DeviceDescriptor descriptor) => In(descriptor) is { } value ? Thousandths.Of(value) : 0;
}

/// <summary>Attributes that several kinds have.</summary>
public static class SharedAttributes
{
    /// <summary>Greatest value of an index, a power or a concentration that an attribute may name.</summary>
    public const double Unbounded = 1e12;

    /// <summary>Where the device's index starts again from 0, in the unit of the index; none when it never does.</summary>
    public static readonly AttributeDefinition IndexMaximum = AttributeDefinition.Number(DirectoryEntry.IndexMaximumAttribute, 1, Unbounded, null);

    /// <summary>Whether a cabinet or a light point keeps a lighting program and runs it by itself.</summary>
    public static readonly AttributeDefinition Scheduler = AttributeDefinition.Flag("scheduler");

    /// <summary>Whether the segment of a light point that is no passive one is switched, so that it may be without supply by design.</summary>
    public static readonly AttributeDefinition SwitchedSupply = AttributeDefinition.Flag("switchedSupply");

    /// <summary>Battery level below which it wants changing.</summary>
    public static readonly AttributeDefinition BatteryLowPercent = AttributeDefinition.Number("batteryLowPercent", 0, 100, 15);

    /// <summary>How often the device reports; the default is that of its kind.</summary>
    public static AttributeDefinition ReportingIntervalMinutes(int @default) =>
        AttributeDefinition.Whole("reportingIntervalMinutes", 1, 44_640, @default);
}
