namespace Grid.Tests.Contracts;

/// <summary>The contracts of Grid keep the rules, and change only where somebody sees it.</summary>
public sealed class ContractTests
{
    private const string Rewrite = "GRID_REWRITE_SNAPSHOTS";

    private static readonly ContractTypes Grid = ContractTypes.OfGrid;

    [Fact]
    public void Messages_and_states_have_a_serializer() => AssertNone(ContractRules.WithoutSerializer(Grid));

    [Fact]
    public void Each_serialized_member_has_an_id_of_its_own() =>
        AssertNone([.. ContractRules.WithoutId(Grid), .. ContractRules.WithSharedId(Grid)]);

    [Fact]
    public void Interfaces_messages_and_states_have_an_alias_of_their_own() =>
        AssertNone([.. ContractRules.WithoutAlias(Grid), .. ContractRules.WithSharedAlias(Grid)]);

    [Fact]
    public void Grain_methods_have_an_alias_of_their_own_in_their_interface() =>
        AssertNone([.. ContractRules.MethodsWithoutAlias(Grid), .. ContractRules.MethodsWithSharedAlias(Grid)]);

    [Fact]
    public void Messages_are_declared_immutable() => AssertNone(ContractRules.NotDeclaredImmutable(Grid));

    [Fact]
    public void Messages_cannot_be_changed() => AssertNone(ContractRules.Changeable(Grid));

    [Fact]
    public void A_change_of_the_contracts_is_seen_in_their_snapshot()
    {
        var now = ContractSnapshot.Write(Grid);
        if (Environment.GetEnvironmentVariable(Rewrite) == "1")
            File.WriteAllText(Path.Combine(SourceFolder(), "contracts.txt"), now);

        var then = Environment.GetEnvironmentVariable(Rewrite) == "1" ? now : File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "contracts.txt"));
        AssertNone(
            LineDifference.Between(then.Split('\n'), now.Split('\n')),
            $"the contracts changed. A change that older processes or files cannot read needs a new alias or id; then write the snapshot with {Rewrite}=1");
    }

    private static string SourceFolder()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Grid.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Grid.sln is in no folder above the tests.");
        return Path.Combine(folder, "tests", "Contracts.Tests");
    }

    private static void AssertNone(IEnumerable<string> findings, string what = "the contracts break a rule")
    {
        var lines = findings.ToArray();
        if (lines.Length > 0)
            Assert.Fail($"{what}:\n{string.Join('\n', lines)}");
    }
}
