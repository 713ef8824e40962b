using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Grid.Tests.Parity.Surface;

/// <summary>
/// What an assembly offers to others, one line for each fact that code compiled against it may rely on: <c>TYPE is ...</c> for its kind,
/// base, interfaces, constraints and attribute usage, <c>TYPE::MEMBER ...</c> for each public or protected member.
/// </summary>
internal sealed class PublicSurface
{
    private readonly Dictionary<string, SortedSet<string>> _types = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Types => _types.Keys;

    public IReadOnlySet<string> this[string type] => _types[type];

    public bool Has(string type) => _types.ContainsKey(type);

    public static PublicSurface Read(IEnumerable<string> paths)
    {
        var surface = new PublicSurface();
        foreach (var path in paths)
        {
            using var stream = File.OpenRead(path);
            surface.Add(stream);
        }

        return surface;
    }

    public static PublicSurface Read(Stream image)
    {
        var surface = new PublicSurface();
        surface.Add(image);
        return surface;
    }

    private void Add(Stream image)
    {
        using var file = new PEReader(image);
        var reader = file.GetMetadataReader();
        foreach (var handle in reader.TypeDefinitions)
        {
            if (TypeFacts.IsVisible(reader, handle))
                _types[TypeNames.Name(reader, handle)] = new SortedSet<string>(Facts(reader, handle), StringComparer.Ordinal);
        }
    }

    private static IEnumerable<string> Facts(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        var name = TypeNames.Name(reader, handle);
        foreach (var fact in new TypeFacts(reader).Read(handle))
            yield return $"{name} is {fact}";

        var members = new MemberFacts(reader);
        foreach (var field in type.GetFields())
        {
            if (members.Read(field) is { } fact)
                yield return $"{name}::{fact}";
        }

        foreach (var method in type.GetMethods())
        {
            if (members.Read(method) is { } fact)
                yield return $"{name}::{fact}";
        }
    }
}
