using Grid.Contracts.Devices;
using Grid.Grains.Devices;

namespace Grid.Tests.Grains.Devices;

public sealed class ReadingOrderTests
{
    private static readonly DateTimeOffset Noon = Entries.Start;

    private ReadingOrder _order;
    private double _value;
    private long _at;

    private Placement Place(ReadingEntry entry)
    {
        var placement = _order.Place(entry, out _at, out var next);
        _order = next;
        return placement;
    }

    /// <summary>A reading of its own (no repeat), received as it is observed unless said otherwise.</summary>
    private ReadingEntry At(double observed, double? received = null) =>
        Entries.Reading("D1", Noon.Minutes(observed), Noon.Minutes(received ?? observed), ("fillPercent", _value++));

    [Fact]
    public void By_observed_time_when_the_source_has_no_counter()
    {
        Assert.Equal(Placement.Newer, Place(At(0)));
        Assert.Equal(Placement.Newer, Place(At(15)));
        Assert.Equal(Placement.Older, Place(At(10, received: 16)));
        Assert.Equal(Placement.Newer, Place(At(30)));
    }

    [Fact]
    public void A_clock_that_is_ahead_does_not_freeze_the_device()
    {
        Place(At(10, received: 0));

        Assert.Equal(Placement.Newer, Place(At(5, received: 5)));
        Assert.Equal(Noon.Minutes(5).ToUnixTimeMilliseconds(), _at);
    }

    [Fact]
    public void By_counter_within_a_session_whatever_the_clock_says()
    {
        Place(At(0).InSession("S", 7));

        Assert.Equal(Placement.Newer, Place(At(-500, received: 15).InSession("S", 8)));
        Assert.Equal(Noon.Minutes(15).ToUnixTimeMilliseconds(), _at);
        Assert.Equal(Placement.Older, Place(At(-600, received: 16).InSession("S", 6)));
        Assert.Equal(Placement.Newer, Place(At(-485, received: 30).InSession("S", 9)));
        Assert.Equal(Noon.Minutes(30).ToUnixTimeMilliseconds(), _at);
    }

    [Fact]
    public void A_counter_that_restarts_does_not_freeze_the_device()
    {
        Place(At(0).InSession("S", 5_000));

        Assert.Equal(Placement.Newer, Place(At(15).InSession("S", 0)));
        Assert.Equal(Placement.Newer, Place(At(30).InSession("S", 1)));
    }

    [Fact]
    public void A_counter_that_stands_still_does_not_freeze_the_device()
    {
        Place(Entries.Reading("D1", Noon, Noon, ("fillPercent", 3)).InSession("S", 0));
        var heard = Enumerable.Range(1, 12)
            .Select(quarter => Noon.Minutes(15 * quarter))
            .Count(at => Place(Entries.Reading("D1", at, at, ("fillPercent", 3)).InSession("S", 0)) == Placement.Newer);

        Assert.Equal(2, heard);
        Assert.Equal(Placement.Newer, Place(Entries.Reading("D1", Noon.Minutes(200), Noon.Minutes(200), ("fillPercent", 4)).InSession("S", 0)));
    }

    [Fact]
    public void A_frame_that_comes_again_with_another_stamp_is_a_duplicate()
    {
        var frame = At(0).InSession("S", 7);
        Place(frame);

        Assert.Equal(Placement.Duplicate, Place(frame with { ObservedAt = Noon.Minutes(1), ReceivedAt = Noon.Minutes(1) }));
    }

    [Fact]
    public void Across_sessions_by_observed_time()
    {
        Place(At(0).InSession("S", 900));

        Assert.Equal(Placement.Newer, Place(At(15).InSession("T", 0)));
        Assert.Equal(Placement.Older, Place(At(10, received: 16).InSession("S", 901)));
        Assert.Equal(Placement.Newer, Place(At(30).InSession("T", 1)));
    }

    [Fact]
    public void A_reading_that_comes_again_is_a_duplicate_whatever_came_between()
    {
        var first = At(0);
        Place(first);
        var second = At(15);
        Place(second);
        var late = At(5, received: 16);
        Place(late);

        Assert.All([first, second, late], reading => Assert.Equal(Placement.Duplicate, Place(reading with { ReceivedAt = Noon.Minutes(20) })));
    }

    [Fact]
    public void Two_readings_of_one_instant_belong_together()
    {
        Place(At(0));

        Assert.Equal(Placement.SameInstant, Place(At(0, received: 1)));
    }

    [Fact]
    public void A_clock_that_stepped_back_by_years_is_believed_when_it_ticks_with_ours()
    {
        Place(At(0));
        const double Years = -26 * 365 * 24 * 60;

        Assert.Equal(Placement.Older, Place(At(Years, received: 15)));
        Assert.Equal(Placement.Older, Place(At(Years + 15, received: 30)));
        Assert.Equal(Placement.Newer, Place(At(Years + 30, received: 45)));
        Assert.Equal(Noon.Minutes(45).ToUnixTimeMilliseconds(), _at);
        Assert.Equal(Placement.Newer, Place(At(Years + 45, received: 60)));
        Assert.Equal(Noon.Minutes(60).ToUnixTimeMilliseconds(), _at);
        Assert.Equal(Placement.Newer, Place(At(75)));
        Assert.Equal(Noon.Minutes(75).ToUnixTimeMilliseconds(), _at);
    }

    [Fact]
    public void A_backlog_that_is_sent_at_once_is_history()
    {
        Place(At(0));
        var placements = Enumerable.Range(1, 48).Select(hour => Place(At(-60 * 48 + (60 * hour) - 1, received: 1 + (hour / 60.0)))).Distinct();

        Assert.Equal([Placement.Older], placements);
    }

    [Fact]
    public void A_backlog_between_live_readings_is_history()
    {
        for (var quarter = 0; quarter < 20; quarter++)
        {
            Assert.Equal(Placement.Newer, Place(At(15 * quarter)));
            Assert.Equal(Placement.Older, Place(At((15 * quarter) - 500, received: (15 * quarter) + 1)));
        }
    }

    [Fact]
    public void Time_for_the_rules_never_steps_back()
    {
        var random = new Random(5);
        var newest = long.MinValue;
        for (var round = 0; round < 5_000; round++)
        {
            var entry = At(random.Next(-300, 300) + round, received: round);
            if (random.Next(2) == 0)
            {
                entry = entry.InSession(random.Next(5) == 0 ? "T" : "S", random.Next(50));
            }

            if (Place(entry) == Placement.Newer)
            {
                Assert.True(_at >= newest);
                newest = _at;
            }

            Assert.True(_at <= entry.ReceivedAt.ToUnixTimeMilliseconds() || _at == newest);
        }
    }
}
