using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Grid.Tests.Contracts;

/// <summary>The control: each change that an older process or an older file would notice is seen in the snapshot.</summary>
public sealed class ContractSnapshotTests
{
    private const string Source =
        """
        using System.Collections.Immutable;
        using System.Threading;
        using System.Threading.Tasks;
        using Orleans;
        using Orleans.Concurrency;
        using Orleans.Runtime;

        namespace Lamps;

        [Alias("lamps.ILampGrain")]
        public interface ILampGrain : IGrainWithStringKey
        {
            [Alias("Dim")] Task<LampReport> DimAsync(int percent, CancellationToken cancellationToken);
            [Alias("Tell"), OneWay] Task TellAsync(LampNews news);
        }

        [Alias("lamps.ILampObserver")]
        public interface ILampObserver : IGrainObserver { [Alias("Lit")] Task LitAsync(LampNews news); }

        [GenerateSerializer, Immutable, Alias("lamps.Report")]
        public sealed record LampReport { [Id(0)] public int PowerWatts { get; init; } [Id(1)] public LampMood Mood { get; init; } }

        [GenerateSerializer, Immutable, Alias("lamps.News")]
        public record LampNews { [Id(0)] public ImmutableArray<string> Lines { get; init; } }

        [GenerateSerializer, Immutable, Alias("lamps.BadNews")]
        public sealed record BadLampNews : LampNews { [Id(0)] public string Why { get; init; } = ""; }

        [GenerateSerializer, Immutable, Alias("lamps.Streamed")]
        public sealed record StreamedLamp { [Id(0)] public long Offset { get; init; } }

        public enum LampMood { Bright, Dim = 4 }

        [GenerateSerializer, Alias("lamps.State")]
        public sealed class LampState { [Id(0)] public string? Zone { get; set; } [Id(1)] public LampPart? Part { get; set; } }

        [GenerateSerializer, Alias("lamps.Part")]
        public sealed class LampPart { [Id(0)] private int _hours; public long Hours => _hours; }

        [GenerateSerializer, Alias("lamps.Generic`1")]
        public sealed class GenericState<T> { [Id(0)] public T? Value { get; set; } }

        [ImplicitStreamSubscription("lamps")]
        public sealed class LampGrain(
            [PersistentState("lamp", "Default")] IPersistentState<LampState> lamp,
            [PersistentState("generic")] IPersistentState<GenericState<LampPart>> generic) : Grain, ILampGrain
        {
            public Task<LampReport> DimAsync(int percent, CancellationToken cancellationToken) => throw new System.NotSupportedException(lamp.Etag);
            public Task TellAsync(LampNews news) => generic.WriteStateAsync();
        }
        """;

    private static readonly MetadataReference[] Libraries =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(p => MetadataReference.CreateFromFile(p)),
    ];

    private static readonly string Snapshot = SnapshotOf(Source);

    /// <summary>What is changed, and into what.</summary>
    public static TheoryData<string, string> Plants => new()
    {
        { "[Alias(\"lamps.ILampGrain\")]", "[Alias(\"lamps.IOther\")]" },
        { "interface ILampGrain : IGrainWithStringKey", "interface ILampGrain : IGrainWithStringKey, IGrainObserver" },
        { "[Alias(\"Dim\")]", "[Alias(\"Dimmed\")]" },
        { "DimAsync(int percent, CancellationToken cancellationToken)", "DimAsync(long percent, CancellationToken cancellationToken)" },
        { "DimAsync(int percent, CancellationToken cancellationToken)", "DimAsync(int percent)" },
        { "Task<LampReport> DimAsync", "ValueTask<LampReport> DimAsync" },
        { ", OneWay]", "]" },
        { ", OneWay]", ", ReadOnly]" },
        { "Task LitAsync(LampNews news)", "Task LitAsync(LampReport news)" },
        { "Alias(\"lamps.Report\")", "Alias(\"lamps.Reported\")" },
        { "[Id(0)] public int PowerWatts", "[Id(2)] public int PowerWatts" },
        { "int PowerWatts { get; init; }", "long PowerWatts { get; init; }" },
        { "LampMood Mood { get; init; }", "LampMood? Mood { get; init; }" },
        { "[Id(0)] public ImmutableArray<string> Lines { get; init; }", "" },
        { "ImmutableArray<string>", "ImmutableList<string>" },
        { "string Why { get; init; }", "string Reason { get; init; }" },
        { "BadLampNews : LampNews", "BadLampNews" },
        { "long Offset", "int Offset" },
        { "Dim = 4 }", "Dim = 5 }" },
        { "Bright, Dim", "Bright, Off, Dim" },
        { "enum LampMood", "enum LampMood : byte" },
        { "string? Zone", "char[]? Zone" },
        { "[Id(0)] private int _hours", "[Id(0)] private long _hours" },
        { "sealed class LampPart", "struct LampPart" },
        { "[Id(0)] public T? Value", "[Id(1)] public T? Value" },
        { "\"lamp\", \"Default\"", "\"light\", \"Default\"" },
        { "\"lamp\", \"Default\"", "\"lamp\", \"Other\"" },
        { "IPersistentState<GenericState<LampPart>>", "IPersistentState<GenericState<LampState>>" },
        { "class LampGrain(", "class LanternGrain(" },
        { "Subscription(\"lamps\")", "Subscription(\"lights\")" },
    };

    [Theory]
    [MemberData(nameof(Plants))]
    public void A_planted_change_is_seen(string original, string planted)
    {
        Assert.Contains(original, Source, StringComparison.Ordinal);
        var changed = Source.Replace(original, planted, StringComparison.Ordinal);

        Assert.NotEmpty(LineDifference.Between(Snapshot.Split('\n'), SnapshotOf(changed).Split('\n')));
    }

    [Fact]
    public void What_nobody_else_sees_is_no_change()
    {
        var changed = Source
            .Replace("namespace Lamps;", "namespace Lamps;\npublic sealed class Unconcerned { public int Anything { get; set; } }", StringComparison.Ordinal)
            .Replace("public long Hours => _hours;", "public long Hours => _hours + 1; public long Days => _hours / 24;", StringComparison.Ordinal);

        Assert.NotEqual(Source, changed);
        Assert.Empty(LineDifference.Between(Snapshot.Split('\n'), SnapshotOf(changed).Split('\n')));
    }

    private static string SnapshotOf(string source)
    {
        var compilation = CSharpCompilation.Create(
            "Lamps",
            [CSharpSyntaxTree.ParseText(source)],
            Libraries,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        Assert.Empty(result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error));
        image.Position = 0;
        var context = new AssemblyLoadContext("planted", isCollectible: true);
        try
        {
            return ContractSnapshot.Write(new ContractTypes(context.LoadFromStream(image)));
        }
        finally
        {
            context.Unload();
        }
    }
}
