using Grid.Tests.Parity.Surface;
using Orleans;

namespace Grid.Tests.Parity;

/// <summary>
/// src/Runtime is source compatible with Orleans: whatever it offers in Orleans' namespaces exists there and is signed alike, so that grain
/// code which compiles against it compiles against Orleans. Official assemblies are read as metadata only.
/// </summary>
public sealed class OrleansParityTests
{
    private static readonly string Folder = AppContext.BaseDirectory;

    private static readonly PublicSurface Ours = PublicSurface.Read([typeof(IGrain).Assembly.Location]);

    private static readonly PublicSurface Official = PublicSurface.Read(Directory.GetFiles(Path.Combine(Folder, "official"), "*.dll"));

    private static readonly PublicSurface CoreAbstractions =
        PublicSurface.Read([Path.Combine(Folder, "official", "Orleans.Core.Abstractions.dll")]);

    private static string[] OrleansTypes =>
        [.. Ours.Types.Where(t => t.StartsWith("Orleans.", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    [Fact]
    public void The_embedded_runtime_offers_nothing_that_the_official_assemblies_lack_or_sign_differently()
    {
        var types = OrleansTypes.Where(Official.Has).ToArray();
        Assert.Contains("Orleans.IGrain", types);

        AssertNone(SurfaceComparison.Differences(Ours, Official, types), "src/Runtime and the official Orleans assemblies differ");
    }

    /// <summary>
    /// Their assemblies are not there when this runs, so the list stands in for them. A line is added only after it was found in Orleans'
    /// documented API (src/api in its repository); a build with -p:AllOfOrleans=true compares all of it with the official assemblies.
    /// </summary>
    [Fact]
    public void What_the_embedded_runtime_offers_of_the_other_Orleans_assemblies_is_exactly_what_the_list_says()
    {
        var offered = OrleansTypes.Where(t => !CoreAbstractions.Has(t)).SelectMany(t => Ours[t]).ToHashSet(StringComparer.Ordinal);
        var listed = File.ReadLines(Path.Combine(Folder, "orleans-public-surface.txt"))
            .Where(l => l.Length > 0 && !l.StartsWith('#'))
            .ToHashSet(StringComparer.Ordinal);

        AssertNone(
            [
                .. offered.Except(listed).Order(StringComparer.Ordinal).Select(l => $"+ {l}"),
                .. listed.Except(offered).Order(StringComparer.Ordinal).Select(l => $"- {l}"),
            ],
            "offered and not listed (+), listed and not offered (-)");
    }

    private static void AssertNone(IEnumerable<string> findings, string what)
    {
        var lines = findings.ToArray();
        if (lines.Length > 0)
            Assert.Fail($"{what}:\n{string.Join('\n', lines)}");
    }
}
