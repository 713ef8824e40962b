using Grid.Runtime.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Orleans;

namespace Grid.Tests.Runtime;

public class GeneratorTests
{
    [Theory]
    [InlineData("Task<int> Get();")]
    [InlineData("ValueTask<string?> Get(int a, string? b = null, params int[] c);")]
    [InlineData("Task Go(System.Threading.CancellationToken stop);")]
    [InlineData("[Orleans.Concurrency.OneWay] ValueTask Go(); [Orleans.Concurrency.ReadOnly] Task<int> Go(int @class);")]
    [InlineData("Task<(int A, string? B)> Get(System.Collections.Generic.Dictionary<string, int?> map);")]
    public void Supported_methods_compile(string members)
    {
        var (diagnostics, _) = Generate($"public interface IThing : Orleans.IGrainWithStringKey {{ {members} }}");
        Assert.Empty(diagnostics);
    }

    [Theory]
    [InlineData("int Get();", "GRID001")]
    [InlineData("void Go();", "GRID001")]
    [InlineData("System.Collections.Generic.IAsyncEnumerable<int> Get();", "GRID001")]
    [InlineData("Task Go(ref int a);", "GRID002")]
    [InlineData("Task Go(out int a);", "GRID002")]
    [InlineData("Task Go(in int a);", "GRID002")]
    [InlineData("Task<T> Get<T>();", "GRID003")]
    [InlineData("int Count { get; }", "GRID006")]
    [InlineData("Task Go() => Task.CompletedTask;", "GRID006")]
    [InlineData("[Orleans.Concurrency.OneWay] Task<int> Get();", "GRID007")]
    public void Unsupported_members_are_errors(string members, string id)
    {
        var (diagnostics, _) = Generate($"public interface IThing : Orleans.IGrainWithStringKey {{ {members} }}");
        Assert.Contains(diagnostics, diagnostic => diagnostic.Id == id && diagnostic.Severity == DiagnosticSeverity.Error);
    }

    [Fact]
    public void Generic_and_private_interfaces_are_errors()
    {
        var (generic, _) = Generate("public interface IThing<T> : Orleans.IGrainWithStringKey { Task Go(); }");
        Assert.Contains(generic, diagnostic => diagnostic.Id == "GRID004");
        var (hidden, _) = Generate("public class Outer { private interface IThing : Orleans.IGrainWithStringKey { Task Go(); } }");
        Assert.Contains(hidden, diagnostic => diagnostic.Id == "GRID005");
    }

    [Fact]
    public void Inherited_and_hidden_methods_get_a_request_each()
    {
        var (diagnostics, sources) = Generate(
            """
            public interface IBase : Orleans.IGrainWithStringKey { Task<int> Get(); }
            public interface ILeft : IBase { Task Left(); }
            public interface IRight : IBase { new Task<int> Get(); }
            public interface IBoth : ILeft, IRight { Task Both(); }
            public class Nest { public interface IInner : IBoth { } }
            """);
        Assert.Empty(diagnostics);
        Assert.Contains(sources, source => source.Contains("Nest_IInner_Reference", StringComparison.Ordinal));
    }

    [Fact]
    public void Observers_may_return_nothing()
    {
        var (diagnostics, _) = Generate("public interface ISee : Orleans.IGrainObserver { void On(int a); Task<int> Ask(); }");
        Assert.Empty(diagnostics);
    }

    [Fact]
    public void A_change_elsewhere_generates_nothing_anew()
    {
        const string Interface = "using System.Threading.Tasks; public interface IThing : Orleans.IGrainWithStringKey { Task Go(); }";
        var compilation = Compile(Interface);
        var driver = CSharpGeneratorDriver
            .Create([new GrainReferenceGenerator().AsSourceGenerator()], driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true))
            .RunGenerators(compilation, TestContext.Current.CancellationToken)
            .RunGenerators(compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Other { }", cancellationToken: TestContext.Current.CancellationToken)), TestContext.Current.CancellationToken);
        var outputs = driver.GetRunResult().Results[0].TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs);
        Assert.All(outputs, output => Assert.Contains(output.Reason, new[] { IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged }));
    }

    private static (IReadOnlyList<Diagnostic> Diagnostics, IReadOnlyList<string> Sources) Generate(string code)
    {
        var compilation = Compile("using System.Threading.Tasks;\n" + code);
        CSharpGeneratorDriver.Create(new GrainReferenceGenerator())
            .RunGeneratorsAndUpdateCompilation(compilation, out var output, out var reported, TestContext.Current.CancellationToken);
        var sources = output.SyntaxTrees.Skip(1).Select(tree => tree.ToString()).ToArray();
        var problems = output.GetDiagnostics(TestContext.Current.CancellationToken).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        return ([.. reported, .. problems], sources);
    }

    private static CSharpCompilation Compile(string code)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll" or "mscorlib.dll"))
            .Append(typeof(Grain).Assembly.Location)
            .Select(path => MetadataReference.CreateFromFile(path));
        return CSharpCompilation.Create(
            "Sample", [CSharpSyntaxTree.ParseText(code)], references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
    }
}
