using Grid.Connectors.Simulator;
using Grid.Connectors.Simulator.Models;
using Grid.Contracts.Devices;
using Grid.Grains.Bins;
using Grid.Grains.Devices;
using Grid.Grains.Territory;

namespace Grid.Tests.City.Trades;

/// <summary>What the rules conclude from the reports of simulated bins, held against what is true of them.</summary>
public sealed class BinEstimateTests
{
    private static readonly DateTimeOffset Start = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(30);
    private static readonly LocalCalendar Calendar = new("Europe/Paris");
    private const int Days = 35;

    // Until then they learn how fast each bin fills.
    private static readonly DateTimeOffset Judged = Start.AddDays(10);

    private readonly SimulatedFleet _fleet;
    private readonly List<DeviceDescriptor> _bins;

    public BinEstimateTests()
    {
        _bins = [.. DemoFleet.Create(TerritoryTable.Shared, "29", 4_000, 3).Where(device => device.Kind == DeviceKind.Bin)];
        _fleet = SimulatedFleet.Build(_bins, TerritoryTable.Shared, 3, faultRate: 20);
    }

    private IEnumerable<(DateTimeOffset At, BinState State, BinSettings Settings)> Follow(DeviceDescriptor bin)
    {
        var (settings, state) = (BinSettings.Parse(bin), default(BinState));
        for (var at = Start; at < Start.AddDays(Days); at += Step)
        {
            var reading = _fleet.Read(bin.Id, at)!;
            var entry = new ReadingEntry { Device = bin.Id, ObservedAt = at, ReceivedAt = at, Metrics = reading.Metrics };
            state = BinRules.Apply(state, settings, new Report(entry, at.ToUnixTimeMilliseconds(), IsLate: false), Calendar);
            yield return (at, state, settings);
        }
    }

    [Fact]
    public void A_day_before_a_bin_is_full_half_of_the_estimates_are_less_than_6_hours_off()
    {
        var errors = new List<double>();
        foreach (var bin in _bins)
        {
            var estimates = Follow(bin).Select(step => (step.At, Full: BinRules.Explain(step.State, step.Settings, step.At.ToUnixTimeMilliseconds(), Calendar)
                .FirstOrDefault(figure => figure.Name == "fullAt")?.At)).ToDictionary(item => item.At, item => item.Full);
            for (var truth = Truth(bin, Judged); truth.NextEmptiedAt < Start.AddDays(Days); truth = Truth(bin, truth.NextEmptiedAt.AddSeconds(1)))
            {
                // Only what came true can be compared: nobody knows when a bin that was emptied would have been full.
                if (truth.FullAt is { } full && full < truth.NextEmptiedAt && full.AddHours(-30) > truth.EmptiedAt)
                {
                    var asked = Start + (Step * Math.Floor((full.AddHours(-24) - Start) / Step));
                    Assert.NotNull(estimates[asked]);
                    errors.Add(Math.Abs((estimates[asked]!.Value - full).TotalHours));
                }
            }
        }

        errors.Sort();
        Assert.InRange(errors.Count, 30, 1_000);
        Assert.InRange(errors[errors.Count / 2], 0.5, 6);
    }

    [Fact]
    public void Emptyings_are_found_once_and_within_hours()
    {
        var (found, early, late, all) = (0, 0, 0, 0);
        foreach (var bin in _bins.Where(bin => !_fleet.PlantedFaults(Start, Start.AddDays(Days)).Any(fault => fault.Device == bin.Id)))
        {
            var emptied = default(BinTruth);
            for (var truth = Truth(bin, Judged); truth.NextEmptiedAt < Start.AddDays(Days - 1); truth = emptied)
            {
                emptied = Truth(bin, truth.NextEmptiedAt.AddSeconds(1));
                all += Truth(bin, truth.NextEmptiedAt.AddSeconds(-1)).FillPercent - emptied.FillPercent > 25 ? 1 : 0;
            }

            var before = 0;
            foreach (var (at, state, _) in Follow(bin).SkipWhile(step => step.At < Judged))
            {
                if (before != 0 && state.Track.Emptied > before)
                {
                    found++;
                    var delay = at - Truth(bin, at).EmptiedAt;
                    late += delay > TimeSpan.FromHours(3) ? 1 : 0;
                    early += DateTimeOffset.FromUnixTimeMilliseconds(state.Track.EmptiedAt) < Truth(bin, at).EmptiedAt ? 1 : 0;
                }

                before = state.Track.Emptied;
            }
        }

        Assert.True(all > 200);
        Assert.InRange(found / (double)all, 0.95, 1.05);
        Assert.InRange(late / (double)found, 0, 0.02);
        Assert.InRange(early / (double)found, 0, 0.01);
    }

    [Fact]
    public void Every_fire_and_every_tipped_bin_is_found_and_nothing_else()
    {
        var faults = _fleet.PlantedFaults(Start, Start.AddDays(Days - 1)).Where(fault => fault.From > Start.AddDays(1)).ToList();
        Assert.Contains(faults, fault => fault.Kind == PlantedFaultKind.Tipped);
        foreach (var bin in _bins)
        {
            var own = _fleet.PlantedFaults(Start.AddDays(-1), Start.AddDays(Days)).Where(fault => fault.Device == bin.Id).ToList();
            var held = Follow(bin).Select(step => (step.At, Conditions: BinRules.ConditionsOf(step.State))).ToList();
            foreach (var (kind, condition) in new[] { (PlantedFaultKind.Fire, Conditions.Fire), (PlantedFaultKind.Tipped, Conditions.Tipped) })
            {
                Assert.All(
                    held.Where(step => step.Conditions.HasFlag(condition)),
                    step => Assert.Contains(own, fault => fault.Kind == kind && step.At >= fault.From && step.At <= fault.Until.AddHours(4)));
                Assert.All(
                    faults.Where(fault => fault.Device == bin.Id && fault.Kind == kind),
                    fault => Assert.Contains(held, step => step.Conditions.HasFlag(condition) && step.At >= fault.From && step.At <= fault.From.AddMinutes(61)));
            }
        }
    }

    private BinTruth Truth(DeviceDescriptor bin, DateTimeOffset at) => _fleet.BinTruthOf(bin.Id, at)!.Value;
}
