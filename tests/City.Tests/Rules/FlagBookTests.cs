using System.Text.Json;
using Grid.Contracts.Rules;
using Grid.Grains.Rules;
using Grid.Storage.Sqlite;

namespace Grid.Tests.City.Rules;

/// <summary>A flag is up while any rule holds it up on any device.</summary>
public sealed class FlagBookTests
{
    private static readonly DateTimeOffset Noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Each_rule_lets_go_of_its_own_and_a_device_counts_once()
    {
        var both = Up(Up(FlagBook.Empty, "one", "B1", 1), "two", "B1", 2);
        Assert.Equal(1, both.Count()["full"]);
        Assert.Equal(2, Up(both, "one", "B2", 2).Count()["full"]);
        var one = Down(both, "one", "B1", 3);
        Assert.Equal(1, one.Count()["full"]);
        Assert.Empty(Down(one, "two", "B1", 4).Count());
    }

    [Fact]
    public void What_is_older_than_what_is_known_of_a_rule_changes_nothing()
    {
        var two = Up(Up(FlagBook.Empty, "one", "B1", 1), "one", "B1", 5);
        Assert.Same(two, Down(two, "one", "B1", 3));
        Assert.Same(two, Up(two, "one", "B1", 5));
        var held = Down(Up(two, "one", "B2", 5), "one", "B1", 6);
        Assert.Same(held, Up(held, "one", "B1", 5));
        Assert.Equal(1, held.Count()["full"]);
    }

    [Fact]
    public void That_a_rule_let_go_is_forgotten_when_nothing_older_comes_any_more()
    {
        var book = Down(Up(Up(FlagBook.Empty, "one", "B1", 1), "one", "B2", 1), "one", "B1", 2);
        Assert.Equal(["B1", "B2"], book.ToStored().Held["full"].Keys);
        var later = book.With("full", "one", "B3", new FlagHolding(true, Noon.AddMinutes(3) + FlagBook.LetGoKnownFor));
        Assert.Equal(["B2", "B3"], later.ToStored().Held["full"].Keys);
    }

    [Fact]
    public void A_commune_has_so_many_flags_and_what_is_not_up_is_none()
    {
        var book = Full();
        Assert.Same(book, book.With("more", "r", "B1", new FlagHolding(false, Noon)));
        Assert.Equal(2, book.With("f1", "other", "B2", new FlagHolding(true, Noon)).Count()["f1"]);
        Assert.Equal(FlagAnswer.Done, book.AnswerOf("f1"));
    }

    [Fact]
    public void A_flag_for_which_there_is_no_room_waits_and_goes_up_when_one_goes_down()
    {
        var book = Full().With("late", "r", "B1", new FlagHolding(true, Noon.AddMinutes(2))).With("early", "r", "B1", new FlagHolding(true, Noon.AddMinutes(1)));
        Assert.Equal((FlagAnswer.Waits, FlagAnswer.Waits), (book.AnswerOf("late"), book.AnswerOf("early")));
        Assert.DoesNotContain("early", book.Count().Keys);

        // Stored, it waits still; the one goes up first that has waited longer, and not one that was let go.
        book = FlagBook.Of(JsonSerializer.Deserialize<StoredFlags>(JsonSerializer.Serialize(book.ToStored(), StateJson.Options), StateJson.Options)!);
        var next = book.With("f3", "r", "B1", new FlagHolding(false, Noon.AddMinutes(5)));
        Assert.Equal((FlagAnswer.Waits, FlagAnswer.Done, FlagAnswer.LeftOut), (next.AnswerOf("late"), next.AnswerOf("early"), next.AnswerOf("f3")));
        next = book.With("early", "r", "B1", new FlagHolding(false, Noon.AddMinutes(4))).With("f3", "r", "B1", new FlagHolding(false, Noon.AddMinutes(5)));
        Assert.Equal((FlagAnswer.Done, FlagAnswer.LeftOut), (next.AnswerOf("late"), next.AnswerOf("early")));
        Assert.Equal(ICommuneFlagsGrain.MaximumFlags, next.Count().Count);
    }

    [Fact]
    public void Only_so_many_flags_wait()
    {
        var book = Enumerable.Range(0, ICommuneFlagsGrain.MaximumWaiting).Aggregate(Full(), (one, number) => one.With($"w{number}", "r", "B1", new FlagHolding(true, Noon)));
        var more = book.With("more", "r", "B1", new FlagHolding(true, Noon));
        Assert.Same(book, more);
        Assert.Equal(FlagAnswer.LeftOut, more.AnswerOf("more"));
    }

    [Fact]
    public void What_was_stored_when_rules_were_not_told_apart_is_let_go_by_the_rule_that_held_it()
    {
        const string Former = """
            {"flags":{"full":{"B1":{"isUp":true,"at":"2026-06-01T12:01:00+00:00"},"B2":{"isUp":true,"at":"2026-06-01T12:01:00+00:00"},"B3":{"isUp":false,"at":"2026-06-01T12:01:00+00:00"}}}}
            """;
        var book = FlagBook.Of(JsonSerializer.Deserialize<StoredFlags>(Former, StateJson.Options)!);
        Assert.Equal(2, book.Count()["full"]);

        // Told again it is this rule's; another that begins and ends does not end what it did not begin.
        book = Up(book, "one", "B1", 1);
        book = Down(Up(book, "two", "B2", 2), "two", "B2", 3);
        Assert.Equal(2, book.Count()["full"]);
        book = FlagBook.Of(JsonSerializer.Deserialize<StoredFlags>(JsonSerializer.Serialize(book.ToStored(), StateJson.Options), StateJson.Options)!);
        Assert.Equal(2, book.Count()["full"]);
        book = Down(book, "one", "B2", 4);
        Assert.Equal(1, book.Count()["full"]);
        Assert.Empty(Down(book, "one", "B1", 4).Count());
    }

    private static FlagBook Full() =>
        Enumerable.Range(0, ICommuneFlagsGrain.MaximumFlags).Aggregate(FlagBook.Empty, (one, number) => one.With($"f{number}", "r", "B1", new FlagHolding(true, Noon)));

    private static FlagBook Up(FlagBook book, string rule, string device, int minute) => book.With("full", rule, device, new FlagHolding(true, Noon.AddMinutes(minute)));

    private static FlagBook Down(FlagBook book, string rule, string device, int minute) => book.With("full", rule, device, new FlagHolding(false, Noon.AddMinutes(minute)));
}
