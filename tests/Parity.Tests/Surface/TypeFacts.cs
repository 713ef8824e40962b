using System.Reflection;
using System.Reflection.Metadata;

namespace Grid.Tests.Parity.Surface;

/// <summary>What a type is: kind, base, interfaces, type parameters, attribute usage. Types that nobody else sees are left out.</summary>
internal sealed class TypeFacts(MetadataReader reader)
{
    private readonly TypeNames _names = new();

    public static bool IsVisible(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        return (type.Attributes & TypeAttributes.VisibilityMask) switch
        {
            TypeAttributes.Public => true,
            TypeAttributes.NestedPublic or TypeAttributes.NestedFamily or TypeAttributes.NestedFamORAssem =>
                IsVisible(reader, type.GetDeclaringType()),
            _ => false,
        };
    }

    public IEnumerable<string> Read(TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        yield return Kind(type);

        if (Base(type) is { } ancestor)
            yield return $"a {ancestor}";

        foreach (var implementation in type.GetInterfaceImplementations())
        {
            var contract = reader.GetInterfaceImplementation(implementation).Interface;
            if (IsVisible(contract))
                yield return $"implementing {_names.Name(reader, contract)}";
        }

        foreach (var parameter in Generics.Read(reader, type.GetGenericParameters(), "!"))
            yield return $"generic in {parameter}";

        // An attribute that says nothing of its usage may stand anywhere, once.
        var usage = Usage(type) ?? (Base(type) == "System.Attribute" ? "All; once; inherited" : null);
        if (usage is not null)
            yield return $"used on {usage}";
    }

    private string Kind(TypeDefinition type)
    {
        var isAbstract = type.Attributes.HasFlag(TypeAttributes.Abstract);
        var isSealed = type.Attributes.HasFlag(TypeAttributes.Sealed);
        if (type.Attributes.HasFlag(TypeAttributes.Interface))
            return "an interface";

        switch (type.BaseType.IsNil ? null : _names.Name(reader, type.BaseType))
        {
            case "System.Enum":
                return "an enum";
            case "System.ValueType":
                var attributes = AttributeNames(type.GetCustomAttributes());
                return (attributes.Contains("System.Runtime.CompilerServices.IsReadOnlyAttribute") ? "a readonly struct" : "a struct")
                    + (attributes.Contains("System.Runtime.CompilerServices.IsByRefLikeAttribute") ? " on the stack" : "");
            case "System.MulticastDelegate":
                return "a delegate";
            default:
                return (isAbstract, isSealed) switch
                {
                    (true, true) => "a static class",
                    (true, false) => "an abstract class",
                    (false, true) => "a sealed class",
                    _ => "a class",
                };
        }
    }

    /// <summary>The nearest ancestor that others see; null where the kind already tells it.</summary>
    private string? Base(TypeDefinition type)
    {
        var ancestor = type.BaseType;
        while (ancestor.Kind == HandleKind.TypeDefinition && !ancestor.IsNil && !IsVisible(reader, (TypeDefinitionHandle)ancestor))
            ancestor = reader.GetTypeDefinition((TypeDefinitionHandle)ancestor).BaseType;

        var name = ancestor.IsNil ? null : _names.Name(reader, ancestor);
        return name is "System.Enum" or "System.ValueType" or "System.MulticastDelegate" ? null : name;
    }

    private bool IsVisible(EntityHandle handle) => handle.Kind switch
    {
        HandleKind.TypeDefinition => IsVisible(reader, (TypeDefinitionHandle)handle),
        HandleKind.TypeSpecification => !_names.Name(reader, handle).Split('<', ',', '>').Any(IsHidden),
        _ => true,
    };

    private bool IsHidden(string name) => name.Trim() is { Length: > 0 } trimmed
        && reader.TypeDefinitions.Any(t => TypeNames.Name(reader, t) == trimmed && !IsVisible(reader, t));

    private HashSet<string> AttributeNames(CustomAttributeHandleCollection attributes) =>
        [.. attributes.Select(a => Attributes.Name(reader, reader.GetCustomAttribute(a)))];

    private string? Usage(TypeDefinition type)
    {
        foreach (var handle in type.GetCustomAttributes())
        {
            var attribute = reader.GetCustomAttribute(handle);
            if (Attributes.Name(reader, attribute) != "System.AttributeUsageAttribute")
                continue;

            var value = attribute.DecodeValue(Attributes.Values);
            var targets = (AttributeTargets)value.FixedArguments[0].Value!;
            return $"{targets}; {(Flag(value, "AllowMultiple", false) ? "many" : "once")}; {(Flag(value, "Inherited", true) ? "inherited" : "not inherited")}";
        }

        return null;
    }

    private static bool Flag(CustomAttributeValue<string> value, string name, bool otherwise) =>
        value.NamedArguments.Where(a => a.Name == name).Select(a => (bool)a.Value!).DefaultIfEmpty(otherwise).First();
}
