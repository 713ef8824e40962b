using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Grains.Bins;
using Grid.Grains.Buildings;
using Grid.Grains.Cabinets;
using Grid.Grains.Devices;
using Grid.Grains.Environment;
using Grid.Grains.Meters;
using Grid.Grains.Parameters;
using Grid.Grains.Streetlights;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Parameters;

/// <summary>Laws of resolution, for every kind, whatever devices say and territories give.</summary>
public sealed class ParameterPropertyTests
{
    private static Gen<AttributeValue> ValueOf(AttributeDefinition parameter) => parameter.Type == AttributeType.Flag
        ? Gen.Elements(AttributeValue.Of(true), AttributeValue.Of(false))
        : from step in Gen.Choose(0, 20)
          let low = Math.Max(parameter.Minimum, 0.5)
          let high = Math.Min(parameter.Maximum, low + 150)
          let value = low + ((high - low) * step / 20)
          select AttributeValue.Of(parameter.IsWhole ? Math.Ceiling(value) : value);

    /// <summary>Some of the parameters, with values that can be given.</summary>
    private static Gen<ImmutableArray<ParameterValue>> ValuesOf(DeviceKind kind) =>
        (from picks in Gen.Choose(0, 2).ListOf(ParameterTable.Of(kind).Length)
         from values in Gen.CollectToArray(ParameterTable.Of(kind).Select(ValueOf).ToArray())
         select ParameterTable.Of(kind)
             .Select((parameter, index) => (Pick: picks[index], Value: new ParameterValue(parameter.Name, values[index])))
             .Where(item => item.Pick == 0)
             .Select(item => item.Value)
             .OrderBy(value => value.Name, StringComparer.Ordinal)
             .ToImmutableArray())
        .Where(values => !ParameterTable.Contradictions(kind, new ParameterSource(null, values)).Any());

    private static void ForEveryKind(Func<DeviceKind, DeviceDescriptor, ParameterGiver[], bool> law)
    {
        foreach (var kind in Enum.GetValues<DeviceKind>())
        {
            var cases = from own in ValuesOf(kind)
                        from givers in ValuesOf(kind).ListOf(3)
                        select (Device: Describe(kind, own), Givers: givers.Select((values, place) => new ParameterGiver($"giver:{place}", DeviceKinds.All, Set(kind, values))).ToArray());
            Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(cases.ToArbitrary(), item => law(kind, item.Device, item.Givers)));
        }
    }

    private static DeviceDescriptor Describe(DeviceKind kind, IEnumerable<ParameterValue> values) => Entries.Descriptor("D1", kind) with
    {
        Attributes = values.ToImmutableSortedDictionary(value => value.Name, value => value.Value),
    };

    private static ImmutableArray<ParameterSet> Set(DeviceKind kind, ImmutableArray<ParameterValue> values) => values.IsEmpty ? [] : [new ParameterSet { Kind = kind, Values = values }];

    private static object Settings(DeviceDescriptor device, ImmutableArray<ParameterValue> given)
    {
        var source = new ParameterSource(ParameterTable.OwnOf(device), given);
        return device.Kind switch
        {
            DeviceKind.Cabinet => CabinetSettings.Parse(device).With(source),
            DeviceKind.Streetlight => StreetlightSettings.Parse(device).With(source),
            DeviceKind.Meter => MeterSettings.Parse(device).With(source),
            DeviceKind.Building => BuildingSettings.Parse(device).With(source),
            DeviceKind.Bin => BinSettings.Parse(device).With(source),
            _ => EnvironmentSettings.Parse(device).With(source),
        };
    }

    [Fact]
    public void A_device_runs_as_if_it_said_itself_what_holds_for_it() => ForEveryKind((kind, device, givers) =>
    {
        var holding = ParameterResolution.Explain(device, givers).Where(parameter => parameter.Value is not null).Select(parameter => new ParameterValue(parameter.Name, parameter.Value!.Value));

        return Settings(device, ParameterResolution.Given(givers).Of(kind)).Equals(Settings(Describe(kind, holding), []));
    });

    [Fact]
    public void How_long_it_may_be_silent_follows_from_what_holds_too() => ForEveryKind((kind, device, givers) =>
    {
        int? Holding(string name) => (int?)ParameterResolution.Explain(device, givers).Single(parameter => parameter.Name == name).Value?.Number;
        var interval = Holding("reportingIntervalMinutes")!.Value;
        var bound = Holding("silenceBoundMinutes") is { } minutes ? TimeSpan.FromMinutes(minutes) : SilencePolicy.UsualBound(interval, 20_000_000, 0);

        return SilencePolicy.SilentAfter(device, ParameterResolution.Given(givers).Of(kind)) == TimeSpan.FromMinutes(interval) + bound;
    });

    [Fact]
    public void What_is_good_at_each_level_is_good_together() => ForEveryKind((kind, device, givers) =>
        !ParameterTable.Contradictions(kind, new ParameterSource(ParameterTable.OwnOf(device), ParameterResolution.Given(givers).Of(kind))).Any());

    [Fact]
    public void What_is_given_comes_from_the_nearest_and_nobody_else_matters() => ForEveryKind((kind, device, givers) =>
        ParameterResolution.Explain(device, givers).All(parameter =>
            parameter.From is "device" ? device.Attributes[parameter.Name] == parameter.Value
            : parameter.From is "builtIn" || (!device.Attributes.ContainsKey(parameter.Name)
                && givers.First(giver => giver.To(kind).Any(value => Bound(kind, parameter.Name).Contains(value.Name))).Scope == parameter.From)));

    [Fact]
    public void Registered_before_or_after_the_defaults_a_device_is_the_same() => ForEveryKind((kind, device, givers) =>
    {
        var given = ParameterResolution.Given(givers);
        var registered = Entries.Registered(TestDevice.Id, kind, 1) with { Descriptor = device with { Id = TestDevice.Id } };
        var entry = new ParametersEntry { Device = string.Empty, ReceivedAt = Entries.Start, Defaults = given };

        var before = TestDevice.Empty(kind);
        before.Give(registered, 1);
        before = before.Restart(before.Json());
        before.Give(entry, 2);
        var after = TestDevice.Empty(kind);
        after.Give(registered with { Defaults = given }, 2);
        var again = TestDevice.Empty(kind);
        again.Give(registered with { Defaults = [.. Set(kind, [])] }, 1);
        again.Give(entry with { Defaults = [] }, 2);
        var none = TestDevice.Empty(kind);
        none.Give(registered, 2);

        return before.Json() == after.Json() && again.Json() == none.Json() && before.Give(entry, 2).Disposition == Disposition.Duplicate;
    });

    private static IEnumerable<string> Bound(DeviceKind kind, string name) => ParameterTable.Find(kind, name) is { Bound.IsEmpty: false } parameter ? parameter.Bound : [name];
}
