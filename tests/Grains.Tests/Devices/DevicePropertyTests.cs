using FsCheck;
using FsCheck.Fluent;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;

namespace Grid.Tests.Grains.Devices;

/// <summary>Laws that hold for every trade, whatever comes: duplicates, late readings, wild values, restarts, moves, commands.</summary>
public sealed class DevicePropertyTests
{
    private const string Cabinet = "CAB-1";

    private static readonly string[] Metrics = [.. MetricCatalog.All.Select(metric => metric.Name), "custom"];

    private static readonly double[] Wild = [0, 1, -0.0, 0.4, 15, 59.9999, 100, 1e6, 1e15, double.MaxValue, double.Epsilon, -1e300];

    private static readonly Gen<double> Values = Gen.Frequency(
        (6, Gen.Choose(0, 110_000).Select(value => value / 1000.0)), (2, Gen.Choose(0, 1).Select(flag => (double)flag)), (1, Gen.Elements(Wild)));

    private static Gen<LogEntry> EntriesOf(DeviceKind kind)
    {
        var readings = from minutes in Gen.Choose(0, 6_000)
                       from delay in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(-10, 3_000)))
                       from metrics in Gen.Elements(Metrics).Zip(Values).ListOf()
                       from source in Gen.Elements(TestDevice.Id, TestDevice.Id, Cabinet, "stranger")
                       from session in Gen.Elements(null, null, "S", "T")
                       from sequence in Gen.Choose(0, 12)
                       select (LogEntry)(Entries.Reading(
                           source,
                           Entries.Start.Minutes(minutes),
                           Entries.Start.Minutes(minutes + delay),
                           [.. metrics.DistinctBy(metric => metric.Item1)]) with
                       { Session = session, Sequence = session is null ? null : sequence });
        var silences = from minutes in Gen.Choose(0, 6_000)
                       from source in Gen.Elements(TestDevice.Id, Cabinet)
                       select (LogEntry)Entries.Silenced(source, Entries.Start.Minutes(minutes), Entries.Start.Minutes(minutes + 200));
        var registrations = from revision in Gen.Choose(1, 9)
                            from passive in Gen.Elements(true, false)
                            select (LogEntry)(kind == DeviceKind.Streetlight
                                ? Entries.Registered(TestDevice.Id, kind, revision, ("passive", passive), ("cabinet", Cabinet), ("segment", 3), ("ratedWatts", 70))
                                : Entries.Registered(TestDevice.Id, kind, revision, ("indexMaximum", 100), ("level1Millimetres", 5), ("fluid", "water")));
        var removals = from revision in Gen.Choose(1, 9)
                       from moved in Gen.Elements(true, false)
                       select (LogEntry)Entries.Removed(TestDevice.Id, kind, revision, moved);
        return Gen.Frequency((40, readings), (2, silences), (3, registrations), (1, removals));
    }

    private static void ForEveryKind(int count, Func<DeviceKind, LogEntry[], bool> law)
    {
        foreach (var kind in Enum.GetValues<DeviceKind>())
        {
            Check.One(
                Config.QuickThrowOnFailure.WithMaxTest(count).WithEndSize(60),
                Prop.ForAll(EntriesOf(kind).ListOf().ToArbitrary(), entries => law(kind, [.. entries])));
        }
    }

    private static bool IsSane(Contribution contribution, DeviceKind kind) =>
        contribution.Kind == kind
        && Enum.IsDefined(contribution.Status)
        && Enum.IsDefined(contribution.Light)
        && contribution.LocalLevel <= 3
        && contribution.PowerMilliwatts is >= 0 and <= Thousandths.ContributionMaximum
        && contribution.FlowMillilitresPerHour is >= 0 and <= Thousandths.ContributionMaximum
        && contribution.DayAmount is >= 0 and <= Thousandths.ContributionMaximum
        && contribution.PreviousDayAmount is >= 0 and <= Thousandths.ContributionMaximum;

    [Fact]
    public void Contributions_stay_sane_whatever_comes() => ForEveryKind(300, (kind, entries) =>
    {
        var device = TestDevice.Of(kind);
        return entries.All(entry =>
        {
            var outcome = device.Take(entry);
            var view = device.View(Entries.Start);
            return IsSane(outcome.Contribution, kind)
                && view.Reported.Length <= NewestValues.Bound
                && outcome.Contribution.Status == view.Status;
        });
    });

    [Fact]
    public void Replaying_any_prefix_twice_is_the_same_as_once() => ForEveryKind(200, (kind, entries) =>
    {
        var once = TestDevice.Of(kind);
        var twice = TestDevice.Of(kind);
        for (var index = 0; index < entries.Length; index++)
        {
            once.Take(entries[index]);
            twice.Give(entries[index], index + 2);
            if (index % 7 == 3)
            {
                for (var again = 0; again <= index; again++)
                {
                    twice.Give(entries[again], again + 2);
                }
            }
        }

        return once.Json() == twice.Json();
    });

    [Fact]
    public void A_stored_state_goes_on_as_if_it_had_never_stopped() => ForEveryKind(200, (kind, entries) =>
    {
        var device = TestDevice.Of(kind);
        var restarted = TestDevice.Of(kind);
        foreach (var entry in entries)
        {
            var outcome = device.Take(entry);
            var same = restarted.Take(entry);
            var differs = outcome.Contribution != same.Contribution || outcome.Visible != same.Visible || outcome.LastHeardAt != same.LastHeardAt;
            restarted = restarted.Restart(restarted.Json());
            if (differs || device.Json() != restarted.Json())
            {
                return false;
            }
        }

        return true;
    });

    [Fact]
    public void A_reading_that_comes_twice_running_changes_nothing_but_the_offset() => ForEveryKind(200, (kind, entries) =>
    {
        var device = TestDevice.Of(kind);
        foreach (var entry in entries.OfType<ReadingEntry>())
        {
            device.Take(entry);
            var before = (device.Json().Replace($"\"Offset\":{device.Offset}", "", StringComparison.Ordinal), device.Contribution);
            var repeated = device.Take(entry with { ReceivedAt = entry.ReceivedAt.AddSeconds(20) });
            var after = (device.Json().Replace($"\"Offset\":{device.Offset}", "", StringComparison.Ordinal), device.Contribution);
            if (before != after || repeated.Visible || !repeated.Effects.IsDefaultOrEmpty)
            {
                return false;
            }
        }

        return true;
    });

    [Fact]
    public void What_is_not_visible_changes_nothing_that_is_shown() => ForEveryKind(200, (kind, entries) =>
    {
        var device = TestDevice.Of(kind);
        foreach (var entry in entries)
        {
            var before = Shown(device);
            var outcome = device.Take(entry);
            if (!outcome.Visible && before != Shown(device))
            {
                return false;
            }
        }

        return true;

        static string Shown(TestDevice device)
        {
            var view = device.View(Entries.Start);
            return $"{view.Status} {string.Join(' ', view.Reported.Select(value => FormattableString.Invariant($"{value.Name}={value.Value}")))}";
        }
    });
}
