using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Reflection.Metadata;

namespace Grid.Tests.Parity.Surface;

/// <summary>
/// Public and protected fields, constants and methods (accessors of properties and events among them) as text, with the names and the
/// default values of their parameters: callers use both.
/// </summary>
internal sealed class MemberFacts(MetadataReader reader)
{
    private readonly TypeNames _names = new();

    public string? Read(FieldDefinitionHandle handle)
    {
        var field = reader.GetFieldDefinition(handle);
        var name = reader.GetString(field.Name);
        if (!IsVisible((int)(field.Attributes & FieldAttributes.FieldAccessMask)))
            return null;

        // The compiler's value__ of an enum is kept: it tells the type of its numbers.
        var type = field.DecodeSignature(_names, null);
        if (field.Attributes.HasFlag(FieldAttributes.Literal))
            return $"{name} : const {type} = {Constant(field.GetDefaultValue())}";

        var words = Access((int)(field.Attributes & FieldAttributes.FieldAccessMask))
            + (field.Attributes.HasFlag(FieldAttributes.Static) ? "static " : "")
            + (field.Attributes.HasFlag(FieldAttributes.InitOnly) ? "readonly " : "");
        return $"{name} : {words}{type}";
    }

    public string? Read(MethodDefinitionHandle handle)
    {
        var method = reader.GetMethodDefinition(handle);
        if (!IsVisible((int)(method.Attributes & MethodAttributes.MemberAccessMask)) || IsOverrideOfObject(method))
            return null;

        var signature = method.DecodeSignature(_names, null);
        var generics = Generics.Read(reader, method.GetGenericParameters(), "!!").ToArray();
        var isExtension = Attributes.Has(reader, method.GetCustomAttributes(), "System.Runtime.CompilerServices.ExtensionAttribute");
        return reader.GetString(method.Name)
            + (generics.Length == 0 ? "" : $"<{string.Join(", ", generics)}>")
            + $"({(isExtension ? "this " : "")}{string.Join(", ", Parameters(method, signature.ParameterTypes))})"
            + $" : {Words(method.Attributes)}{signature.ReturnType}";
    }

    private static string Words(MethodAttributes attributes)
    {
        var words = Access((int)(attributes & MethodAttributes.MemberAccessMask));
        if (attributes.HasFlag(MethodAttributes.Static))
            words += "static ";
        if (attributes.HasFlag(MethodAttributes.Abstract))
            words += "abstract ";
        else if (attributes.HasFlag(MethodAttributes.Virtual) && !attributes.HasFlag(MethodAttributes.Final))
            words += attributes.HasFlag(MethodAttributes.NewSlot) ? "virtual " : "override ";
        return words;
    }

    /// <summary>Every object has these: to override them adds nothing that code could rely on.</summary>
    private bool IsOverrideOfObject(MethodDefinition method) =>
        method.Attributes.HasFlag(MethodAttributes.Virtual)
        && !method.Attributes.HasFlag(MethodAttributes.NewSlot)
        && reader.GetString(method.Name) is "ToString" or "GetHashCode" or "Equals" or "Finalize";

    private IEnumerable<string> Parameters(MethodDefinition method, ImmutableArray<string> types)
    {
        var parameters = method.GetParameters()
            .Select(reader.GetParameter)
            .Where(p => p.SequenceNumber > 0)
            .ToDictionary(p => p.SequenceNumber);
        for (var i = 0; i < types.Length; i++)
        {
            if (!parameters.TryGetValue(i + 1, out var parameter))
            {
                yield return types[i];
                continue;
            }

            var isArray = Attributes.Has(reader, parameter.GetCustomAttributes(), "System.ParamArrayAttribute");
            yield return (isArray ? "params " : "")
                + (parameter.Attributes.HasFlag(ParameterAttributes.Out) ? "out " : "")
                + $"{types[i]} {reader.GetString(parameter.Name)}"
                + (parameter.Attributes.HasFlag(ParameterAttributes.Optional) ? $" = {Constant(parameter.GetDefaultValue())}" : "");
        }
    }

    private string Constant(ConstantHandle handle)
    {
        if (handle.IsNil)
            return "default";
        var constant = reader.GetConstant(handle);
        return reader.GetBlobReader(constant.Value).ReadConstant(constant.TypeCode) switch
        {
            null => "null",
            string text => $"\"{text}\"",
            var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
    }

    // Fields and methods number their accessibilities alike.
    private static bool IsVisible(int access) =>
        (MethodAttributes)access is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem;

    private static string Access(int access) => (MethodAttributes)access == MethodAttributes.Public ? "" : "protected ";
}
