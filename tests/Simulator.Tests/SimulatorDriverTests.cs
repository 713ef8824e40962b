using System.Collections.Immutable;
using Grid.Connectors.Simulator;
using Grid.Connectors.Simulator.Models;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Lighting;
using Grid.Contracts.Storage;
using Grid.Grains.Territory;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.Tests.Simulator;

public sealed class SimulatorDriverTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 11, 0, 0, TimeSpan.Zero);
    private static readonly List<DeviceDescriptor> Demo = [.. DemoFleet.Create(TerritoryTable.Shared, "29", 2_000, 1)];
    private static readonly string Lamp = Demo.First(device => device is { Kind: DeviceKind.Streetlight, Commune: "29019" } && !device.Flag("passive")).Id;

    private static readonly HashSet<string> Silent =
        [.. SimulatedFleet.Build(Demo, TerritoryTable.Shared, 1).PlantedFaults(Noon, Noon.AddHours(1)).Where(fault => fault.Kind == PlantedFaultKind.Silence).Select(fault => fault.Device)];

    private readonly RegisteredDevices _devices = new(Demo);
    private readonly RecordingIntake _intake = new();
    private readonly SimulatorDownlinkSender _sender = new(new SimulatorOptions());
    private readonly List<SimulatorDriver> _drivers = [];

    public void Dispose() => _drivers.ForEach(driver => driver.Dispose());

    [Fact]
    public async Task It_submits_what_is_due_with_its_instants_and_in_bounded_batches()
    {
        var driver = Driver(rate: 5_000);
        await driver.TickAsync(Noon, default);
        await driver.TickAsync(Noon.AddSeconds(1), default);

        // A reading of a device that cannot speak is left out, and none takes its place.
        Assert.InRange(_intake.Readings.Sum(ReadingsIn), 5_000 - (4 * Silent.Count) - ReadingsOfFrame, 5_000 + ReadingsOfFrame);
        Assert.DoesNotContain(_intake.Readings, reading => Silent.Contains(reading.Device));
        Assert.All(_intake.Batches, batch => Assert.InRange(batch.Count, 1, SimulatorDriver.BatchSize));
        Assert.All(_intake.Batches, batch => Assert.InRange(batch.Sum(ReadingsIn), 1, SimulatorDriver.BatchSize));
        Assert.All(_intake.Batches, batch => Assert.Equal(Enumerable.Range(0, batch.Count), batch.Select(reading => reading.Index)));
        Assert.All(_intake.Readings.Where(reading => reading is not IncomingFrame), reading => Assert.InRange(reading.Time!.Value, Noon, Noon.AddSeconds(1)));
        Assert.Contains(_intake.Readings, reading => reading is IncomingFrame);
    }

    [Fact]
    public async Task Without_a_rate_every_device_has_said_once_where_it_stands_after_200_ticks()
    {
        var driver = Driver(rate: null);
        for (var tick = 0; tick < 200; tick++) await driver.TickAsync(Noon.AddSeconds(tick * 0.1), default);

        Assert.Equal(Demo.Count(device => !device.Flag("passive") && !Silent.Contains(device.Id)), _intake.Readings.Select(reading => reading.Device).Distinct().Count());
        Assert.All(_intake.Batches, batch => Assert.InRange(batch.Count, 1, SimulatorDriver.BatchSize));
    }

    [Fact]
    public async Task Without_a_rate_lights_also_report_within_seconds_of_switching()
    {
        var dusk = Noon.AddHours(5.4); // lights of Brest come on at about 16:46 UTC
        var driver = Driver(rate: null);
        for (var second = 0; second <= 2_400; second += 5) await driver.TickAsync(dusk.AddSeconds(second), default);

        var cabinets = Demo.Where(device => device is { Kind: DeviceKind.Cabinet, Commune: "29019" }).Select(device => device.Id).ToList();
        Assert.NotEmpty(cabinets);
        foreach (var reports in cabinets.Select(cabinet => _intake.Readings.Where(reading => reading.Device == cabinet).ToList()))
        {
            var switched = reports.First(report => report.Metrics[0].Value == 1);
            Assert.InRange(reports.Count, 4, 5); // the introduction, two or three times by its turn, and when it switched
            Assert.Equal(0, SimulatedFleet.Build(Demo, TerritoryTable.Shared, 1).Read(switched.Device, switched.Time!.Value.AddSeconds(-10))!.Metrics[0].Value);
        }
    }

    [Fact]
    public async Task At_rate_zero_it_is_silent_but_a_commanded_lamp_answers()
    {
        var driver = Driver(rate: 0);
        await driver.TickAsync(Noon, default);
        await driver.TickAsync(Noon.AddMinutes(20), default);
        Assert.Empty(_intake.Readings);

        Assert.Equal(DownlinkStatus.Acknowledged, (await SendAsync(Lamp, "setDimming", ("percent", 35))).Status);
        await driver.TickAsync(Noon.AddMinutes(20.01), default);

        var answer = Assert.Single(_intake.Readings);
        Assert.Equal((Lamp, 35), (answer.Device, answer.Metrics.Single(metric => metric.Name == "dimmingPercent").Value));
    }

    [Fact]
    public async Task Passive_lamps_refuse_for_good_and_before_the_start_senders_are_told_to_try_again()
    {
        var passive = Demo.First(device => device.Flag("passive")).Id;
        Assert.Equal(DownlinkStatus.Retry, (await SendAsync(passive, "setDimming", ("percent", 35))).Status);

        await Driver(rate: 0).TickAsync(Noon, default);

        Assert.Equal(DownlinkStatus.Rejected, (await SendAsync(passive, "setDimming", ("percent", 35))).Status);
        Assert.Equal(DownlinkStatus.Rejected, (await SendAsync(Lamp, "setDimming")).Status);
    }

    [Fact]
    public async Task Commands_beyond_the_bound_are_to_be_tried_again()
    {
        await Driver(rate: 0).TickAsync(Noon, default);
        for (var sent = 0; sent < SimulatorDownlinkSender.MaximumWaiting; sent++) await SendAsync(Lamp, "followPlan");

        Assert.Equal(DownlinkStatus.Retry, (await SendAsync(Lamp, "followPlan")).Status);
    }

    [Fact]
    public async Task A_device_that_is_gone_is_not_reported_again()
    {
        _intake.Unknown = Lamp;
        var driver = Driver(rate: null);
        for (var second = 0; second <= 1_800; second += 5) await driver.TickAsync(Noon.AddSeconds(second), default);

        Assert.Single(_intake.Readings, reading => reading.Device == Lamp);
    }

    [Fact]
    public async Task Only_devices_of_the_simulator_are_driven_and_new_ones_are_found()
    {
        _devices.List = [.. Demo.Take(100).Select(device => device with { Connector = null })];
        var driver = Driver(rate: null);
        await driver.TickAsync(Noon, default);
        await driver.TickAsync(Noon.AddSeconds(10), default);
        Assert.Empty(_intake.Readings);

        _devices.List = Demo;
        for (var second = 20; second <= 1_000; second += 5) await driver.TickAsync(Noon.AddSeconds(second), default);

        // Those that send a frame a day are heard after midnight.
        Assert.Equal(
            Demo.Count(device => !device.Flag("passive") && !Silent.Contains(device.Id) && !SimulatedFleet.SendsFrames(device)),
            _intake.Readings.Where(reading => reading is not IncomingFrame).Select(reading => reading.Device).Distinct().Count());
    }

    [Fact]
    public async Task A_meter_of_frames_says_at_the_start_what_it_sent_last_and_the_next_day_after_midnight()
    {
        var meters = Demo.Where(SimulatedFleet.SendsFrames).ToList();
        _devices.List = meters;
        var midnight = new DateTimeOffset(2026, 11, 23, 23, 0, 0, TimeSpan.Zero); // in Paris
        var driver = Driver(rate: null);
        for (var tick = 0; tick < 200; tick++) await driver.TickAsync(midnight.AddMinutes(-30).AddSeconds(tick * 0.1), default);
        Assert.NotEmpty(meters);
        Assert.Equal(meters.Select(meter => meter.Id).Order(), _intake.Readings.Select(reading => reading.Device).Order());
        Assert.All(_intake.Readings, reading => Assert.Equal(midnight.AddDays(-2), Assert.IsType<IncomingFrame>(reading).Start));

        _intake.Batches.Clear();
        for (var at = midnight.AddMinutes(-29); at <= midnight.AddHours(3); at += TimeSpan.FromSeconds(5)) await driver.TickAsync(at, default);
        Assert.Equal(meters.Select(meter => meter.Id).Order(), _intake.Readings.Select(reading => reading.Device).Order());
        Assert.All(_intake.Readings, reading => Assert.Equal(midnight.AddDays(-1), Assert.IsType<IncomingFrame>(reading).Start));
        Assert.All(_intake.Batches, batch => Assert.InRange(batch.Count, 1, 2)); // they do not all come at once
    }

    [Fact]
    public async Task A_command_to_a_device_that_was_just_registered_reaches_it_at_the_next_try()
    {
        _devices.List = [];
        var driver = Driver(rate: 0);
        await driver.TickAsync(Noon, default);
        _devices.List = Demo;

        Assert.Equal(DownlinkStatus.Retry, (await SendAsync(Lamp, "setDimming", ("percent", 35))).Status);
        await driver.TickAsync(Noon.AddSeconds(2), default);

        Assert.Equal(DownlinkStatus.Acknowledged, (await SendAsync(Lamp, "setDimming", ("percent", 35))).Status);
    }

    [Fact]
    public async Task An_overloaded_grid_is_left_alone_as_long_as_it_asks()
    {
        _intake.RetryAfter = TimeSpan.FromSeconds(3);
        var driver = Driver(rate: 5_000);
        await driver.TickAsync(Noon, default);

        Assert.Equal(TimeSpan.FromSeconds(3), await driver.TickAsync(Noon.AddSeconds(1), default));
        Assert.Single(_intake.Batches);

        _intake.RetryAfter = null;
        Assert.Null(await driver.TickAsync(Noon.AddSeconds(2), default));
        Assert.InRange(_intake.Batches.Count, 1 + 5, 1 + 6); // a frame that does not fit is the first of the next
    }

    [Fact]
    public async Task A_lamp_obeys_and_counts_on_after_a_restart()
    {
        var path = Path.Combine(Path.GetTempPath(), $"grid-field-{Guid.NewGuid():N}");
        try
        {
            var driver = Driver(rate: 0, path);
            await driver.TickAsync(Noon, default);
            await SendAsync(Lamp, "setDimming", ("percent", 35));
            await driver.TickAsync(Noon.AddSeconds(1), default);
            await SendAsync(Lamp, "setDimming", ("percent", 100));
            await driver.TickAsync(Noon.AddHours(2), default);
            await SendAsync(Lamp, "setDimming", ("percent", 100));
            await driver.TickAsync(Noon.AddHours(4), default);
            var before = _intake.Readings[^1].Metrics.ToDictionary(metric => metric.Name, metric => metric.Value);

            var restarted = Driver(rate: 5_000, path);
            await restarted.TickAsync(Noon.AddHours(4), default);
            await restarted.TickAsync(Noon.AddHours(4).AddSeconds(1), default);
            var after = _intake.Readings.Last(reading => reading.Device == Lamp).Metrics.ToDictionary(metric => metric.Name, metric => metric.Value);

            Assert.True(before["burningHours"] > 3_400);
            Assert.True(after["energyWattHours"] >= before["energyWattHours"]);
            Assert.True(after["burningHours"] >= before["burningHours"]);
            Assert.Equal(100, after["dimmingPercent"]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_memory_file_of_another_kind_is_left_alone_and_the_lamps_run_without_one()
    {
        var path = Path.Combine(Path.GetTempPath(), $"grid-field-{Guid.NewGuid():N}");
        try
        {
            await File.WriteAllTextAsync(path, "something else\n");
            var driver = Driver(rate: 0, path);
            await driver.TickAsync(Noon, default);
            await SendAsync(Lamp, "setDimming", ("percent", 35));
            await driver.TickAsync(Noon.AddSeconds(1), default);

            Assert.Single(_intake.Readings);
            Assert.Equal("something else\n", await File.ReadAllTextAsync(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task All_who_hear_a_multicast_obey_in_the_next_tick_and_say_so_some_in_a_tick()
    {
        _devices.List = [.. Enumerable.Range(0, 2_500).Select(lamp => Scheduled($"lamp-{lamp}"))];
        var driver = Driver(rate: 0);
        await driver.TickAsync(Noon, default);

        await _sender.MulticastAsync(
            new Downlink("c1", string.Empty, "simulator", "setDimming", Arguments(("percent", 35)), 0, Noon.AddDays(1), "lorawan-29019"),
            [.. _devices.List.Select(device => new DownlinkMember(device.Id, 3))], default);
        for (var tick = 1; tick <= 3; tick++) await driver.TickAsync(Noon.AddSeconds(tick * 0.1), default);

        Assert.Equal(2_500, _intake.Readings.Count);
        Assert.All(_intake.Readings, reading => Assert.Equal(35, reading.Metrics[0].Value));
        Assert.All(_intake.Batches, batch => Assert.InRange(batch.Count, 1, SimulatorDriver.BatchSize));
        Assert.Equal(_intake.Readings.Count, _intake.Readings.Select(reading => reading.Device).Distinct().Count());
    }

    [Fact]
    public async Task A_controller_runs_its_program_after_a_restart_and_a_swapped_one_is_without()
    {
        var path = Path.Combine(Path.GetTempPath(), $"grid-field-{Guid.NewGuid():N}");
        try
        {
            _devices.List = [Scheduled("kept"), Scheduled("swapped")];
            var driver = Driver(rate: 0, path);
            await driver.TickAsync(Noon, default);
            foreach (var device in _devices.List) await LoadAsync(device.Id, Programs.Midnight(version: 6, dimmed: 0));
            await driver.TickAsync(Noon.AddSeconds(1), default);
            Assert.True(await driver.SwapControllerAsync("swapped", Noon.AddSeconds(2), default));
            await driver.TickAsync(Noon.AddSeconds(3), default);

            _intake.Batches.Clear();
            var again = Driver(rate: null, path);
            await again.TickAsync(Noon.AddHours(12), default);
            await again.TickAsync(Noon.AddHours(12).AddSeconds(1), default);

            var shown = _intake.Readings.ToLookup(reading => reading.Device, reading => (reading.Metrics[0].Value, reading.Metrics[6].Value));
            Assert.All(shown["kept"], metrics => Assert.Equal((0, 6), metrics));
            Assert.All(shown["swapped"], metrics => Assert.True(metrics is ( > 0, 0)));
            Assert.Equal(2, shown.Count);
            Assert.NotNull(again.TruthOf(_devices.List[0], Noon.AddHours(12)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_program_is_refused_by_what_keeps_none()
    {
        await Driver(rate: 0).TickAsync(Noon, default);
        var plain = Demo.First(device => device.Kind == DeviceKind.Streetlight && !device.Flag("passive") && !device.Flag("scheduler"));

        Assert.Equal(DownlinkStatus.Rejected, (await LoadAsync(plain.Id, Programs.Midnight())).Status);
        Assert.Equal(DownlinkStatus.Rejected, (await LoadAsync(Demo.First(device => device.Kind == DeviceKind.Cabinet).Id, null)).Status);
    }

    private const int ReadingsOfFrame = 25;

    private static int ReadingsIn(IncomingReading reading) => reading is IncomingFrame frame ? frame.Count : 1;

    private static DeviceDescriptor Scheduled(string id) => new()
    {
        Id = id,
        Kind = DeviceKind.Streetlight,
        Commune = "29019",
        Name = id,
        Attributes = ImmutableSortedDictionary<string, AttributeValue>.Empty.Add("scheduler", AttributeValue.Of(true)),
        Connector = new ConnectorSpec { Type = "simulator" },
    };

    private static ImmutableSortedDictionary<string, double> Arguments(params (string Name, double Value)[] arguments) =>
        arguments.ToImmutableSortedDictionary(argument => argument.Name, argument => argument.Value);

    private ValueTask<DownlinkResult> LoadAsync(string device, ControllerProgram? program) =>
        _sender.SendAsync(new Downlink("c1", device, "simulator", "loadProgram", Arguments(), program?.Version ?? 0, Noon.AddDays(1)) { Program = program }, default);

    private SimulatorDriver Driver(double? rate, string? memory = null)
    {
        var options = new SimulatorOptions { Seed = 1, RatePerSecond = rate, MemoryPath = memory };
        _drivers.Add(new SimulatorDriver(_intake, _devices, _devices, TerritoryTable.Shared, _sender, options, NullLogger<SimulatorDriver>.Instance));
        return _drivers[^1];
    }

    private ValueTask<DownlinkResult> SendAsync(string device, string command, params (string Name, double Value)[] arguments) =>
        _sender.SendAsync(
            new Downlink("c1", device, "simulator", command, Arguments(arguments), 1, Noon.AddDays(1)),
            default);

    private sealed class RecordingIntake : IIntake
    {
        public List<List<IncomingReading>> Batches { get; } = [];

        public List<IncomingReading> Readings => [.. Batches.SelectMany(batch => batch)];

        public string? Unknown { get; set; }

        public TimeSpan? RetryAfter { get; set; }

        public ValueTask<IntakeResult> SubmitAsync(IReadOnlyList<IncomingReading> readings, IntakeClass sender, CancellationToken cancellationToken)
        {
            Assert.Equal(IntakeClass.Simulator, sender);
            Batches.Add([.. readings]);
            ImmutableArray<Rejection> rejected = [.. readings.Where(reading => reading.Device == Unknown).Select(reading => new Rejection(reading.Index, reading.Device, "device", "unknown"))];
            return ValueTask.FromResult(new IntakeResult { Accepted = readings.Count - rejected.Length, Rejected = rejected, RetryAfter = RetryAfter });
        }
    }

    private sealed class RegisteredDevices(List<DeviceDescriptor> list) : IDeviceRegistry, IDeviceDirectory
    {
        public List<DeviceDescriptor> List { get; set; } = list;

        public int Count => List.Count;

        public async IAsyncEnumerable<DeviceRecord> ReadAllAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            foreach (var device in List) yield return new DeviceRecord { Descriptor = device, Sector = device.Commune + ".0", Revision = 1 };
        }

        public DeviceAddress? Find(string device) => throw new NotSupportedException();

        public IReadOnlySet<string> Communes() => throw new NotSupportedException();

        public string? FindKey(ReadOnlySpan<byte> utf8) => throw new NotSupportedException();

        public Task<ImmutableArray<PendingChange>> PutAsync(ImmutableArray<(DeviceDescriptor Descriptor, string Sector)> devices, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<PendingChange?> RemoveAsync(string device, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task CompleteAsync(ImmutableArray<long> revisions, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ImmutableArray<PendingChange>> GetPendingAsync(int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<DeviceRecord?> GetAsync(string device, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ImmutableArray<DeviceRecord>> ListAsync(DeviceQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<long> CountAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
