using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using Orleans;

namespace Grid.Tests.Contracts;

/// <summary>What must hold of everything that crosses a boundary; each rule names those that break it.</summary>
internal static class ContractRules
{
    public static IEnumerable<string> WithoutSerializer(ContractTypes contracts) =>
        from type in contracts.Serialized
        where !type.IsDefined(typeof(GenerateSerializerAttribute), false)
        select $"{type} has no [GenerateSerializer]";

    public static IEnumerable<string> WithoutId(ContractTypes contracts) =>
        from type in contracts.Serialized
        from member in ContractTypes.Members(type)
        where !member.IsDefined(typeof(IdAttribute), false)
        select $"{type}.{member.Name} has no [Id]";

    public static IEnumerable<string> WithSharedId(ContractTypes contracts) =>
        from type in contracts.Serialized
        from shared in ContractTypes.Members(type)
            .Where(m => m.IsDefined(typeof(IdAttribute), false))
            .GroupBy(m => m.GetCustomAttribute<IdAttribute>()!.Id)
        where shared.Count() > 1
        select $"{type}: {string.Join(" and ", shared.Select(m => m.Name))} share [Id({shared.Key})]";

    public static IEnumerable<string> WithoutAlias(ContractTypes contracts) =>
        from type in contracts.Serialized.Concat(contracts.Interfaces)
        where string.IsNullOrWhiteSpace(Alias(type))
        select $"{type} has no [Alias]";

    public static IEnumerable<string> WithSharedAlias(ContractTypes contracts) =>
        from shared in contracts.Serialized.Concat(contracts.Interfaces).Where(t => Alias(t) is not null).GroupBy(Alias)
        where shared.Count() > 1
        select $"{string.Join(" and ", shared)} share [Alias(\"{shared.Key}\")]";

    public static IEnumerable<string> MethodsWithoutAlias(ContractTypes contracts) =>
        from contract in contracts.Interfaces
        from method in ContractTypes.Methods(contract)
        where string.IsNullOrWhiteSpace(Alias(method))
        select $"{contract}.{method.Name} has no [Alias]";

    public static IEnumerable<string> MethodsWithSharedAlias(ContractTypes contracts) =>
        from contract in contracts.Interfaces
        from shared in ContractTypes.Methods(contract).Where(m => Alias(m) is not null).GroupBy(Alias)
        where shared.Count() > 1
        select $"{contract}: {string.Join(" and ", shared.Select(m => m.Name))} share [Alias(\"{shared.Key}\")]";

    public static IEnumerable<string> NotDeclaredImmutable(ContractTypes contracts) =>
        from type in contracts.Messages
        where !type.IsDefined(typeof(ImmutableAttribute), false)
        select $"{type} is a message and has no [Immutable]";

    /// <summary>An [Immutable] message is handed over without a copy: whoever could change it would change it for both sides.</summary>
    public static IEnumerable<string> Changeable(ContractTypes contracts) =>
        from type in contracts.Messages
        from member in ContractTypes.Members(type)
        from finding in Changeable(member)
        select $"{type}.{member.Name} {finding}";

    public static string? Alias(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>(false)?.Alias;

    private static IEnumerable<string> Changeable(MemberInfo member)
    {
        if (member is FieldInfo { IsInitOnly: false })
            yield return "is a field that is not readonly";
        if (member is PropertyInfo { SetMethod: { } setter }
            && !setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)))
            yield return "has a setter that is not init";
        if (MutablePart(ContractTypes.TypeOf(member)) is { } part)
            yield return $"holds {part}, which can be changed";
    }

    private static Type? MutablePart(Type type)
    {
        if (type.IsArray || (IsCollection(type) && !IsImmutableCollection(type)))
            return type;
        return type.GenericTypeArguments.Select(MutablePart).FirstOrDefault(t => t is not null);
    }

    private static bool IsCollection(Type type) =>
        type != typeof(string) && (typeof(IEnumerable).IsAssignableFrom(type) || IsMemory(type));

    private static bool IsMemory(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Memory<>);

    private static bool IsImmutableCollection(Type type) =>
        type.Namespace is "System.Collections.Immutable" or "System.Collections.Frozen" && !type.Name.Contains("Builder", StringComparison.Ordinal);
}
