using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Storage;
using Grid.Storage.ReadingLog;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;

namespace Grid.Tests.Storage;

public sealed class GridStorageTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private StorageOptions Options => new() { DataDirectory = Path.Combine(_directory.Path, "data") };

    private GridStorage New() => new(Options, new ManualTime(), new StorageMetrics(), NullLoggerFactory.Instance);

    [Fact]
    public async Task Everything_is_there_after_a_restart()
    {
        await using (var storage = New())
        {
            await storage.OpenAsync();
            await storage.OpenAsync();
            var epoch = await storage.Log.AcquireAsync(SectorMap.PartitionOf("29019.0"), CancellationToken.None);
            await storage.Log.AppendAsync([Samples.Batch("29019.0", epoch)], CancellationToken.None);
            await storage.Devices.PutAsync([(Samples.Device("L1"), "29019.0")], CancellationToken.None);
            await storage.Bodies.PutAsync(new Body("999000029", "Syndicat", BodyKind.Syndicate), CancellationToken.None);
        }

        await using var again = New();
        await again.OpenAsync();
        Assert.Equal([1, 2, 3], await Samples.NumbersOf(again.Log, "29019.0"));
        Assert.Equal(1, await again.Devices.CountAsync(CancellationToken.None));
        Assert.Single(await again.Bodies.ListAsync(CancellationToken.None));
        Assert.Equal(0, await again.Outbox.CountAsync(CancellationToken.None));
        Assert.Empty(await again.Audit.ReadNewestAsync(1, CancellationToken.None));
    }

    [Fact]
    public async Task Before_it_is_open_every_port_refuses()
    {
        await using var storage = New();

        Assert.Throws<InvalidOperationException>(() => { _ = storage.Devices.CountAsync(CancellationToken.None); });
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await storage.Log.AcquireAsync(0, CancellationToken.None));
    }

    [Fact]
    public async Task A_directory_in_use_is_refused_and_the_first_one_goes_on()
    {
        await using var first = New();
        await first.OpenAsync();
        await using (var second = New())
        {
            await Assert.ThrowsAsync<DataDirectoryException>(second.OpenAsync);
        }

        Assert.Equal(0, await first.Devices.CountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_damaged_log_keeps_everything_closed_and_lets_go_of_the_directory()
    {
        await using (var storage = New())
        {
            await storage.OpenAsync();
        }

        var segment = Path.Combine(Options.DataDirectory, "log", Segment.NameOf(1));
        var bytes = await File.ReadAllBytesAsync(segment);
        bytes[20] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes);
        await using (var damaged = New())
        {
            await Assert.ThrowsAsync<LogDamagedException>(damaged.OpenAsync);
        }

        bytes[20] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes);
        await using var mended = New();
        await mended.OpenAsync();
        Assert.Equal(0, await mended.Devices.CountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_store_or_a_log_that_is_missing_beside_the_others_is_not_begun_anew()
    {
        await using (var storage = New())
        {
            await storage.OpenAsync();
            await storage.Devices.PutAsync([(Samples.Device("L1"), "29019.0")], CancellationToken.None);
        }

        var data = Options.DataDirectory;
        foreach (var (parts, says) in ((string[], string)[])[
            (["grains.db", "grains.db-wal", "grains.db.sums"], "grains.db is damaged: it is missing, and the reading log is there"),
            (["log"], "it is missing, and stores that were written to are there")])
        {
            foreach (var part in parts)
            {
                Directory.Move(Path.Combine(data, part), Path.Combine(_directory.Path, part));
            }

            await using (var maimed = New())
            {
                Assert.Contains(says, (await Assert.ThrowsAnyAsync<IOException>(maimed.OpenAsync)).Message);
            }

            foreach (var part in parts)
            {
                if (Directory.Exists(Path.Combine(data, part)))
                {
                    Directory.Delete(Path.Combine(data, part));
                }

                Directory.Move(Path.Combine(_directory.Path, part), Path.Combine(data, part));
            }
        }

        await using var whole = New();
        await whole.OpenAsync();
        Assert.Equal(1, await whole.Devices.CountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_changes_the_order_of_nothing()
    {
        var time = new ManualTime();
        GridStorage At(TimeSpan back)
        {
            time.Advance(-back);
            return new GridStorage(Options, time, new StorageMetrics(), NullLoggerFactory.Instance);
        }

        for (var start = 0; start < 3; start++)
        {
            await using var storage = At(TimeSpan.FromDays(start));
            await storage.OpenAsync();
            var epoch = await storage.Log.AcquireAsync(SectorMap.PartitionOf("29019.0"), CancellationToken.None);
            await storage.Log.AppendAsync([Samples.Batch("29019.0", epoch, (start * 3) + 1)], CancellationToken.None);
            await storage.Audit.AppendAsync(new AuditEntry(time.GetUtcNow(), "admin", $"start {start}", "", ""), CancellationToken.None);
            await storage.Devices.PutAsync([(Samples.Device("L1"), "29019.0")], CancellationToken.None);
            Assert.Equal(start + 1, (await storage.Devices.GetAsync("L1", CancellationToken.None))!.Revision);
        }

        await using var again = At(TimeSpan.FromDays(30));
        await again.OpenAsync();
        Assert.Equal(Enumerable.Range(1, 9).Select(number => (long)number), await Samples.NumbersOf(again.Log, "29019.0"));
        Assert.Equal(["start 2", "start 1", "start 0"], (await again.Audit.ReadNewestAsync(10, CancellationToken.None)).Select(entry => entry.Action));
    }

    [Fact]
    public async Task A_host_opens_it_before_its_other_services_start_and_closes_it_after_they_have_stopped()
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<TimeProvider>(new ManualTime());
        builder.Services.AddGridStorage(Options);
        builder.Services.AddHostedService<User>();
        using (var host = builder.Build())
        {
            await host.StartAsync();
            Assert.NotNull(host.Services.GetRequiredKeyedService<IGrainStorage>(StorageServices.GrainStorageName));
            await host.StopAsync();
        }

        await using var again = New();
        await again.OpenAsync();
        Assert.Equal(["stopped", "started"], (await again.Audit.ReadNewestAsync(10, CancellationToken.None)).Select(entry => entry.Action));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(long.MaxValue)]
    public void A_setting_out_of_range_is_refused_with_its_name_value_and_range(long bytes)
    {
        var error = Assert.Throws<ArgumentException>(
            () => new GridStorage(Options with { Log = new ReadingLogOptions { SegmentBytes = bytes } }, new ManualTime(), new StorageMetrics(), NullLoggerFactory.Instance));

        Assert.Contains("SegmentBytes", error.Message);
        Assert.Contains("from 65536 to 1073741824", error.Message);
    }

    private sealed class User(IAuditLog audit, TimeProvider time) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => audit.AppendAsync(new AuditEntry(time.GetUtcNow(), "user", "started", "", ""), cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => audit.AppendAsync(new AuditEntry(time.GetUtcNow(), "user", "stopped", "", ""), cancellationToken);
    }
}
