using System.Reflection;
using Orleans.Runtime;

namespace Grid.Runtime.Catalog;

/// <summary>The assemblies of the program that can hold grains: those loaded, what they refer to, and so on, as far as they know the runtime.</summary>
internal static class ApplicationAssemblies
{
    public static IReadOnlyCollection<Assembly> Find()
    {
        var runtime = typeof(GrainId).Assembly;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var found = new SortedDictionary<string, Assembly>(StringComparer.Ordinal);
        var open = new Queue<Assembly>(AppDomain.CurrentDomain.GetAssemblies().Where(assembly => !assembly.IsDynamic));
        while (open.TryDequeue(out var assembly))
        {
            var name = assembly.GetName().Name ?? "";
            if (!seen.Add(name) || IsPlatform(name))
                continue;
            var references = assembly.GetReferencedAssemblies();
            if (references.Any(reference => reference.Name == runtime.GetName().Name))
                found[name] = assembly;
            foreach (var reference in references.Where(reference => reference.Name is { } other && !seen.Contains(other) && !IsPlatform(other)))
            {
                if (TryLoad(reference) is { } loaded)
                    open.Enqueue(loaded);
            }
        }

        return found.Values;
    }

    private static bool IsPlatform(string name) =>
        name is "mscorlib" or "netstandard" || name.StartsWith("System", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal);

    private static Assembly? TryLoad(AssemblyName name)
    {
        try
        {
            return Assembly.Load(name);
        }
        catch (IOException)
        {
            // Referred to, but not shipped with the program: it cannot hold grains of it.
            return null;
        }
        catch (BadImageFormatException)
        {
            return null;
        }
    }
}
