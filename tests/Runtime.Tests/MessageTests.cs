using System.Collections.Immutable;
using Grid.Runtime.CodeGeneration;
using Orleans;

namespace Grid.Tests.Runtime;

public class MessageTests
{
    [Fact]
    public void Immutable_messages_are_handed_over_as_they_are()
    {
        AssertSame("text");
        AssertSame(new Reading("lamp", 3, [1, 2]));
        AssertSame(new Marked([1]));
        AssertSame(ImmutableList.Create(1, 2));
    }

    [Fact]
    public void Mutable_messages_are_copied_all_the_way_down()
    {
        var original = new Basket { Items = [new Item { Name = "a" }], ByName = new() { ["a"] = [1, 2] } };
        original.Self = original;
        var copy = Message.Copy(original);
        original.Items[0].Name = "changed";
        original.ByName["a"][0] = 9;
        original.ByName["b"] = [];
        Assert.NotSame(original, copy);
        Assert.Same(copy, copy.Self);
        Assert.Equal("a", copy.Items[0].Name);
        Assert.Equal([1, 2], copy.ByName["a"]);
        Assert.Single(copy.ByName);
    }

    [Fact]
    public void Arrays_and_lists_of_immutable_things_are_copied()
    {
        int[] numbers = [1, 2, 3];
        var list = new List<string> { "a" };
        var (copiedNumbers, copiedList) = (Message.Copy(numbers), Message.Copy<IReadOnlyList<string>>(list));
        numbers[0] = 7;
        list.Add("b");
        Assert.Equal([1, 2, 3], copiedNumbers);
        Assert.Equal(["a"], copiedList);
    }

    private static void AssertSame<T>(T value)
        where T : class => Assert.Same(value, Message.Copy(value));

    private sealed record Reading(string Device, int Value, ImmutableArray<int> Samples);

    [Immutable]
    private sealed class Marked(int[] values)
    {
        public int[] Values { get; } = values;
    }

    private sealed class Basket
    {
        public List<Item> Items { get; set; } = [];

        public Dictionary<string, int[]> ByName { get; set; } = [];

        public Basket? Self { get; set; }
    }

    private sealed class Item
    {
        public string Name { get; set; } = "";
    }
}
