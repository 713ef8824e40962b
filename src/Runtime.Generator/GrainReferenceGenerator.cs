using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Grid.Runtime.Generator;

/// <summary>Writes the reference, the requests and the registration of every grain interface of the compilation.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class GrainReferenceGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var interfaces = context.SyntaxProvider
            .CreateSyntaxProvider(
                static (node, _) => node is InterfaceDeclarationSyntax,
                static (syntax, cancellation) => InterfaceReader.Read(syntax.SemanticModel, (InterfaceDeclarationSyntax)syntax.Node, cancellation))
            .Where(static found => found is not null)
            .Select(static (found, _) => found!);

        context.RegisterSourceOutput(interfaces, static (output, found) =>
        {
            foreach (var problem in found.Problems)
                output.ReportDiagnostic(problem.ToDiagnostic());
            if (found.Problems.Count == 0)
                output.AddSource($"{found.ReferenceName}.g.cs", ReferenceWriter.Write(found));
        });

        var registered = interfaces.Where(static found => found.Problems.Count == 0).Select(static (found, _) => (found.FullName, found.ReferenceName)).Collect();
        context.RegisterSourceOutput(registered, static (output, found) => WriteRegistration(output, found));
    }

    private static void WriteRegistration(SourceProductionContext output, ImmutableArray<(string FullName, string ReferenceName)> found)
    {
        if (!found.IsEmpty)
            output.AddSource("GrainReferenceRegistration.g.cs", ReferenceWriter.WriteRegistration(found.Distinct().OrderBy(pair => pair.FullName, System.StringComparer.Ordinal)));
    }
}
