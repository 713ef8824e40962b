using Grid.Runtime.CodeGeneration;
using Grid.Runtime.Execution;

namespace Grid.Tests.Runtime;

public class InboxTests
{
    private const int Writers = 4;
    private const int Rounds = 5_000;

    // Of what a writer brings in one round: one item alone, then a chain.
    private const int ChainLength = 3;
    private const int PerRound = 1 + ChainLength;

    [Fact]
    public void An_inbox_that_nothing_came_to_is_empty()
    {
        var inbox = new Inbox();
        Assert.True(inbox.IsEmpty);
        Assert.Null(inbox.Take());
    }

    [Fact]
    public void Items_come_out_in_the_order_in_which_they_went_in_and_unlinked()
    {
        var inbox = new Inbox();
        var items = NewItems(2 + ChainLength);
        inbox.Push(items[0]);
        PushChain(inbox, items.AsSpan(1, ChainLength));
        inbox.Push(items[^1]);

        Assert.Equal(items.Length, inbox.Count);
        foreach (var item in items)
        {
            Assert.Same(item, inbox.Take());
            Assert.Null(item.Next);
        }

        Assert.Null(inbox.Take());
    }

    [Fact]
    public void What_was_taken_counts_until_it_is_marked()
    {
        var inbox = new Inbox();
        inbox.Push(NewItems(1)[0]);
        inbox.Take();
        Assert.Equal(1, inbox.Count);
        inbox.MarkTaken(1);
        Assert.True(inbox.IsEmpty);
    }

    [Fact]
    public void An_item_that_was_taken_can_be_pushed_again()
    {
        var inbox = new Inbox();
        var item = NewItems(1)[0];
        for (var round = 0; round < 3; round++)
        {
            inbox.Push(item);
            Assert.Same(item, inbox.Take());
            Assert.Null(inbox.Take());
        }
    }

    /// <summary>Threads meet by chance here, and a right inbox passes whatever they do.</summary>
    [Fact]
    public async Task Nothing_is_lost_and_each_writer_keeps_its_order_while_all_write_at_once()
    {
        var inbox = new Inbox();
        var items = Enumerable.Range(0, Writers).Select(_ => NewItems(Rounds * PerRound)).ToArray();
        var places = items
            .SelectMany((own, writer) => own.Select((item, place) => (item, (writer, place))))
            .ToDictionary(pair => pair.item, pair => pair.Item2);
        var writing = items.Select(own => Task.Run(() => WriteAll(inbox, own), TestContext.Current.CancellationToken)).ToArray();

        var next = new int[Writers];
        for (var taken = 0; taken < Writers * Rounds * PerRound;)
        {
            if (inbox.Take() is not { } item)
            {
                Assert.False(inbox.IsEmpty && writing.All(one => one.IsCompleted), $"{taken} items came out, and no more are there.");
                Thread.Yield();
                continue;
            }

            var (writer, place) = places[item];
            Assert.Equal(next[writer]++, place);
            inbox.MarkTaken(1);
            taken++;
        }

        await Task.WhenAll(writing);
        Assert.Null(inbox.Take());
        Assert.True(inbox.IsEmpty);
    }

    private static void WriteAll(Inbox inbox, WorkItem[] items)
    {
        for (var first = 0; first < items.Length; first += PerRound)
        {
            inbox.Push(items[first]);
            PushChain(inbox, items.AsSpan(first + 1, ChainLength));
        }
    }

    private static void PushChain(Inbox inbox, ReadOnlySpan<WorkItem> items)
    {
        for (var i = 1; i < items.Length; i++)
            items[i - 1].Next = items[i];
        inbox.PushChain(items[0], items[^1], items.Length);
    }

    private static WorkItem[] NewItems(int count) => [.. Enumerable.Range(0, count).Select(_ => new PartitionWork(static _ => { }))];
}
