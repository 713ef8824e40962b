using System.Collections.Concurrent;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Storage;
using Grid.Storage.Postgres;
using Grid.Storage.Postgres.Schema;
using Grid.Tests.Database;
using Orleans;
using Orleans.Runtime;

namespace Grid.Tests.Storage.Postgres;

public sealed class RestartUnderLoadTests
{
    private const int Restarts = 3;
    private const int Writers = 4;
    private const int WritesEach = 60;
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_server_that_is_killed_and_restarted_under_load_has_everything_acknowledged_once_and_nothing_that_was_refused()
    {
        if (PostgresServer.Missing is { } reason)
        {
            Assert.Skip(reason);
        }

        await using var server = await PostgresServer.StartAsync(syncs: true);
        await new SchemaMigrator(new PostgresOptions { Connection = server.Connection() }).ApplyAsync(_ => { }, None);
        using var metrics = new StorageMetrics();
        using var retries = new Counted("grid.postgres.retries", metrics);
        await using var storage = await SharedServer.OpenAsync(server.Connection(), metrics);
        var load = new Load(storage);
        await load.AcquireAsync();

        var running = load.RunAsync();
        for (var restart = 0; restart < Restarts; restart++)
        {
            await load.AcknowledgedAsync(Writers * WritesEach * 3 / (Restarts + 1));
            await server.StopAtOnceAsync();
            await server.StartAsync();
        }

        await running;
        await load.VerifyAsync();
        Assert.True(retries.Total >= Restarts, "no write met a restart: the run shows nothing");
    }

    /// <summary>Writers of readings, devices and grain states, each with what was acknowledged and what was refused.</summary>
    private sealed class Load(PostgresStorage storage)
    {
        private readonly SemaphoreSlim _acknowledged = new(0);
        private readonly ConcurrentDictionary<string, long> _epochs = new();
        private readonly ConcurrentDictionary<(int Writer, int Number), bool> _readings = new();
        private readonly ConcurrentDictionary<string, long> _revisions = new();
        private readonly ConcurrentDictionary<int, int> _states = new();

        private static string SectorOf(int writer) => $"29{writer:D3}.0";

        public async Task AcquireAsync()
        {
            for (var writer = 0; writer < Writers; writer++)
            {
                _epochs[SectorOf(writer)] = await storage.Log.AcquireAsync(SectorMap.PartitionOf(SectorOf(writer)), None);
            }
        }

        public Task RunAsync() => Task.WhenAll(Enumerable.Range(0, Writers).SelectMany(writer => new[]
        {
            Task.Run(() => EachAsync(number => AppendAsync(writer, number))),
            Task.Run(() => EachAsync(number => PutAsync($"D{writer}:{number}"))),
            Task.Run(() => WriteStatesAsync(writer)),
        }));

        /// <summary>Waits until so many more writes were acknowledged.</summary>
        public async Task AcknowledgedAsync(int count)
        {
            for (; count > 0; count--)
            {
                await _acknowledged.WaitAsync();
            }
        }

        public async Task VerifyAsync()
        {
            for (var writer = 0; writer < Writers; writer++)
            {
                var acknowledged = Enumerable.Range(0, WritesEach).Where(number => _readings[(writer, number)]).SelectMany(number => new[] { number * 2L, (number * 2L) + 1 });
                Assert.Equal(acknowledged, await Samples.NumbersOf(storage.Log, SectorOf(writer)));

                var state = await ReadAsync(writer);
                Assert.Equal(_states[writer], state.RecordExists ? state.State!.StartsAtFive : 0);
            }

            var devices = new Dictionary<string, long>();
            await foreach (var device in storage.Devices.ReadAllAsync(None))
            {
                devices.Add(device.Descriptor.Id, device.Revision);
            }

            Assert.Equal(_revisions.OrderBy(pair => pair.Key), devices.OrderBy(pair => pair.Key));
            Assert.Equal(Enumerable.Range(1, devices.Count).Select(number => (long)number), devices.Values.Order());
        }

        private async Task EachAsync(Func<int, Task> write)
        {
            for (var number = 0; number < WritesEach; number++)
            {
                await write(number);
            }
        }

        private async Task AppendAsync(int writer, int number)
        {
            var sector = SectorOf(writer);
            _readings[(writer, number)] = await IsAcknowledgedAsync(async () =>
                await storage.Log.AppendAsync([Samples.Batch(sector, _epochs[sector], number * 2, 2)], None));
        }

        private Task PutAsync(string device) => IsAcknowledgedAsync(async () =>
            _revisions[device] = Assert.Single(await storage.Devices.PutAsync([(Samples.Device(device), "29019.0")], None)).Revision);

        private async Task WriteStatesAsync(int writer)
        {
            var state = await ReadAsync(writer);
            _states[writer] = 0;
            for (var number = 1; number <= WritesEach; number++)
            {
                state.State!.StartsAtFive = number;
                if (await IsAcknowledgedAsync(() => storage.Grains.WriteStateAsync("device", GrainId.Create("meter", $"M{writer}"), state)))
                {
                    _states[writer] = number;
                }
            }
        }

        private async Task<GrainState<GrainStorageConformance.Plain>> ReadAsync(int writer)
        {
            var state = new GrainState<GrainStorageConformance.Plain>();
            await storage.Grains.ReadStateAsync("device", GrainId.Create("meter", $"M{writer}"), state);
            return state;
        }

        private async Task<bool> IsAcknowledgedAsync(Func<Task> write)
        {
            try
            {
                await write();
                return true;
            }
            catch (StorageUnavailableException)
            {
                return false;
            }
            finally
            {
                _acknowledged.Release();
            }
        }
    }
}
