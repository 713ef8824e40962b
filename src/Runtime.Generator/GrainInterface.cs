using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Grid.Runtime.Generator;

/// <summary>A list that is equal to another with equal items, so that the generator knows what did not change.</summary>
internal sealed class Items<T>(IEnumerable<T> items) : IEquatable<Items<T>>, IEnumerable<T>
    where T : IEquatable<T>
{
    private readonly T[] _items = items.ToArray();

    public int Count => _items.Length;

    public T this[int index] => _items[index];

    public bool Equals(Items<T>? other) => other is not null && _items.SequenceEqual(other._items);

    public override bool Equals(object? obj) => Equals(obj as Items<T>);

    public override int GetHashCode() => _items.Aggregate(17, (hash, item) => unchecked((hash * 31) + item.GetHashCode()));

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();
}

/// <summary>A grain interface with all that its reference must implement.</summary>
internal sealed record GrainInterface(string FullName, string ReferenceName, bool IsPublic, Items<GrainMethod> Methods, Items<Problem> Problems);

/// <summary>How a method answers.</summary>
internal enum ReplyKind
{
    None,
    Task,
    TaskOfT,
    ValueTask,
    ValueTaskOfT,
}

/// <summary>A method of a grain interface, or of one that it inherits.</summary>
internal sealed record GrainMethod(
    string DeclaringInterface, string DisplayName, string Name, string ReturnType, ReplyKind Reply, string? ResultType, string Options, bool IsOneWay, Items<GrainParameter> Parameters);

/// <summary>A parameter of a grain method.</summary>
internal sealed record GrainParameter(string Name, string Type, bool IsCopied, bool IsCancellation);

/// <summary>Something to refuse, without the syntax tree that it was found in.</summary>
internal sealed record Problem(DiagnosticDescriptor Rule, string File, TextSpan Span, LinePositionSpan Lines, Items<string> Arguments)
{
    public static Problem At(DiagnosticDescriptor rule, ISymbol symbol, params string[] arguments)
    {
        var location = symbol.Locations.FirstOrDefault(candidate => candidate.IsInSource);
        return location is null
            ? new Problem(rule, "", default, default, new Items<string>(arguments))
            : new Problem(rule, location.SourceTree!.FilePath, location.SourceSpan, location.GetLineSpan().Span, new Items<string>(arguments));
    }

    public Diagnostic ToDiagnostic() => Diagnostic.Create(
        Rule,
        File.Length == 0 ? Location.None : Location.Create(File, Span, Lines),
        Enumerable.Range(0, Arguments.Count).Select(i => (object)Arguments[i]).ToArray());
}
