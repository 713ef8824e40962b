using Grid.Contracts.Devices;
using Grid.Grains.Devices;

namespace Grid.Tests.Grains.Devices;

public sealed class DeviceLifeTests
{
    private const string OtherSector = "29232.1";

    private static readonly DateTimeOffset Noon = Entries.Start;

    private static TestDevice Bin() => TestDevice.Of(DeviceKind.Bin);

    [Fact]
    public void A_device_that_was_never_heard_is_unknown()
    {
        var view = Bin().View(Noon);

        Assert.Equal(DeviceStatus.Unknown, view.Status);
        Assert.Null(view.LastSeen);
        Assert.Empty(view.Reported);
    }

    [Fact]
    public void A_report_is_shown_with_its_time_and_makes_the_device_ok()
    {
        var bin = Bin();

        var outcome = bin.Take(Entries.Reading("D1", Noon, Noon.Minutes(3), ("fillPercent", 42.5), ("batteryPercent", 80)));

        Assert.True(outcome.Visible);
        Assert.Equal(Noon.Minutes(3), outcome.LastHeardAt);
        var view = bin.View(Noon);
        Assert.Equal(DeviceStatus.Ok, view.Status);
        Assert.Equal(Noon.Minutes(3), view.LastSeen);
        Assert.Equal([new ReportedMetric("batteryPercent", 80, Noon), new ReportedMetric("fillPercent", 42.5, Noon)], view.Reported);
    }

    [Fact]
    public void Entries_up_to_its_offset_change_nothing()
    {
        var bin = Bin();
        var entry = Entries.Reading("D1", Noon, Noon, ("fillPercent", 42));
        bin.Take(entry);
        var json = bin.Json();

        Assert.Equal(Disposition.Duplicate, bin.Give(entry, bin.Offset).Disposition);
        Assert.Equal(Disposition.Duplicate, bin.Give(Entries.Reading("D1", Noon.Minutes(9), Noon.Minutes(9), ("fillPercent", 1)), 1).Disposition);
        Assert.Equal(json, bin.Json());
        Assert.Equal(Persistence.None, bin.LastPersistence);
    }

    [Fact]
    public void The_same_reading_sent_twice_changes_nothing_but_the_offset()
    {
        var bin = Bin();
        var first = Entries.Reading("D1", Noon, Noon, ("fillPercent", 42));
        bin.Take(first);
        bin.Report(Noon.Minutes(15), ("fillPercent", 50));
        var view = bin.View(Noon);
        var contribution = bin.Contribution;

        var outcome = bin.Take(first with { ReceivedAt = Noon.Minutes(16) });

        Assert.Equal(Disposition.Applied, outcome.Disposition);
        Assert.False(outcome.Visible);
        Assert.Equal(contribution, outcome.Contribution);
        Assert.Equal(view.LastSeen, bin.View(Noon).LastSeen);
        Assert.Equal(50, bin.Shown("fillPercent"));
    }

    [Fact]
    public void An_older_reading_is_heard_and_changes_no_newest_value()
    {
        var bin = Bin();
        bin.Report(Noon, ("fillPercent", 42));

        var outcome = bin.Take(Entries.Reading("D1", Noon.Minutes(-30), Noon.Minutes(5), ("fillPercent", 99), ("temperatureCelsius", 90)));

        Assert.Equal(Disposition.Applied, outcome.Disposition);
        Assert.False(outcome.Visible);
        Assert.Equal(Noon.Minutes(5), outcome.LastHeardAt);
        Assert.Equal(ContributionFlags.None, outcome.Contribution.Flags);
        Assert.Equal(42, bin.Shown("fillPercent"));
        Assert.Null(bin.Shown("temperatureCelsius"));
        Assert.Empty(bin.Conditions);
    }

    [Fact]
    public void Readings_of_one_instant_add_up()
    {
        var bin = Bin();
        bin.Report(Noon, ("fillPercent", 42));
        bin.Report(Noon, ("batteryPercent", 70), ("fillPercent", 43));

        Assert.Equal(42, bin.Shown("fillPercent"));
        Assert.Equal(70, bin.Shown("batteryPercent"));
    }

    [Fact]
    public void A_device_that_is_behind_says_where_it_is()
    {
        var bin = Bin();
        var json = bin.Json();

        var outcome = bin.Give(Entries.Reading("D1", Noon, Noon, ("fillPercent", 42)), 9, after: 5);

        Assert.Equal((Disposition.Behind, 1L), (outcome.Disposition, outcome.Offset));
        Assert.Equal(json, bin.Json());
    }

    [Fact]
    public void A_device_without_memory_is_behind_until_it_is_registered_again()
    {
        var bin = TestDevice.Empty(DeviceKind.Bin);
        var reading = Entries.Reading("D1", Noon, Noon, ("fillPercent", 42));

        Assert.Equal(Disposition.Behind, bin.Give(reading, 9, after: 5).Disposition);
        Assert.Equal(Disposition.Applied, bin.Give(Entries.Registered("D1", DeviceKind.Bin, 1), 3).Disposition);
        Assert.Equal(Disposition.Applied, bin.Give(reading, 9, after: 3).Disposition);
        Assert.Equal(42, bin.Shown("fillPercent"));
    }

    [Fact]
    public void A_crash_before_a_save_is_made_good_by_replay()
    {
        var bin = Bin();
        var saved = bin.Json();
        LogEntry[] entries = [.. Enumerable.Range(0, 6).Select(quarter => Entries.Reading("D1", Noon.Minutes(15 * quarter), Noon.Minutes(15 * quarter), ("fillPercent", 90 + (2 * quarter))))];
        foreach (var entry in entries)
        {
            bin.Take(entry);
        }

        var again = TestDevice.Empty(DeviceKind.Bin).Restart(saved);
        for (var index = 0; index < entries.Length; index++)
        {
            again.Give(entries[index], 2 + index);
        }

        Assert.Equal(bin.Json(), again.Json());
    }

    [Fact]
    public void What_comes_after_names_what_changed()
    {
        var bin = Bin();
        bin.Report(Noon, ("fillPercent", 42), ("batteryPercent", 80));
        var offset = bin.Offset;
        bin.Report(Noon.Minutes(15), ("fillPercent", 43), ("batteryPercent", 80));

        Assert.Equal([new MetricValue("fillPercent", 43)], bin.MetricsAfter(offset));
        Assert.Equal([new MetricValue("batteryPercent", 80), new MetricValue("fillPercent", 43)], bin.MetricsAfter(0));
        Assert.Empty(bin.MetricsAfter(bin.Offset));
    }

    [Fact]
    public void A_repeated_value_is_not_visible()
    {
        var bin = Bin();
        bin.Report(Noon, ("fillPercent", 42));

        Assert.False(bin.Report(Noon.Minutes(15), ("fillPercent", 42)).Visible);
    }

    [Fact]
    public void Unknown_metrics_are_shown_up_to_a_bound_and_move_no_rule()
    {
        var bin = Bin();
        bin.Take(Entries.Reading("D1", Noon, Noon, [.. Enumerable.Range(0, 100).Select(number => ($"custom{number:D3}", (double)number))]));

        Assert.Equal(NewestValues.Bound, bin.View(Noon).Reported.Length);
        Assert.Equal(7, bin.Shown("custom007"));
        Assert.Equal(DeviceStatus.Ok, bin.Contribution.Status);
    }

    [Fact]
    public void Silence_lasts_until_any_report()
    {
        var bin = Bin();
        bin.Report(Noon, ("fillPercent", 42));

        var silenced = bin.Take(Entries.Silenced("D1", Noon, Noon.Minutes(300)));

        Assert.True(silenced.Visible);
        Assert.Equal(DeviceStatus.Silent, silenced.Contribution.Status);

        // A late one is a sign of life too.
        var heard = bin.Take(Entries.Reading("D1", Noon.Minutes(-10), Noon.Minutes(301), ("fillPercent", 40)));
        Assert.True(heard.Visible);
        Assert.Equal(DeviceStatus.Ok, heard.Contribution.Status);
    }

    [Fact]
    public void A_device_that_was_heard_since_is_not_silent()
    {
        var bin = Bin();
        bin.Report(Noon, ("fillPercent", 42));
        bin.Report(Noon.Minutes(299), ("fillPercent", 42));

        Assert.False(bin.Take(Entries.Silenced("D1", Noon, Noon.Minutes(300))).Visible);
        Assert.Equal(DeviceStatus.Ok, bin.Contribution.Status);
    }

    [Fact]
    public void Conditions_keep_the_time_at_which_they_began()
    {
        var bin = Bin();
        bin.Report(Noon, ("fillPercent", 99));
        bin.Report(Noon.Minutes(15), ("fillPercent", 99), ("batteryPercent", 3));

        Assert.Equal(
            [new ActiveCondition("batteryLow", DeviceStatus.Warning, Noon.Minutes(15)), new ActiveCondition("overflow", DeviceStatus.Warning, Noon)],
            bin.Conditions);

        bin.Report(Noon.Minutes(30), ("fillPercent", 5));
        bin.Report(Noon.Minutes(45), ("fillPercent", 5), ("batteryPercent", 3));
        Assert.Equal([new ActiveCondition("batteryLow", DeviceStatus.Warning, Noon.Minutes(15))], bin.Conditions);
    }

    [Fact]
    public void A_move_keeps_the_state_and_is_persisted_at_once()
    {
        var bin = Bin();
        bin.Report(Noon, ("fillPercent", 99));

        Assert.Equal(Disposition.Applied, bin.Take(Entries.Removed("D1", DeviceKind.Bin, 2, moved: true)).Disposition);
        Assert.Equal(Persistence.Now, bin.LastPersistence);
        Assert.Equal(Disposition.Elsewhere, bin.Report(Noon.Minutes(1), ("fillPercent", 1)).Disposition);

        var arrived = bin.Give(Entries.Registered("D1", DeviceKind.Bin, 2), 1, OtherSector);
        Assert.Equal((Disposition.Applied, 1L), (arrived.Disposition, arrived.Offset));
        Assert.Equal(Persistence.Now, bin.LastPersistence);
        Assert.Equal(ContributionFlags.Over80Percent | ContributionFlags.Overflowing, arrived.Contribution.Flags);
        Assert.Equal(99, bin.Shown("fillPercent"));
        Assert.Equal([new MetricValue("fillPercent", 99)], bin.MetricsAfter(0));
    }

    [Fact]
    public void The_new_sector_may_come_before_the_old_one_lets_go()
    {
        var bin = Bin();
        bin.Report(Noon, ("fillPercent", 99));
        bin.Give(Entries.Registered("D1", DeviceKind.Bin, 2), 1, OtherSector);
        var json = bin.Json();

        Assert.Equal(Disposition.Elsewhere, bin.Give(Entries.Removed("D1", DeviceKind.Bin, 2, moved: true), 50).Disposition);
        Assert.Equal(Disposition.Elsewhere, bin.Give(Entries.Registered("D1", DeviceKind.Bin, 1), 1).Disposition);
        Assert.Equal(Disposition.Elsewhere, bin.Give(Entries.Reading("D1", Noon.Minutes(5), Noon.Minutes(5), ("fillPercent", 1)), 60, after: 50).Disposition);
        Assert.Equal(json, bin.Json());
    }

    [Fact]
    public void A_device_that_comes_back_goes_on_after_its_return()
    {
        var bin = Bin();
        bin.Report(Noon, ("fillPercent", 99));
        bin.Take(Entries.Removed("D1", DeviceKind.Bin, 2, moved: true));
        bin.Give(Entries.Registered("D1", DeviceKind.Bin, 2), 1, OtherSector);
        bin.Give(Entries.Removed("D1", DeviceKind.Bin, 3, moved: true), 2, OtherSector, after: 1);

        Assert.Equal(Disposition.Elsewhere, bin.Give(Entries.Registered("D1", DeviceKind.Bin, 1), 1).Disposition);
        Assert.Equal(Disposition.Applied, bin.Give(Entries.Registered("D1", DeviceKind.Bin, 3), 70).Disposition);
        Assert.Equal(Disposition.Duplicate, bin.Give(Entries.Reading("D1", Noon, Noon, ("fillPercent", 99)), 2).Disposition);
        Assert.Equal(99, bin.Shown("fillPercent"));
    }

    [Fact]
    public void A_removed_device_forgets_everything_and_is_in_no_sector()
    {
        var bin = Bin();
        bin.Report(Noon, ("fillPercent", 99));

        var removed = bin.Take(Entries.Removed("D1", DeviceKind.Bin, 2, moved: false));

        Assert.Equal(Persistence.Now, bin.LastPersistence);
        Assert.Equal((DeviceStatus.Unknown, ContributionFlags.None), (removed.Contribution.Status, removed.Contribution.Flags));
        Assert.Empty(bin.View(Noon).Reported);
        Assert.Equal(Disposition.Elsewhere, bin.Report(Noon.Minutes(1), ("fillPercent", 1)).Disposition);
    }

    [Fact]
    public void A_replay_of_a_former_life_does_not_bring_it_back()
    {
        var bin = Bin();
        LogEntry[] life = [Entries.Registered("D1", DeviceKind.Bin, 1), Entries.Reading("D1", Noon, Noon, ("fillPercent", 99)), Entries.Removed("D1", DeviceKind.Bin, 2, moved: false)];
        bin.Take(life[1]);
        bin.Take(life[2]);
        var removed = bin.Json();
        for (var offset = 1; offset <= life.Length; offset++)
        {
            Assert.Equal(Disposition.Elsewhere, bin.Give(life[offset - 1], offset).Disposition);
        }

        Assert.Equal(removed, bin.Json());

        Assert.Equal(Disposition.Applied, bin.Give(Entries.Registered("D1", DeviceKind.Bin, 3), 4).Disposition);
        Assert.Empty(bin.View(Noon).Reported);
        Assert.Equal(Disposition.Duplicate, bin.Give(life[1], 2).Disposition);
        Assert.Empty(bin.View(Noon).Reported);
    }

    [Fact]
    public void A_device_that_lost_memory_can_still_be_removed()
    {
        var bin = Bin();

        Assert.Equal(Disposition.Applied, bin.Give(Entries.Removed("D1", DeviceKind.Bin, 2, moved: false), 9, after: 7).Disposition);
    }

    [Fact]
    public void An_older_registration_changes_nothing()
    {
        var bin = Bin();
        bin.Register();
        bin.Take(Entries.Registered("D1", DeviceKind.Bin, 1, ("overflowPercent", 10)));
        bin.Report(Noon, ("fillPercent", 50));

        Assert.Empty(bin.Conditions);
    }

    [Fact]
    public void A_new_registration_brings_its_settings_and_keeps_the_state()
    {
        var bin = Bin();
        bin.Report(Noon, ("fillPercent", 50));
        bin.Register(("overflowPercent", 40), ("overflowClearPercent", 30));

        Assert.Equal(50, bin.Shown("fillPercent"));
        bin.Report(Noon.Minutes(15), ("fillPercent", 50));
        bin.Report(Noon.Minutes(30), ("fillPercent", 50));
        Assert.Equal("overflow", Assert.Single(bin.Conditions).Condition);
    }
}
