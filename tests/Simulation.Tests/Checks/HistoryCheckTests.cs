using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Grains.History;
using Grid.Simulation;
using Grid.Simulation.Checks;
using Grid.Simulation.Machine;

namespace Grid.Tests.Simulation.Checks;

/// <summary>The world does not stand still while a check waits for history: what becomes durable meanwhile is held against history as well.</summary>
public sealed class HistoryCheckTests : IDisposable
{
    private const string Sector = "29046.0";
    private static readonly TimeSpan Flush = TimeSpan.FromSeconds(35);

    // History takes one entry and then none until that is durable.
    private readonly World _world = new(SmallWorld.Of(1) with { Setup = new Setup { HistoryBuffered = 1, HistoryFlushAfter = Flush } });
    private readonly GridProcess _process;
    private long _epoch;
    private bool _isChecked;

    public HistoryCheckTests()
    {
        _process = new GridProcess(_world, 1);
        _process.Start();
        Pass(TimeSpan.FromMinutes(1));
        Assert.True(_process.IsReady);
        _process.Do("acquire", async () => _epoch = await _process.Log.AcquireAsync(SectorMap.PartitionOf(Sector), CancellationToken.None));
        Pass(TimeSpan.FromSeconds(1));
        Append(isOffered: true);
        Append(isOffered: true);
    }

    [Fact]
    public void What_becomes_durable_while_history_is_waited_for_is_waited_for_too()
    {
        Check();
        Assert.False(_isChecked);
        Append(isOffered: true);

        Pass(3 * Flush);

        Assert.True(_isChecked);
        Assert.Empty(_world.Violations);
        Assert.Equal(3, _world.History.Of(Sector).Checked);
    }

    [Fact]
    public void What_becomes_durable_while_history_is_waited_for_and_never_comes_to_history_is_missed()
    {
        Check();
        Append(isOffered: false);

        Pass(3 * Flush);

        Assert.True(_isChecked);
        Assert.Contains("has nothing where entry 3", Assert.Single(_world.Violations), StringComparison.Ordinal);
    }

    public void Dispose() => _process.End();

    private void Check()
    {
        _process.Do("check", async () =>
        {
            await HistoryCheck.RunAsync(_world, _process);
            _isChecked = true;
        });
        _process.Pump();
    }

    /// <summary>An entry becomes durable in the log, and the feed of history hears of it as the log's writer tells it, or does not.</summary>
    private void Append(bool isOffered)
    {
        _process.Do("append", async () =>
        {
            var entry = new AlarmClockEntry { Device = "", ReceivedAt = _world.Clock.GetUtcNow() };
            var appended = await _process.Log.AppendAsync([new LogBatch(Sector, _epoch, [entry])], CancellationToken.None);
            if (isOffered)
            {
                _process.Get<HistoryFeed>().Offer(Sector, new RecordedBatch(appended[0].PreviousOffset, appended[0].FirstOffset, _epoch, [entry]));
            }
        });
        Pass(TimeSpan.FromSeconds(1));
    }

    private void Pass(TimeSpan time)
    {
        _process.Pump();
        for (var until = _world.Clock.GetUtcNow() + time; _world.Clock.FireNext(until);)
        {
            _process.Pump();
        }
    }
}
