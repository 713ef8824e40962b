using System.Text.RegularExpressions;

namespace Grid.Tests.Architecture;

/// <summary>What a reader of the tree relies on.</summary>
public sealed partial class TidyTests
{
    private const int MaximumLines = 450;

    [Fact]
    public void Source_files_stay_one_idea_long()
    {
        var long_ = Repository.Sources("src").Select(path => (Path: Repository.Relative(path), Lines: File.ReadLines(path).Count())).Where(file => file.Lines > MaximumLines);
        Assert.Empty(long_);
    }

    [Fact]
    public void No_folder_is_a_drawer_for_everything()
    {
        var drawers = Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src"), "*", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/node_modules", StringComparison.Ordinal))
            .Where(path => Path.GetFileName(path) is "Utils" or "Helpers" or "Common" or "Managers" or "Misc");
        Assert.Empty(drawers);
    }

    [Fact]
    public void Nothing_is_left_to_do_in_the_sources()
    {
        var unfinished = Repository.Sources("src").Where(path => Unfinished().IsMatch(File.ReadAllText(path))).Select(Repository.Relative);
        Assert.Empty(unfinished);
    }

    [Fact]
    public void Every_log_event_has_an_id_of_its_own()
    {
        var ids = Repository.Sources("src").SelectMany(path => EventId().Matches(File.ReadAllText(path)).Select(match => (Id: match.Groups["id"].Value, Path: Repository.Relative(path))));
        Assert.True(ids.Count() > 50, "the pattern finds no ids");
        Assert.Empty(ids.GroupBy(item => item.Id).Where(group => group.Count() > 1).Select(group => $"{group.Key}: {string.Join(", ", group.Select(item => item.Path))}"));
    }

    [Fact]
    public void Storage_grains_and_runtime_are_under_the_banned_symbols()
    {
        foreach (var project in (string[])["Runtime", "Grains", "Storage"])
        {
            Assert.Contains("<UsesBannedSymbols>true</UsesBannedSymbols>", File.ReadAllText(Path.Combine(Repository.Root, "src", project, project + ".csproj")), StringComparison.Ordinal);
        }
    }

    /// <summary>On Orleans time is the wall clock's: its build leaves out what needs another one, by name.</summary>
    [Fact]
    public void What_needs_virtual_time_says_so_in_its_name()
    {
        var project = File.ReadAllText(Path.Combine(Repository.Root, "tests/City.Tests/City.Tests.csproj"));
        var users = Repository.Sources("tests/City.Tests").Where(path => VirtualTime().IsMatch(File.ReadAllText(path))).Select(Path.GetFileName).ToArray();
        Assert.True(users.Length > 10, "the pattern finds no users");
        Assert.DoesNotContain(users, name => !name!.EndsWith("TimeTests.cs", StringComparison.Ordinal) && !name.EndsWith(".Time.cs", StringComparison.Ordinal) && !project.Contains(name, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\busing Grid\.Runtime\b|\bVirtualTimeProvider\b|\.PassAsync\(|\bPlannedCity\b")]
    private static partial Regex VirtualTime();

    [GeneratedRegex(@"NotImplementedException|\bTODO\b|\bFIXME\b|\bHACK\b|catch\s*(\([^)]*\))?\s*\{\s*\}")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"LoggerMessage\(\s*(?:EventId\s*=\s*)?(?<id>\d+)")]
    private static partial Regex EventId();
}
