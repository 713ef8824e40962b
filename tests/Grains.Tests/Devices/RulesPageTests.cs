using System.Globalization;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;

namespace Grid.Tests.Grains.Devices;

/// <summary>docs/rules.md says what the code does: every attribute with its default, every condition.</summary>
public sealed class RulesPageTests
{
    private static readonly string[] Page = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "rules.md"));

    [Fact]
    public void It_names_every_attribute_with_its_default()
    {
        foreach (var kind in Enum.GetValues<DeviceKind>())
        {
            foreach (var attribute in DeviceAttributes.Of(kind))
            {
                var rows = Page.Where(line => line.StartsWith('|') && line.Split('|')[1].Contains($"`{attribute.Name}`", StringComparison.Ordinal));
                var expected = attribute.Default is { } value ? value.ToString("#,0.###", CultureInfo.InvariantCulture) : string.Empty;
                Assert.Contains(rows, row => row.Split('|')[3].Contains(expected, StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void It_names_every_condition() =>
        Assert.All(
            Enum.GetValues<Conditions>().Where(condition => condition != Conditions.None),
            condition => Assert.Contains(Page, line => line.StartsWith($"| `{ConditionTable.NameOf(condition)}` |", StringComparison.Ordinal)));
}
