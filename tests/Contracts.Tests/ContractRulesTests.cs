using Orleans;

namespace Grid.Tests.Contracts;

/// <summary>The control: each rule finds what is planted for it in the types below.</summary>
public sealed class ContractRulesTests
{
    private static readonly ContractTypes Planted = new(typeof(ContractRulesTests).Assembly);

    [Fact]
    public void A_message_without_a_serializer_is_found() =>
        Assert.Equal([$"{typeof(NoSerializer)} has no [GenerateSerializer]"], ContractRules.WithoutSerializer(Planted));

    [Fact]
    public void A_member_without_an_id_is_found() => Assert.Equal([$"{typeof(BadIds)}.Forgotten has no [Id]"], ContractRules.WithoutId(Planted));

    [Fact]
    public void A_shared_id_is_found() => Assert.Equal([$"{typeof(BadIds)}: One and Other share [Id(1)]"], ContractRules.WithSharedId(Planted));

    [Fact]
    public void A_missing_alias_is_found() =>
        Assert.Equal([$"{typeof(NoSerializer)} has no [Alias]", $"{typeof(INamelessGrain)} has no [Alias]"], ContractRules.WithoutAlias(Planted));

    [Fact]
    public void A_shared_alias_is_found() =>
        Assert.Equal([$"{typeof(BadIds)} and {typeof(Mutable)} share [Alias(\"planted\")]"], ContractRules.WithSharedAlias(Planted));

    [Fact]
    public void A_method_without_an_alias_is_found() =>
        Assert.Equal([$"{typeof(INamelessGrain)}.NoName has no [Alias]"], ContractRules.MethodsWithoutAlias(Planted));

    [Fact]
    public void A_method_with_anothers_alias_is_found() =>
        Assert.Equal([$"{typeof(INamelessGrain)}: First and Second share [Alias(\"same\")]"], ContractRules.MethodsWithSharedAlias(Planted));

    [Fact]
    public void A_message_that_is_not_declared_immutable_is_found() =>
        Assert.Equal(
            [$"{typeof(Mutable)} is a message and has no [Immutable]", $"{typeof(NoSerializer)} is a message and has no [Immutable]"],
            ContractRules.NotDeclaredImmutable(Planted));

    [Fact]
    public void Whatever_can_be_changed_is_found() =>
        Assert.Equal(
            [
                $"{typeof(Mutable)}.Array holds System.Int32[], which can be changed",
                $"{typeof(Mutable)}.Field holds {typeof(List<int>)}, which can be changed",
                $"{typeof(Mutable)}.Field is a field that is not readonly",
                $"{typeof(Mutable)}.Settable has a setter that is not init",
                $"{typeof(Mutable)}.View holds {typeof(IReadOnlyList<int>)}, which can be changed",
            ],
            ContractRules.Changeable(Planted).Order(StringComparer.Ordinal));

    [Fact]
    public void A_changed_line_is_shown_under_its_head() =>
        Assert.Equal(
            ["  message a", "-   0 = int Old", "+   0 = long Old", "- message gone", "-   0 = int X", "+ message new"],
            LineDifference.Between(
                ["message a", "  0 = int Old", "  1 = int Kept", "", "message gone", "  0 = int X"],
                ["message a", "  0 = long Old", "  1 = int Kept", "", "message new"]));
}

public interface INamelessGrain : IGrainWithStringKey
{
    [Alias("same")]
    Task First(NoSerializer message);

    [Alias("same")]
    Task Second(BadIds message);

    ValueTask<Mutable?> NoName();
}

public sealed record NoSerializer;

[GenerateSerializer, Immutable, Alias("planted")]
public sealed record BadIds
{
    [Id(1)] public int One { get; init; }

    [Id(1)] public int Other { get; init; }

    public int Forgotten { get; init; }

    public int Computed => One + Other;
}

[GenerateSerializer, Alias("planted")]
public sealed class Mutable
{
    [Id(3)] public readonly string Fine = "";

    [Id(4)] public List<int> Field = [];

    [Id(0)] public int Settable { get; set; }

    [Id(1)] public int[] Array { get; init; } = [];

    [Id(2)] public IReadOnlyList<int> View { get; init; } = [];
}
