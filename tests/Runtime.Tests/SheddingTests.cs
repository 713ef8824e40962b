using Grid.Runtime;
using Orleans;

namespace Grid.Tests.Runtime;

/// <summary>Grains that go because memory is short, and the table that they stand in.</summary>
public class SheddingTests
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    private double _usage;

    [Fact]
    public async Task When_memory_is_short_the_longest_idle_grains_go_first_and_only_as_many_as_needed()
    {
        await using var world = await Start();
        TouchEachSecond(world, 20);

        // A half of 90 % would be 45 %: so a half of the grains goes.
        _usage = 90;
        world.Advance(Poll);
        Assert.Equal(10, world.Runtime.ActivationCount);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"deactivate g{i} HighMemoryPressure"), Ended(world).Order(StringComparer.Ordinal));
        Assert.Equal(10, world.Runtime.Partitions[0].Counters.ActivationsShed);
    }

    [Fact]
    public async Task Below_the_limit_nobody_goes()
    {
        await using var world = await Start();
        TouchEachSecond(world, 20);
        _usage = 80;
        world.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(20, world.Runtime.ActivationCount);
    }

    [Fact]
    public async Task After_some_went_two_readings_pass_before_more_go()
    {
        await using var world = await Start();
        TouchEachSecond(world, 20);
        _usage = 90;
        world.Advance(Poll);
        Assert.Equal(10, world.Runtime.ActivationCount);
        world.Advance(2 * Poll);
        Assert.Equal(10, world.Runtime.ActivationCount);
        world.Advance(Poll);
        Assert.Equal(5, world.Runtime.ActivationCount);
    }

    [Fact]
    public async Task A_grain_that_works_or_asked_to_stay_does_not_go()
    {
        await using var world = await Start();
        world.Do(world.Grain<ILifeGrain>("stays").Stay(TimeSpan.FromHours(1)));
        world.Script.Answers["activate works"] = () => world.Script["ready"].Task;
        var call = world.Grain<ILifeGrain>("works").Touch();
        world.Do(world.Grain<ILifeGrain>("goes").Touch());
        _usage = 100;
        world.Advance(4 * Poll);
        Assert.Equal(["deactivate goes HighMemoryPressure"], Ended(world));
        world.Script["ready"].SetResult();
        await call.WaitAsync(world);
    }

    [Fact]
    public async Task Without_being_asked_for_no_grain_goes()
    {
        await using var world = await Pumped.Start(options => options.MemoryUsagePercent = () => 100);
        world.Do(world.Grain<ILifeGrain>("a").Touch());
        world.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, world.Runtime.ActivationCount);
    }

    [Theory]
    [InlineData(0, -1, 5, "MemoryUsageLimitPercentage is 0")]
    [InlineData(101, 50, 5, "MemoryUsageLimitPercentage is 101")]
    [InlineData(double.NaN, 50, 5, "MemoryUsageLimitPercentage is NaN")]
    [InlineData(80, 80, 5, "MemoryUsageTargetPercentage is 80")]
    [InlineData(80, 0, 5, "MemoryUsageTargetPercentage is 0")]
    [InlineData(80, 75, 0, "MemoryUsagePollingPeriod is 00:00:00")]
    public void Wrong_limits_are_refused_with_name_and_value(double limit, double target, int pollSeconds, string message)
    {
        var options = new EmbeddedRuntimeOptions
        {
            MemoryUsageLimitPercentage = limit,
            MemoryUsageTargetPercentage = target,
            MemoryUsagePollingPeriod = TimeSpan.FromSeconds(pollSeconds),
        };
        Assert.Contains(message, Assert.Throws<OptionsException>(() => options.Validate()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_table_grows_every_activation_is_found_and_scanned_once()
    {
        await using var world = await Pumped.Start();
        var table = world.Runtime.Partitions[0].Activations;
        var scanned = new List<Grid.Runtime.Execution.Activation>();
        var growing = 0;
        for (var i = 0; i < 600; i++)
        {
            world.Do(world.Grain<IPlainGrain>($"g{i}").Touch());
            growing += table.IsGrowing ? 1 : 0;
            scanned.Clear();
            for (var part = 0; part < table.ScanParts; part++)
                table.Scan(part, table.ScanParts, scanned);
            Assert.Equal(i + 1, scanned.Distinct().Count());
            Assert.Equal(i + 1, scanned.Count);
        }

        Assert.True(growing > 50, $"The table was growing after {growing} additions: not in steps.");
        for (var i = 0; i < 600; i++)
            world.Do(world.Grain<IPlainGrain>($"g{i}").Touch());
        Assert.Equal(600, world.Runtime.Partitions[0].Counters.ActivationsCreated);
    }

    [Fact]
    public async Task A_scan_sees_each_of_those_that_were_there_once_though_the_table_grows_meanwhile()
    {
        await using var world = await Pumped.Start();
        var table = world.Runtime.Partitions[0].Activations;
        for (var i = 0; i < 60; i++)
            world.Do(world.Grain<IPlainGrain>($"old{i}").Touch());
        var parts = table.ScanParts;
        var scanned = new List<Grid.Runtime.Execution.Activation>();
        for (var part = 0; part < parts; part++)
        {
            table.Scan(part, parts, scanned);
            for (var i = 0; i < 5; i++)
                world.Do(world.Grain<IPlainGrain>($"new{part}-{i}").Touch());
        }

        Assert.True(table.ScanParts > parts);
        Assert.Equal(60, scanned.Count(activation => activation.Key.StartsWith("old", StringComparison.Ordinal)));
        Assert.Equal(scanned.Count, scanned.Distinct().Count());
    }

    private static IEnumerable<string> Ended(Pumped world) => world.Script.Told.Where(line => line.StartsWith("deactivate", StringComparison.Ordinal));

    private static void TouchEachSecond(Pumped world, int grains)
    {
        for (var i = 0; i < grains; i++)
        {
            world.Do(world.Grain<ILifeGrain>($"g{i}").Touch());
            world.Advance(1);
        }
    }

    private Task<Pumped> Start() => Pumped.Start(options =>
    {
        options.EnableActivationSheddingOnMemoryPressure = true;
        options.MemoryUsageTargetPercentage = 45;
        options.MemoryUsagePollingPeriod = Poll;
        options.MemoryUsagePercent = () => _usage;
    });
}
