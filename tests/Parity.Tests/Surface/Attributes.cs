using System.Reflection.Metadata;

namespace Grid.Tests.Parity.Surface;

/// <summary>Reads custom attributes: their names, and the arguments of the few that the comparison needs.</summary>
internal static class Attributes
{
    public static ICustomAttributeTypeProvider<string> Values { get; } = new ValueTypes();

    public static string Name(MetadataReader reader, CustomAttribute attribute)
    {
        var type = attribute.Constructor.Kind == HandleKind.MethodDefinition
            ? reader.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType()
            : reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
        return new TypeNames().Name(reader, type);
    }

    public static bool Has(MetadataReader reader, CustomAttributeHandleCollection attributes, string name) =>
        attributes.Any(a => Name(reader, reader.GetCustomAttribute(a)) == name);

    private sealed class ValueTypes : ICustomAttributeTypeProvider<string>
    {
        private readonly TypeNames _names = new();

        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => _names.GetPrimitiveType(typeCode);

        public string GetSystemType() => "System.Type";

        public string GetSZArrayType(string elementType) => _names.GetSZArrayType(elementType);

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
            _names.GetTypeFromDefinition(reader, handle, rawTypeKind);

        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) =>
            _names.GetTypeFromReference(reader, handle, rawTypeKind);

        public string GetTypeFromSerializedName(string name) => name;

        /// <summary>AttributeTargets is the only enum among the arguments that are read.</summary>
        public PrimitiveTypeCode GetUnderlyingEnumType(string type) => PrimitiveTypeCode.Int32;

        public bool IsSystemType(string type) => type == "System.Type";
    }
}
