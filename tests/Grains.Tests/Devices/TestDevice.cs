using System.Collections.Immutable;
using System.Text.Json;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Grains.Bins;
using Grid.Grains.Buildings;
using Grid.Grains.Cabinets;
using Grid.Grains.Devices;
using Grid.Grains.Environment;
using Grid.Grains.Meters;
using Grid.Grains.Streetlights;

namespace Grid.Tests.Grains.Devices;

/// <summary>A device of any trade, without a runtime: entries go in, answers come out.</summary>
public abstract class TestDevice
{
    public const string Sector = "29019.0";
    public const string Id = "D1";

    private long _revision;

    /// <summary>Offset of the last entry given.</summary>
    public long Offset { get; set; }

    public DeviceOutcome Last { get; private set; }

    public Persistence LastPersistence { get; private set; }

    public Contribution Contribution => Last.Contribution;

    /// <summary>A device of a trade that was registered at <see cref="Entries.Start"/>.</summary>
    public static TestDevice Of(DeviceKind kind, params (string Name, object Value)[] attributes)
    {
        var device = Empty(kind);
        device.Register(attributes);
        return device;
    }

    /// <summary>A device that nobody registered.</summary>
    public static TestDevice Empty(DeviceKind kind, string id = Id) => kind switch
    {
        DeviceKind.Cabinet => new TestDevice<CabinetRules, CabinetSettings, CabinetState>(id),
        DeviceKind.Streetlight => new TestDevice<StreetlightRules, StreetlightSettings, StreetlightState>(id),
        DeviceKind.Meter => new TestDevice<MeterRules, MeterSettings, MeterState>(id),
        DeviceKind.Building => new TestDevice<BuildingRules, BuildingSettings, BuildingState>(id),
        DeviceKind.Bin => new TestDevice<BinRules, BinSettings, BinState>(id),
        DeviceKind.Environment => new TestDevice<EnvironmentRules, EnvironmentSettings, EnvironmentState>(id),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public abstract DeviceKind Kind { get; }

    public DeviceOutcome Register(params (string Name, object Value)[] attributes) =>
        Take(Entries.Registered(Id, Kind, ++_revision, attributes));

    /// <summary>The next entry of the sector's log.</summary>
    public DeviceOutcome Take(LogEntry entry) => Give(entry, ++Offset);

    /// <summary>An entry at an offset, as a sector hands it that has handed nothing before.</summary>
    public DeviceOutcome Give(LogEntry entry, long offset, string sector = Sector, long after = 0)
    {
        Last = Apply(entry, new LogPosition(sector, offset), after, out var persistence);
        LastPersistence = persistence;
        return Last;
    }

    public DeviceOutcome Report(DateTimeOffset at, params (string Metric, double Value)[] metrics) => Take(Entries.Reading(Id, at, at, metrics));

    public ActiveCondition[] Conditions => [.. View(Entries.Start).Conditions];

    public double? Shown(string metric)
    {
        var reported = View(Entries.Start).Reported.Where(value => value.Name == metric).ToArray();
        return reported.Length == 0 ? null : reported[0].Value;
    }

    public abstract DeviceOutcome Apply(LogEntry entry, LogPosition at, long after, out Persistence persistence);

    public abstract DesiredAnswer Desire(DesiredChange change);

    public abstract DeviceView View(DateTimeOffset now);

    public abstract DeviceOrders Orders(DateTimeOffset now);

    public abstract ImmutableArray<MetricValue> MetricsAfter(long offset);

    /// <summary>All that it remembers.</summary>
    public abstract string Json();

    /// <summary>The device as it comes back from storage.</summary>
    public abstract TestDevice Restart(string json);
}

public sealed class TestDevice<TRules, TSettings, TState> : TestDevice
    where TRules : IDeviceRules<TSettings, TState>
    where TSettings : class
    where TState : struct
{
    private static readonly JsonSerializerOptions Compact = new()
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault,
    };

    private readonly string _id;
    private readonly DeviceLife<TRules, TSettings, TState> _life;

    public TestDevice(string id)
    {
        _id = id;
        _life = new DeviceLife<TRules, TSettings, TState>(id, TestContext.Shared);
    }

    public override DeviceKind Kind => TRules.Kind;

    public override DeviceOutcome Apply(LogEntry entry, LogPosition at, long after, out Persistence persistence) =>
        _life.Apply(entry, at, after, out persistence);

    public override DesiredAnswer Desire(DesiredChange change)
    {
        _life.Desire(change, out var answer);
        return answer;
    }

    public override DeviceView View(DateTimeOffset now) => _life.View(now);

    public override DeviceOrders Orders(DateTimeOffset now) => _life.Orders(now);

    public override ImmutableArray<MetricValue> MetricsAfter(long offset) => NewestValues.ChangedAfter(_life.State.Values, offset);

    public override string Json() => JsonSerializer.Serialize(_life.State, Compact);

    public override TestDevice Restart(string json)
    {
        var device = new TestDevice<TRules, TSettings, TState>(_id) { Offset = Offset };
        device._life.Resume(JsonSerializer.Deserialize<DeviceState<TSettings, TState>>(json, Compact)!);
        return device;
    }
}
