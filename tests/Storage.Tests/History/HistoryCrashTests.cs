using Grid.Contracts.Storage;
using Grid.Storage.History;

namespace Grid.Tests.Storage.History;

public sealed class HistoryCrashTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_crash_at_any_step_loses_nothing_and_doubles_nothing_once_the_log_is_replayed()
    {
        int steps;
        await using (var calm = new HistoryWorld(_directory.Sub("calm")))
        {
            await calm.OpenAsync();
            await calm.LiveAsync();
            await calm.CheckAsync();
            steps = calm.Steps;
        }

        Assert.InRange(steps, 40, 1_000);
        var crashes = 0;
        for (var step = 0; step < steps; step += 3)
        {
            await using var world = new HistoryWorld(_directory.Sub($"crash{step}")) { CrashAt = step };
            await world.OpenAsync();
            var crash = await Record.ExceptionAsync(world.LiveAsync);
            if (!world.HasCrashed)
            {
                // It took fewer steps this time: what is merged together follows from how two threads meet.
                break;
            }

            Assert.True(crash is null or CrashException, crash?.ToString());
            crashes++;
            await world.History.CrashAsync();

            world.CrashAt = null;
            await world.OpenAsync();
            await world.ReplayAsync();
            await world.CheckAsync();
            await world.History.FlushAsync(CancellationToken.None);
            await world.History.CompactAsync(CancellationToken.None);
            await world.CheckAsync();
        }

        Assert.True(crashes >= 10, $"only {crashes} crashes: the run shows little");
    }

    [Fact]
    public async Task A_deletion_that_a_crash_interrupts_is_finished_at_the_next_start()
    {
        for (var step = 0; ; step++)
        {
            await using var world = new HistoryWorld(_directory.Sub($"deletion{step}"));
            await world.OpenAsync();
            await world.LiveAsync();
            world.CrashAt = world.Steps + step;
            try
            {
                await world.History.DeleteAsync(HistoryWorld.Devices[0], CancellationToken.None);
            }
            catch (CrashException)
            {
                await world.History.CrashAsync();
                world.CrashAt = null;
                await world.OpenAsync();
                await world.ReplayAsync();
                var left = await world.History.ReadPointsAsync(HistorySamples.Query(HistoryWorld.Devices[0], "indexLitres"), CancellationToken.None);
                Assert.True(left.Points.IsEmpty || await world.History.DeleteAsync(HistoryWorld.Devices[0], CancellationToken.None));
                left = await world.History.ReadPointsAsync(HistorySamples.Query(HistoryWorld.Devices[0], "indexLitres"), CancellationToken.None);
                Assert.Empty(left.Points);
                continue;
            }

            Assert.InRange(step, 3, 100);
            return;
        }
    }
}
