using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Grid.Tests.Architecture;

/// <summary>Imports run downwards only, and only the hosting files know which runtime is underneath.</summary>
public sealed partial class ImportTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Runtime"] = [],
        ["Runtime.Generator"] = [],
        ["Contracts"] = [],
        ["Grains"] = ["Contracts"],
        ["Storage"] = ["Contracts"],
        ["Connectors"] = ["Contracts"],
        ["Client"] = ["Contracts"],
        ["Silo"] = ["Client", "Connectors", "Storage", "Grains", "Contracts"],
    };

    private static readonly string[] KnowTheRuntime = ["src/Silo/Hosting/EmbeddedHosting.cs", "src/Silo/Hosting/OrleansHosting.cs"];

    public static TheoryData<string> Projects => [.. Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(Path.GetFileName).OfType<string>()];

    [Theory, MemberData(nameof(Projects))]
    public void Project_imports_only_what_lies_below_it(string project)
    {
        Assert.True(Allowed.ContainsKey(project), $"src/{project} is not in the plan of the house: add it to docs and here.");
        var file = XDocument.Load(Path.Combine(Repository.Root, "src", project, project + ".csproj"));
        var imports = file.Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
        Assert.Empty(imports.Except(Allowed[project], StringComparer.Ordinal));
    }

    [Fact]
    public void Only_the_hosting_files_name_the_runtime()
    {
        var offenders = Repository.Sources("src")
            .Select(path => (Path: Repository.Relative(path), Text: File.ReadAllText(path)))
            .Where(file => !file.Path.StartsWith("src/Runtime", StringComparison.Ordinal) && !KnowTheRuntime.Contains(file.Path, StringComparer.Ordinal))
            .Where(file => RuntimeName().IsMatch(file.Text))
            .Select(file => file.Path);
        Assert.Empty(offenders);
    }

    [Theory]
    [InlineData("src/Grains", "Microsoft.AspNetCore|Microsoft.Data.Sqlite|Npgsql|RabbitMQ")]
    [InlineData("src/Contracts", "Microsoft.AspNetCore|Microsoft.Data.Sqlite|Npgsql|RabbitMQ")]
    public void Grains_know_no_storage_engine_no_transport_and_no_web(string folder, string names)
    {
        var used = new Regex($@"^\s*using\s+(static\s+)?({names})", RegexOptions.Multiline);
        Assert.Empty(Repository.Sources(folder).Where(path => used.IsMatch(File.ReadAllText(path))).Select(Repository.Relative));
    }

    [GeneratedRegex(@"Grid\.Runtime\b|\bUseOrleans\b|\bISiloBuilder\b|\bEmbeddedGrainRuntime\b|^\s*#if\s+!?ORLEANS", RegexOptions.Multiline)]
    private static partial Regex RuntimeName();
}
