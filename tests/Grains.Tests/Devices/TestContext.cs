using System.Diagnostics.Metrics;
using Grid.Grains.Devices;
using Grid.Grains.Territory;

namespace Grid.Tests.Grains.Devices;

/// <summary>What devices need of their process, with the real communes.</summary>
public static class TestContext
{
    public static readonly DeviceContext Shared = New();

    public static DeviceContext New(IMeterFactory? meters = null) =>
        new(new LocalCalendars(TerritoryTable.Shared), new LocalSkies(TerritoryTable.Shared), new FixedClock(), new DeviceInstruments(meters ?? new Meters()), new NoKeys());

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Entries.Start;
    }

    private sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
