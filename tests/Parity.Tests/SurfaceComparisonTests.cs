using Grid.Tests.Parity.Surface;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Grid.Tests.Parity;

/// <summary>The control: a comparison that misses a planted difference proves nothing when it finds none.</summary>
public sealed class SurfaceComparisonTests
{
    private const string Official =
        """
        using System;
        using System.Threading;
        using System.Threading.Tasks;

        namespace Lamps;

        public interface ILit { }
        public interface IGrain : ILit { Task<int> DimAsync(int percent, CancellationToken cancellationToken = default); }
        public abstract class Grain : ILit
        {
            protected Grain() { }
            public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;
            protected void DelayDeactivation(TimeSpan timeSpan) { }
            public T Get<T>(string key) where T : class, ILit => default!;
            public string Name { get; init; } = "";
            public int Level { get; protected set; }
            public event Action? Switched;
            public static readonly TimeSpan Forever = Timeout.InfiniteTimeSpan;
            public const int Most = 100;
            public void Raise(params int[] levels) { }
            public abstract bool TryGet(out int level);
        }
        public class LampException : InvalidOperationException { public LampException(string message) : base(message) { } }
        public abstract class LampStore { }
        public enum Reason : byte { None = 0, Idle = 2 }
        public readonly struct Id { public static bool operator ==(Id left, Id right) => true; public static bool operator !=(Id left, Id right) => false; }
        [AttributeUsage(AttributeTargets.Class, AllowMultiple = true)] public sealed class MarkAttribute : Attribute { public MarkAttribute(string text) { } }
        public static class Extensions { public static string Key(this ILit lit, int length = 3) => ""; }
        public static class Tools { }
        public delegate void Switch(int percent);
        public interface IStore<in T> where T : new() { void Put(T value); }
        """;

    private static readonly MetadataReference[] Framework =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p) is "System.Runtime.dll" or "System.Private.CoreLib.dll")
            .Select(p => MetadataReference.CreateFromFile(p)),
    ];

    private static readonly PublicSurface OfficialSurface = Compile(Official);

    /// <summary>What is changed, and into what.</summary>
    public static TheoryData<string, string> Plants => new()
    {
        { "int percent, CancellationToken cancellationToken = default", "int percent, CancellationToken cancellationToken" },
        { "int percent, CancellationToken", "int level, CancellationToken" },
        { "Task<int> DimAsync", "Task<long> DimAsync" },
        { "Task<int> DimAsync", "ValueTask<int> DimAsync" },
        { "Task<int> DimAsync", "Task<int> Dim" },
        { "DimAsync(int percent", "DimAsync(long percent" },
        { "public interface IGrain : ILit", "public interface IGrain : ILit, IDisposable" },
        { "public abstract class LampStore", "public class LampStore" },
        { "protected Grain()", "public Grain()" },
        { "public virtual Task OnActivateAsync", "public Task OnActivateAsync" },
        { "protected void DelayDeactivation", "public void DelayDeactivation" },
        { "where T : class, ILit =>", "where T : ILit =>" },
        { "where T : class, ILit => default!", "where T : class => default!" },
        { "{ get; init; }", "{ get; set; }" },
        { "{ get; protected set; }", "{ get; set; }" },
        { "event Action? Switched", "event Action<int>? Switched" },
        { "static readonly TimeSpan", "static TimeSpan" },
        { "const int Most = 100", "const int Most = 101" },
        { "params int[] levels", "int[] levels" },
        { "out int level", "ref int level" },
        { "LampException : InvalidOperationException", "LampException : Exception" },
        { "public class LampException", "public sealed class LampException" },
        { "Reason : byte", "Reason : int" },
        { "Idle = 2", "Idle = 3" },
        { "Idle = 2", "Idle = 2, Asked = 4" },
        { "readonly struct Id", "struct Id" },
        { "readonly struct Id {", "readonly struct Id { public static implicit operator string(Id id) => \"\";" },
        { "AttributeTargets.Class,", "AttributeTargets.Method," },
        { "AllowMultiple = true", "AllowMultiple = false" },
        { "[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]", "" },
        { "sealed class MarkAttribute", "class MarkAttribute" },
        { "this ILit lit", "ILit lit" },
        { "int length = 3", "int length = 4" },
        { "static class Tools", "sealed class Tools" },
        { "void Switch(int percent)", "int Switch(int percent)" },
        { "IStore<in T>", "IStore<T>" },
        { "where T : new()", "where T : class, new()" },
        { "public interface ILit { }", "public interface ILit { } public class Unknown { }" },
    };

    [Theory]
    [MemberData(nameof(Plants))]
    public void A_planted_difference_is_found(string original, string planted)
    {
        Assert.Contains(original, Official, StringComparison.Ordinal);

        Assert.NotEmpty(Differences(Official.Replace(original, planted, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_same_surface_has_no_differences() => Assert.Empty(Differences(Official));

    [Fact]
    public void Offering_less_is_no_difference() =>
        Assert.Empty(Differences(Official
            .Replace("public const int Most = 100;", "", StringComparison.Ordinal)
            .Replace("public delegate void Switch(int percent);", "", StringComparison.Ordinal)));

    [Fact]
    public void What_others_cannot_see_is_no_difference() =>
        Assert.Empty(Differences(Official
            .Replace("public const int Most", "private int _own; internal void Own() => _own++; public const int Most", StringComparison.Ordinal)
            .Replace("public interface ILit { }", "public interface ILit { } internal interface IOwn<T> { } internal class Own : IOwn<int> { }", StringComparison.Ordinal)
            .Replace("abstract class Grain : ILit", "abstract class Grain : ILit, IOwn<int>", StringComparison.Ordinal)));

    private static IEnumerable<string> Differences(string ours)
    {
        var surface = Compile(ours);
        return SurfaceComparison.Differences(surface, OfficialSurface, surface.Types);
    }

    private static PublicSurface Compile(string source)
    {
        var compilation = CSharpCompilation.Create(
            "Lamps",
            [CSharpSyntaxTree.ParseText(source)],
            Framework,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        Assert.Empty(result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error));
        image.Position = 0;
        return PublicSurface.Read(image);
    }
}
