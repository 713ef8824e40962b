using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Devices;
using Grid.Grains.Territory;
using Grid.TestCluster;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Grid.Tests.Grains.Devices;

/// <summary>Device grains on a cluster: what is persisted and when, and what another activation finds.</summary>
public sealed class DeviceGrainTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = Entries.Start;

    private static readonly TimeSpan IdleAge = TimeSpan.FromSeconds(2);

    private readonly CountingStorage _storage = new();
    private GridCluster _cluster = null!;
    private int _devices;

    public async ValueTask InitializeAsync() => _cluster = await GridCluster.StartAsync(options =>
    {
        options.Storage = _ => _storage;
        options.IdleAge = IdleAge;
        options.VirtualTime = true;
        options.Services = services =>
        {
            services.AddMetrics();
            services.AddSingleton<ITerritoryTable>(TerritoryTable.Shared);
            services.AddSingleton<ISubscriberKeys>(new NoKeys());
            services.AddDevices();
        };
    });

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private (string Id, IDeviceGrain Grain) Device(DeviceKind kind)
    {
        var id = $"device-{++_devices}";
        return (id, DeviceGrains.Get(_cluster.Grains, kind, id));
    }

    private static ValueTask<DeviceOutcome> Give(IDeviceGrain grain, LogEntry entry, long offset, long after = 0, string sector = TestDevice.Sector) =>
        grain.Apply(entry, new LogPosition(sector, offset), after);

    /// <summary>Leaves the device alone until it is idle for long enough to be collected; it then lives again from its storage.</summary>
    private async Task ForgetAsync(IDeviceGrain grain)
    {
        // A grain's answer may resume the test on the thread that runs the grains, where time cannot pass.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var reads = _storage.Reads;
        for (var round = 0; round < 10; round++)
        {
            var start = _cluster.Time.GetTimestamp();
            await _cluster.UntilAsync(() => _cluster.Time.GetElapsedTime(start) > 2 * IdleAge);
            await grain.GetPosition();
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            if (_storage.Reads > reads)
            {
                return;
            }
        }

        Assert.Fail("The device was not collected.");
    }

    public static TheoryData<DeviceKind> Kinds => [.. Enum.GetValues<DeviceKind>()];

    [Theory, MemberData(nameof(Kinds))]
    public async Task Every_kind_takes_entries_and_answers(DeviceKind kind)
    {
        var (id, grain) = Device(kind);
        Assert.Equal(Disposition.Applied, (await Give(grain, Entries.Registered(id, kind, 1), 5)).Disposition);

        var outcome = await Give(grain, Entries.Reading(id, Noon, Noon, ("custom", 4.5)), 9, after: 5);

        Assert.Equal((Disposition.Applied, 9L, true), (outcome.Disposition, outcome.Offset, outcome.Visible));
        Assert.Equal((kind, DeviceStatus.Ok), (outcome.Contribution.Kind, outcome.Contribution.Status));
        Assert.Equal(outcome.Contribution, await grain.GetContribution());
        Assert.Equal(new LogPosition(TestDevice.Sector, 9), await grain.GetPosition());
        Assert.Equal([new MetricValue("custom", 4.5)], await grain.GetMetrics(5));
        Assert.Empty(await grain.GetMetrics(9));
        Assert.Equal([new ReportedMetric("custom", 4.5, Noon)], (await grain.GetView()).Reported);
    }

    [Fact]
    public async Task Readings_are_persisted_when_the_sector_saves_and_not_before()
    {
        var (id, grain) = Device(DeviceKind.Bin);
        await Give(grain, Entries.Registered(id, DeviceKind.Bin, 1), 1);
        await Give(grain, Entries.Reading(id, Noon, Noon, ("fillPercent", 99)), 2);
        Assert.Equal(0, _storage.Writes);

        await grain.Save();
        await grain.Save();
        Assert.Equal(1, _storage.Writes);

        await Give(grain, Entries.Reading(id, Noon.Minutes(15), Noon.Minutes(15), ("fillPercent", 3)), 3);
        _storage.Failure = new IOException("The disk refuses.");
        await ForgetAsync(grain);
        Assert.Equal(ContributionFlags.Over80Percent | ContributionFlags.Overflowing, (await grain.GetContribution()).Flags);

        // Its sector notices, and hands it again what it has forgotten.
        var behind = await Give(grain, Entries.Reading(id, Noon.Minutes(30), Noon.Minutes(30), ("fillPercent", 4)), 4, after: 3);
        Assert.Equal((Disposition.Behind, 2L), (behind.Disposition, behind.Offset));
    }

    [Fact]
    public async Task A_device_that_is_collected_persists_what_no_snapshot_has()
    {
        var (id, grain) = Device(DeviceKind.Bin);
        await Give(grain, Entries.Registered(id, DeviceKind.Bin, 1), 1);
        await Give(grain, Entries.Reading(id, Noon, Noon, ("fillPercent", 99)), 2);
        await ForgetAsync(grain);
        Assert.Equal(new LogPosition(TestDevice.Sector, 2), await grain.GetPosition());
    }

    [Fact]
    public async Task A_desired_state_is_persisted_before_the_answer()
    {
        var (id, grain) = Device(DeviceKind.Streetlight);
        await Give(grain, Entries.Registered(id, DeviceKind.Streetlight, 1), 1);

        Assert.Equal(1, (await grain.SetDesired(Entries.Dim("C1", 30, Noon))).Version);
        Assert.Equal(1, _storage.Writes);

        await Give(grain, Entries.Reading(id, Noon, Noon.Minutes(-1), ("dimmingPercent", 90)), 2);
        await ForgetAsync(grain);
        Assert.Equal([new MetricValue("dimmingPercent", 30)], (await grain.GetView()).Desired);
        var writes = _storage.Writes;
        Assert.Equal(1, (await grain.SetDesired(Entries.Dim("C1", 30, Noon))).Version);
        Assert.Equal(writes, _storage.Writes);
    }

    [Fact]
    public async Task A_refused_command_writes_nothing()
    {
        var (id, grain) = Device(DeviceKind.Streetlight);
        await Give(grain, Entries.Registered(id, DeviceKind.Streetlight, 1, ("passive", true), ("cabinet", "C")), 1);

        Assert.Equal("device", (await grain.SetDesired(Entries.Dim("C1", 30, Noon))).Field);
        Assert.Equal(0, _storage.Writes);
    }

    [Fact]
    public async Task A_desired_state_that_could_not_be_persisted_never_was()
    {
        var (id, grain) = Device(DeviceKind.Streetlight);
        await Give(grain, Entries.Registered(id, DeviceKind.Streetlight, 1), 1);
        _storage.Failure = new IOException("The disk is full.");

        Assert.Contains("full", (await Assert.ThrowsAnyAsync<Exception>(() => grain.SetDesired(Entries.Dim("C1", 30, Noon)))).Message, StringComparison.Ordinal);
        Assert.Empty((await grain.GetView()).Desired);

        _storage.Failure = null;
        Assert.Equal(1, (await grain.SetDesired(Entries.Dim("C2", 30, Noon))).Version);
    }

    [Fact]
    public async Task A_move_is_persisted_before_the_answer_even_when_the_first_write_fails()
    {
        var (id, grain) = Device(DeviceKind.Bin);
        await Give(grain, Entries.Registered(id, DeviceKind.Bin, 1), 1);
        await Give(grain, Entries.Reading(id, Noon, Noon, ("fillPercent", 50)), 2);
        _storage.Failure = new IOException("The disk is full.");
        await Assert.ThrowsAnyAsync<Exception>(async () => await Give(grain, Entries.Registered(id, DeviceKind.Bin, 2), 7, sector: "29232.0"));

        _storage.Failure = null;
        Assert.Equal(Disposition.Duplicate, (await Give(grain, Entries.Registered(id, DeviceKind.Bin, 2), 7, sector: "29232.0")).Disposition);
        Assert.Equal(1, _storage.Writes);
        Assert.Contains("29232.0", _storage.Json(id), StringComparison.Ordinal);
        Assert.Equal(Disposition.Elsewhere, (await Give(grain, Entries.Reading(id, Noon.Minutes(1), Noon.Minutes(1), ("fillPercent", 51)), 3)).Disposition);
    }

    [Fact]
    public async Task A_removed_device_leaves_nothing_in_the_storage()
    {
        var (id, grain) = Device(DeviceKind.Bin);
        await Give(grain, Entries.Registered(id, DeviceKind.Bin, 1), 1);
        await Give(grain, Entries.Reading(id, Noon, Noon, ("fillPercent", 99)), 2);
        await grain.Save();

        Assert.Equal(Disposition.Applied, (await Give(grain, Entries.Removed(id, DeviceKind.Bin, 2, moved: false), 3)).Disposition);
        Assert.Equal(Disposition.Elsewhere, (await Give(grain, Entries.Registered(id, DeviceKind.Bin, 1), 1)).Disposition);
        Assert.DoesNotContain("fillPercent", _storage.Json(id), StringComparison.Ordinal);
        await ForgetAsync(grain);

        Assert.Null(_storage.Json(id));
        Assert.Equal(Disposition.Applied, (await Give(grain, Entries.Registered(id, DeviceKind.Bin, 3), 4)).Disposition);
        Assert.Empty((await grain.GetView()).Reported);
    }

    /// <summary>Grain storage that counts its writes and can be made to fail.</summary>
    private sealed class CountingStorage : IGrainStorage
    {
        private readonly ConcurrentDictionary<string, (string Json, int Version)> _records = new();
        private int _reads;
        private int _writes;

        public int Reads => _reads;

        public int Writes => _writes;

        public Exception? Failure { get; set; }

        public string? Json(string device) =>
            _records.Where(record => record.Key.EndsWith($"/{device}", StringComparison.Ordinal)).Select(record => record.Value.Json).SingleOrDefault();

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            Interlocked.Increment(ref _reads);
            var exists = _records.TryGetValue(grainId.ToString(), out var record);
            grainState.State = exists ? JsonSerializer.Deserialize<T>(record.Json)! : Activator.CreateInstance<T>();
            grainState.ETag = exists ? record.Version.ToString(CultureInfo.InvariantCulture) : null;
            grainState.RecordExists = exists;
            return Task.CompletedTask;
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (Failure is { } failure)
            {
                return Task.FromException(failure);
            }

            var version = Interlocked.Increment(ref _writes);
            _records[grainId.ToString()] = (JsonSerializer.Serialize(grainState.State), version);
            grainState.ETag = version.ToString(CultureInfo.InvariantCulture);
            grainState.RecordExists = true;
            return Task.CompletedTask;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            _records.TryRemove(grainId.ToString(), out _);
            grainState.State = Activator.CreateInstance<T>();
            grainState.ETag = null;
            grainState.RecordExists = false;
            return Task.CompletedTask;
        }
    }
}
