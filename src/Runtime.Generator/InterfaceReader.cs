using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Grid.Runtime.Generator;

/// <summary>Reads a grain interface off the compilation.</summary>
internal static class InterfaceReader
{
    private static readonly SymbolDisplayFormat Full = SymbolDisplayFormat.FullyQualifiedFormat
        .WithMiscellaneousOptions(SymbolDisplayFormat.FullyQualifiedFormat.MiscellaneousOptions | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    /// <summary>Null when it is no grain interface, or when another part of the same interface stands for it.</summary>
    public static GrainInterface? Read(SemanticModel model, InterfaceDeclarationSyntax syntax, CancellationToken cancellation)
    {
        if (Microsoft.CodeAnalysis.CSharp.CSharpExtensions.GetDeclaredSymbol(model, syntax, cancellation) is not { } symbol || !IsGrainInterface(symbol))
            return null;
        if (symbol.DeclaringSyntaxReferences.Length > 1 && symbol.DeclaringSyntaxReferences[0].GetSyntax(cancellation) != syntax)
            return null;

        var problems = new List<Problem>();
        var name = symbol.ToDisplayString();
        if (Around(symbol).Any(type => type.IsGenericType))
            problems.Add(Problem.At(Diagnostics.GenericInterface, symbol, name));
        if (Around(symbol).Any(type => type.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal)))
            problems.Add(Problem.At(Diagnostics.Inaccessible, symbol, name));

        var isObserver = symbol.AllInterfaces.Any(candidate => candidate.ToDisplayString() == "Orleans.IGrainObserver");
        var methods = new List<GrainMethod>();
        foreach (var declaring in new[] { symbol }.Concat(symbol.AllInterfaces))
        {
            foreach (var member in declaring.GetMembers())
                ReadMember(member, isObserver, methods, problems);
        }

        var isPublic = Around(symbol).All(type => type.DeclaredAccessibility == Accessibility.Public);
        return new GrainInterface(
            symbol.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat), ReferenceName(symbol), isPublic, new Items<GrainMethod>(methods), new Items<Problem>(problems));
    }

    private static bool IsGrainInterface(INamedTypeSymbol symbol) =>
        symbol.AllInterfaces.Any(candidate => candidate.ToDisplayString() is "Orleans.IGrain" or "Orleans.IGrainObserver");

    private static IEnumerable<INamedTypeSymbol> Around(INamedTypeSymbol symbol)
    {
        for (var type = symbol; type is not null; type = type.ContainingType)
            yield return type;
    }

    private static string ReferenceName(INamedTypeSymbol symbol)
    {
        var name = symbol.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat.WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted));
        return new string(name.Select(letter => char.IsLetterOrDigit(letter) ? letter : '_').ToArray()) + "_Reference";
    }

    private static void ReadMember(ISymbol member, bool isObserver, List<GrainMethod> methods, List<Problem> problems)
    {
        if (member is INamedTypeSymbol || (member.IsStatic && !member.IsAbstract))
            return;
        if (member is IMethodSymbol { MethodKind: MethodKind.PropertyGet or MethodKind.PropertySet or MethodKind.EventAdd or MethodKind.EventRemove })
            return;
        var display = member.ToDisplayString();
        if (member is not IMethodSymbol { MethodKind: MethodKind.Ordinary, IsAbstract: true, IsStatic: false } method)
        {
            problems.Add(Problem.At(Diagnostics.NotAMethod, member, display));
            return;
        }

        if (method.IsGenericMethod)
        {
            problems.Add(Problem.At(Diagnostics.GenericMethod, method, display));
            return;
        }

        foreach (var parameter in method.Parameters.Where(parameter => parameter.RefKind != RefKind.None))
            problems.Add(Problem.At(Diagnostics.ByReference, parameter, display, parameter.Name));

        var isOneWay = Has(method, "Orleans.Concurrency.OneWayAttribute");
        if (ReplyOf(method, isObserver) is not { } reply || method.ReturnsByRef || method.ReturnsByRefReadonly)
        {
            problems.Add(Problem.At(Diagnostics.ReturnType, method, display, method.ReturnType.ToDisplayString()));
            return;
        }

        if (isOneWay && (reply is ReplyKind.TaskOfT or ReplyKind.ValueTaskOfT))
        {
            problems.Add(Problem.At(Diagnostics.OneWayResult, method, display, method.ReturnType.ToDisplayString()));
            return;
        }

        isOneWay |= reply == ReplyKind.None;
        methods.Add(new GrainMethod(
            method.ContainingType.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat),
            $"{method.ContainingType.Name}/{method.Name}",
            method.Name,
            method.ReturnsVoid ? "void" : method.ReturnType.ToDisplayString(Full),
            reply,
            method.ReturnType is INamedTypeSymbol { TypeArguments.Length: 1 } returned ? returned.TypeArguments[0].ToDisplayString(Full) : null,
            OptionsOf(method, isOneWay),
            isOneWay,
            new Items<GrainParameter>(method.Parameters.Select(ReadParameter))));
    }

    private static GrainParameter ReadParameter(IParameterSymbol parameter) => new(
        parameter.Name,
        parameter.Type.ToDisplayString(Full),
        !IsKnownImmutable(parameter.Type) && !Has(parameter, "Orleans.ImmutableAttribute"),
        parameter.Type.ToDisplayString() == "System.Threading.CancellationToken");

    private static ReplyKind? ReplyOf(IMethodSymbol method, bool isObserver)
    {
        if (method.ReturnsVoid)
            return isObserver ? ReplyKind.None : null;
        return method.ReturnType.OriginalDefinition.ToDisplayString() switch
        {
            "System.Threading.Tasks.Task" => ReplyKind.Task,
            "System.Threading.Tasks.Task<TResult>" => ReplyKind.TaskOfT,
            "System.Threading.Tasks.ValueTask" => ReplyKind.ValueTask,
            "System.Threading.Tasks.ValueTask<TResult>" => ReplyKind.ValueTaskOfT,
            _ => null,
        };
    }

    private static string OptionsOf(IMethodSymbol method, bool isOneWay)
    {
        var options = new List<string>();
        if (isOneWay)
            options.Add("OneWay");
        if (Has(method, "Orleans.Concurrency.ReadOnlyAttribute"))
            options.Add("ReadOnly");
        if (Has(method, "Orleans.Concurrency.AlwaysInterleaveAttribute"))
            options.Add("AlwaysInterleave");
        const string Type = "global::Grid.Runtime.CodeGeneration.CallOptions.";
        return options.Count == 0 ? Type + "None" : string.Join(" | ", options.Select(option => Type + option));
    }

    // The rest is judged at run time, once a type.
    private static bool IsKnownImmutable(ITypeSymbol type) =>
        type.TypeKind == TypeKind.Enum
        || type.SpecialType is >= SpecialType.System_Boolean and <= SpecialType.System_String
        || Has(type, "Orleans.ImmutableAttribute")
        || type.ToDisplayString() is "System.Threading.CancellationToken" or "System.Guid" or "System.TimeSpan" or "System.DateTimeOffset";

    private static bool Has(ISymbol symbol, string attribute) =>
        symbol.GetAttributes().Any(candidate => candidate.AttributeClass?.ToDisplayString() == attribute);
}
