using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Grains.Parameters;

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

    /// <summary>Texts that have a form of their own: says why a text is none of it, null for one that is; null for other attributes.</summary>
    public Func<string, string?>? Form { get; private init; }

    /// <summary>
    /// True for what only the device itself can say: what it is, and what it is connected to. Everything else is a parameter of a rule, for which its territories may
    /// give a default.
    /// </summary>
    public bool IsOnlyOfDevice { get; private init; }

    /// <summary>
    /// The parameters that mean something only together, itself included: whoever gives one of them gives them all, and those that it leaves out have what is built in. So
    /// what was checked together holds together.
    /// </summary>
    public ImmutableArray<string> Bound { get; private init; } = [];

    /// <summary>A number with its range and its default.</summary>
    public static AttributeDefinition Number(string name, double minimum, double maximum, double? @default) =>
        new(name, AttributeType.Number) { Minimum = minimum, Maximum = maximum, Default = @default };

    /// <summary>A whole number with its range and its default.</summary>
    public static AttributeDefinition Whole(string name, int minimum, int maximum, int? @default) =>
        new(name, AttributeType.Number) { Minimum = minimum, Maximum = maximum, Default = @default, IsWhole = true };

    /// <summary>A text, which only the device itself can say; without choices it is a device key.</summary>
    public static AttributeDefinition Text(string name, params ImmutableArray<string> choices) => new(name, AttributeType.Text) { Choices = choices, IsOnlyOfDevice = true };

    /// <summary>A text with a form of its own, which only the device itself can say.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="form">Says why a text is none of that form, in words that go on from the name; null for one that is.</param>
    public static AttributeDefinition Text(string name, Func<string, string?> form) => new(name, AttributeType.Text) { Form = form, IsOnlyOfDevice = true };

    /// <summary>A flag, false without the attribute.</summary>
    public static AttributeDefinition Flag(string name) => new(name, AttributeType.Flag);

    /// <summary>The same, as something that only the device itself can say.</summary>
    public AttributeDefinition OnlyOfDevice() => this with { IsOnlyOfDevice = true };

    /// <summary>The same, as one of several that mean something only together.</summary>
    public AttributeDefinition BoundTo(params ImmutableArray<string> names) => this with { Bound = names };

    /// <summary>The number of a device, or the default; a value of another type or out of range counts as absent.</summary>
    public double? In(DeviceDescriptor descriptor) =>
        descriptor.Number(Name) is { } value && double.IsFinite(value) && value >= Minimum && value <= Maximum ? value : Default;

    /// <summary>The number of a device in thousandths, 0 when there is none.</summary>
    public long ThousandthsIn(DeviceDescriptor descriptor) => In(descriptor) is { } value ? Thousandths.Of(value) : 0;

    /// <summary>The number that holds, or the default.</summary>
    public double? In(in ParameterSource source) => source.Find(this)?.Number ?? Default;

    /// <summary>The number that holds in thousandths, 0 when there is none.</summary>
    public long ThousandthsIn(in ParameterSource source) => In(source) is { } value ? Thousandths.Of(value) : 0;

    /// <summary>The whole number that holds: for one that has a default.</summary>
    public int WholeIn(in ParameterSource source) => (int)In(source)!.Value;

    /// <summary>The flag that holds.</summary>
    public bool FlagIn(in ParameterSource source) => source.Find(this)?.Flag == true;

    /// <summary>The text of a device; null when it has none, or one that is no good.</summary>
    public string? TextIn(DeviceDescriptor descriptor) =>
        descriptor.Attributes.TryGetValue(Name, out var value) && value.Text is { } text && Refuse(value) is null ? text : null;

    /// <summary>Why a value cannot be the attribute's; null when it can.</summary>
    public string? Refuse(AttributeValue value) => Type switch
    {
        AttributeType.Number => value.Number is { } number && number >= Minimum && number <= Maximum && (!IsWhole || number == Math.Floor(number))
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"must be a {(IsWhole ? "whole " : "")}number from {Minimum} to {Maximum}"),
        AttributeType.Flag => value.Flag is null ? "must be true or false" : null,
        AttributeType.Text when Form is not null => value.Text is { } text ? Form(text) : "must be a text",
        AttributeType.Text when Choices.IsEmpty => DescriptorRules.IsKey(value.Text) ? null : "must be the key of a device",
        AttributeType.Text => value.Text is { } choice && Choices.Contains(choice) ? null : $"must be one of {string.Join(", ", Choices)}",
        _ => throw new InvalidOperationException($"Attributes have no type {Type}."),
    };
}

/// <summary>Attributes that several kinds have.</summary>
public static class SharedAttributes
{
    /// <summary>Name of <see cref="ReportingIntervalMinutes"/>.</summary>
    public const string ReportingInterval = "reportingIntervalMinutes";

    /// <summary>Name of <see cref="SilenceBoundMinutes"/>.</summary>
    public const string SilenceBound = "silenceBoundMinutes";

    /// <summary>Greatest value of an index, a power or a concentration that an attribute may name.</summary>
    public const double Unbounded = 1e12;

    /// <summary>Where the device's index starts again from 0, in the unit of the index; none when it never does.</summary>
    public static readonly AttributeDefinition IndexMaximum = AttributeDefinition.Number(DirectoryEntry.IndexMaximumAttribute, 1, Unbounded, null).OnlyOfDevice();

    /// <summary>Whether a cabinet or a light point keeps a lighting program and runs it by itself.</summary>
    public static readonly AttributeDefinition Scheduler = AttributeDefinition.Flag("scheduler").OnlyOfDevice();

    /// <summary>Whether the segment of a light point that is no passive one is switched, so that it may be without supply by design.</summary>
    public static readonly AttributeDefinition SwitchedSupply = AttributeDefinition.Flag("switchedSupply").OnlyOfDevice();

    /// <summary>Battery level below which it wants changing.</summary>
    public static readonly AttributeDefinition BatteryLowPercent = AttributeDefinition.Number("batteryLowPercent", 0, 100, 15);

    /// <summary>Hours running above what is usual that are abnormal; 0 where that is only shown.</summary>
    public static AttributeDefinition AbnormalHours(int @default) => AttributeDefinition.Whole("abnormalHours", 0, 168, @default);

    /// <summary>How much later than its interval it may be heard before it counts as silent; without it, as long as follows from how it was heard.</summary>
    public static readonly AttributeDefinition SilenceBoundMinutes = AttributeDefinition.Whole(SilenceBound, 0, 44_640, null);

    /// <summary>How often the device reports; the default is that of its kind.</summary>
    public static AttributeDefinition ReportingIntervalMinutes(int @default) =>
        AttributeDefinition.Whole(ReportingInterval, 1, 44_640, @default);
}
