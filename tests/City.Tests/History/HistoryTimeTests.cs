using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.History;
using Grid.Grains.Intake;
using Grid.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.Tests.City.History;

/// <summary>The city with its real stores: what is accepted is in history, the log is held for it, and figures are recorded.</summary>
public sealed class HistoryTimeTests
{
    private const string Quimper = "29232";
    private const string Ouessant = "29155";
    private const string OuessantSector = "29155.0";

    [Fact]
    public async Task Everything_accepted_is_in_history_late_and_unknown_metrics_too_and_a_duplicate_once()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Lamp("L1", Ouessant));
        var now = city.Now;
        await city.ReportAsync(Say.Reading("L1", now, ("powerWatts", 30), ("tiltDegrees", 2)));
        await city.ReportAsync(Say.Reading("L1", now.AddHours(-30), ("powerWatts", 10)), Say.Reading("L1", now, ("powerWatts", 30), ("tiltDegrees", 2)));
        Assert.Equal([10, 30], await city.HistoryAsync("L1", "powerWatts"));
        Assert.Equal([2], await city.HistoryAsync("L1", "tiltDegrees"));
    }

    [Fact]
    public async Task A_device_that_moves_keeps_its_history()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Lamp("L1", Ouessant));
        await city.ReportAsync(Say.Reading("L1", city.Now, ("powerWatts", 30)));
        await city.PutAsync(Say.Lamp("L1", Quimper));
        await city.PassAsync(TimeSpan.FromMinutes(1));
        await city.ReportAsync(Say.Reading("L1", city.Now, ("powerWatts", 31)));
        Assert.Equal([30, 31], await city.HistoryAsync("L1", "powerWatts"));
    }

    [Fact]
    public async Task A_removed_device_keeps_its_history_until_it_is_forgotten()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Lamp("L1", Ouessant), Say.Lamp("L2", Ouessant));
        await city.ReportAsync(Say.Reading("L1", city.Now, ("powerWatts", 30)), Say.Reading("L2", city.Now, ("powerWatts", 40)));
        await city.RemoveAsync("L1");
        Assert.Equal([30], await city.HistoryAsync("L1", "powerWatts"));
        Assert.True(await city.Get<IRegistrar>().ForgetAsync("L1", CancellationToken.None));
        Assert.False(await city.Get<IRegistrar>().ForgetAsync("L1", CancellationToken.None));
        Assert.Empty(await city.HistoryAsync("L1", "powerWatts"));
        Assert.Equal([40], await city.HistoryAsync("L2", "powerWatts"));
        await using var after = await city.CrashAsync([]);
        Assert.Empty(await after.HistoryAsync("L1", "powerWatts"));
        Assert.Equal([40], await after.HistoryAsync("L2", "powerWatts"));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_crash_after_a_flush_or_a_checkpoint_or_neither_or_both_loses_and_doubles_nothing(bool flushes, bool checkpoints)
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Lamp("L1", Ouessant));
        for (var minute = 0; minute < 5; minute++)
        {
            await city.ReportAsync(Say.Reading("L1", city.Now.AddMinutes(-minute), ("powerWatts", minute)));
        }

        Assert.Equal(5, (await city.HistoryAsync("L1", "powerWatts")).Count);
        var head = await city.Get<IReadingLog>().GetHeadAsync(OuessantSector, CancellationToken.None);
        if (checkpoints)
        {
            await city.Grains.GetGrain<ISectorGrain>(OuessantSector).Checkpoint();
            var durable = await city.Get<IHistory>().GetDurableAsync(OuessantSector, CancellationToken.None);
            Assert.True(await city.Get<IReadingLog>().GetCheckpointAsync(OuessantSector, CancellationToken.None) <= durable);
        }

        if (flushes)
        {
            await city.Get<IHistory>().FlushAsync(CancellationToken.None);
            Assert.Equal(head, await city.Get<IHistory>().GetDurableAsync(OuessantSector, CancellationToken.None));
        }

        await using var after = await city.CrashNowAsync();
        Assert.Equal([4, 3, 2, 1, 0], await after.HistoryAsync("L1", "powerWatts"));
        Assert.Equal(0, (await after.FiguresAsync(after.Commune(Ouessant))).Of(DeviceKind.Streetlight).PowerMilliwatts);
    }

    [Fact]
    public async Task Senders_are_refused_while_history_is_too_far_behind_and_taken_again_when_it_is_not()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var city = await TestCity.StartAsync(services =>
        {
            services.AddSingleton(new HistoryFeedOptions { MaximumBehind = 1_000 });
            services.AddSingleton<IHistory>(provider => new GatedHistory(provider.GetRequiredService<GridStorage>().History, gate.Task));
        });
        await city.PutAsync(Say.Lamp("L1", Ouessant));
        var now = city.Now;
        var taken = await city.TryReportAsync([.. Enumerable.Range(0, 900).Select(second => Say.Reading("L1", now.AddSeconds(-second), ("powerWatts", second)))]);
        Assert.Null(taken.RetryAfter);
        var refused = await city.TryReportAsync(Say.Reading("L1", now, ("powerWatts", 1)));
        Assert.Equal((0, TimeSpan.FromSeconds(1)), (refused.Accepted, refused.RetryAfter));

        // The sector is not held up, and whoever cannot come back is still taken.
        Assert.Equal(0, city.Get<LogWriter>().Waiting);
        Assert.Null((await city.Get<IIntake>().SubmitAsync([Say.Reading("L1", now.AddHours(-1), ("powerWatts", 2))], IntakeClass.Integration, CancellationToken.None)).RetryAfter);

        // What is not in history holds the log.
        await city.Grains.GetGrain<ISectorGrain>(OuessantSector).Checkpoint();
        Assert.Equal(0, await city.Get<IReadingLog>().GetCheckpointAsync(OuessantSector, CancellationToken.None));
        gate.SetResult();
        Assert.Equal(901, (await city.HistoryAsync("L1", "powerWatts")).Count);
        await city.ReportAsync(Say.Reading("L1", now, ("powerWatts", 1)));
        Assert.Equal(901, (await city.HistoryAsync("L1", "powerWatts")).Count);
        await city.Get<IHistory>().FlushAsync(CancellationToken.None);
        await city.Grains.GetGrain<ISectorGrain>(OuessantSector).Checkpoint();
        Assert.Equal(
            await city.Get<IReadingLog>().GetHeadAsync(OuessantSector, CancellationToken.None),
            await city.Get<IReadingLog>().GetCheckpointAsync(OuessantSector, CancellationToken.None));
    }

    [Fact]
    public async Task Figures_are_recorded_when_they_change_and_every_quarter_of_an_hour_when_they_do_not()
    {
        await using var city = await TestCity.StartAsync();
        await city.AddBodyAsync("999000001", DeviceKinds.All, Ouessant);
        await city.PutAsync(Say.Lamp("L1", Ouessant));
        await city.ReportAsync(Say.Reading("L1", city.Now, ("powerWatts", 30.125), ("dimmingPercent", 100)));
        ITerritoryGrain[] territories = [city.Commune(Ouessant), city.Body("999000001"), city.Department("29")];
        foreach (var territory in territories)
        {
            await city.FiguresAsync(territory);
        }

        // Looks at 5 to 40 minutes, of which those at 5, 20 and 35 find that it is time; then one that finds a change.
        await LookAsync(city, territories, 8);
        await city.ReportAsync(Say.Reading("L1", city.Now, ("powerWatts", 20)));
        foreach (var territory in territories)
        {
            await city.FiguresAsync(territory);
        }

        await LookAsync(city, territories, 1);
        foreach (var scope in new[] { "commune:29155", "syndicate:999000001", "department:29" })
        {
            Assert.Equal([30.125, 30.125, 30.125, 20], await city.HistoryAsync(FigureCatalog.SeriesOf(scope), "lighting.powerWatts"));
            Assert.Equal([1, 1, 1], await city.HistoryAsync(FigureCatalog.SeriesOf(scope), "devices.total"));
        }

        // A commune that has no device has no history.
        await city.FiguresAsync(city.Commune(Quimper));
        await LookAsync(city, [city.Commune(Quimper)], 4);
        Assert.Empty(await city.HistoryAsync(FigureCatalog.SeriesOf($"commune:{Quimper}"), "devices.total"));
    }

    [Fact]
    public async Task Retention_deletes_by_kind_what_the_policy_keeps_no_longer()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Lamp("L1", Ouessant), Say.Device("B1", DeviceKind.Bin, Ouessant));
        foreach (var days in new[] { 50, 20, 1 })
        {
            await city.ReportAsync(Say.Reading("L1", city.Now.AddDays(-days), ("powerWatts", days)), Say.Reading("B1", city.Now.AddDays(-days), ("fillPercent", days)));
        }

        var policy = new HistoryPolicy { Default = new(400, 400, 400), Rules = [new(DeviceKind.Bin, null, new(30, 30, 30)), new(DeviceKind.Bin, Ouessant, new(10, 10, 10))] };
        using var job = new RetentionJob(city.Get<IHistory>(), policy, city.Get<TimeProvider>(), NullLogger<RetentionJob>.Instance);
        using var stopping = new CancellationTokenSource();
        Assert.Equal([50, 20, 1], await city.HistoryAsync("B1", "fillPercent"));
        var running = job.RunAsync(stopping.Token);
        for (var tries = 0; job.LastSwept is null && tries < 5_000; tries++)
        {
            // The store sweeps on a thread of its own, in real time: it is waited for, with a bound, and not so long in virtual time that more is old.
            await city.PassAsync(tries < 100 ? RetentionJob.First : TimeSpan.Zero);
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }

        await stopping.CancelAsync();
        await running;
        Assert.Equal([1], await city.HistoryAsync("B1", "fillPercent"));
        Assert.Equal([50, 20, 1], await city.HistoryAsync("L1", "powerWatts"));
    }

    /// <summary>Lets 5 minutes pass several times, and after each the grains' timers do what they do.</summary>
    private static async Task LookAsync(TestCity city, ITerritoryGrain[] territories, int times)
    {
        for (; times > 0; times--)
        {
            await city.PassAsync(TimeSpan.FromMinutes(5));
            foreach (var territory in territories)
            {
                await territory.GetSummary();
            }
        }
    }
}
