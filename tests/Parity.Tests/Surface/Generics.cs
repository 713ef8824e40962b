using System.Reflection;
using System.Reflection.Metadata;

namespace Grid.Tests.Parity.Surface;

/// <summary>Type parameters with their variance and constraints.</summary>
internal static class Generics
{
    public static IEnumerable<string> Read(MetadataReader reader, GenericParameterHandleCollection parameters, string prefix)
    {
        var names = new TypeNames();
        foreach (var handle in parameters)
        {
            var parameter = reader.GetGenericParameter(handle);
            var constraints = parameter.GetConstraints()
                .Select(c => names.Name(reader, reader.GetGenericParameterConstraint(c).Type))
                .Where(c => !c.StartsWith("System.ValueType", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .ToList();
            Note(GenericParameterAttributes.ReferenceTypeConstraint, "class");
            Note(GenericParameterAttributes.NotNullableValueTypeConstraint, "struct");
            if (!parameter.Attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
                Note(GenericParameterAttributes.DefaultConstructorConstraint, "new()");
            Note(GenericParameterAttributes.Covariant, "out");
            Note(GenericParameterAttributes.Contravariant, "in");
            yield return constraints.Count == 0
                ? $"{prefix}{parameter.Index}"
                : $"{prefix}{parameter.Index} where {string.Join(" and ", constraints)}";

            void Note(GenericParameterAttributes flag, string word)
            {
                if (parameter.Attributes.HasFlag(flag))
                    constraints.Add(word);
            }
        }
    }
}
