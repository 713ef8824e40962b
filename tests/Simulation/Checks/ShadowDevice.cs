using Grid.Contracts.Devices;
using Grid.Grains.Bins;
using Grid.Grains.Buildings;
using Grid.Grains.Cabinets;
using Grid.Grains.Devices;
using Grid.Grains.Environment;
using Grid.Grains.Meters;
using Grid.Grains.Streetlights;

namespace Grid.Simulation.Checks;

/// <summary>What a device must be: its pure rules over every entry that was ever durable for it, once each, without grains, streams, snapshots or replay.</summary>
internal abstract class ShadowDevice
{
    /// <summary>What it contributes.</summary>
    public abstract Contribution Contribution { get; }

    /// <summary>A shadow of a kind.</summary>
    public static ShadowDevice Of(DeviceKind kind, string id, DeviceContext context) => kind switch
    {
        DeviceKind.Cabinet => new Life<CabinetRules, CabinetSettings, CabinetState>(id, context),
        DeviceKind.Streetlight => new Life<StreetlightRules, StreetlightSettings, StreetlightState>(id, context),
        DeviceKind.Meter => new Life<MeterRules, MeterSettings, MeterState>(id, context),
        DeviceKind.Building => new Life<BuildingRules, BuildingSettings, BuildingState>(id, context),
        DeviceKind.Bin => new Life<BinRules, BinSettings, BinState>(id, context),
        DeviceKind.Environment => new Life<EnvironmentRules, EnvironmentSettings, EnvironmentState>(id, context),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "is no kind of device"),
    };

    /// <summary>One more entry.</summary>
    public abstract void Apply(LogEntry entry, LogPosition at);

    /// <summary>What it shows.</summary>
    public abstract DeviceView View(DateTimeOffset now);

    private sealed class Life<TRules, TSettings, TState>(string id, DeviceContext context) : ShadowDevice
        where TRules : IDeviceRules<TSettings, TState>
        where TSettings : class
        where TState : struct
    {
        private readonly DeviceLife<TRules, TSettings, TState> _life = new(id, context);

        public override Contribution Contribution => _life.Contribution;

        public override void Apply(LogEntry entry, LogPosition at) => _life.Apply(entry, at, 0, out _);

        public override DeviceView View(DateTimeOffset now) => _life.View(now);
    }
}
