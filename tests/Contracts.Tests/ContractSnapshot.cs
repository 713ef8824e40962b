using System.Globalization;
using System.Reflection;
using System.Text;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Grid.Tests.Contracts;

/// <summary>Interfaces, grains, messages, states and enums as text: everything that an older process or an older file would notice a change of.</summary>
internal static class ContractSnapshot
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
        [typeof(string)] = "string",
    };

    public static string Write(ContractTypes contracts)
    {
        var text = new StringBuilder();
        foreach (var contract in contracts.Interfaces)
            WriteInterface(text, contract);
        foreach (var type in contracts.Grains)
            WriteGrain(text, type);
        foreach (var type in contracts.Messages)
            WriteType(text, "message", type);
        foreach (var type in contracts.States)
            WriteType(text, "state", type);
        foreach (var type in contracts.Enums)
            WriteEnum(text, type);
        return text.ToString();
    }

    private static void WriteInterface(StringBuilder text, Type contract)
    {
        var parents = contract.GetInterfaces().Where(i => i != typeof(IAddressable)).Select(Name).Order(StringComparer.Ordinal);
        Line(text, $"interface {ContractRules.Alias(contract)} = {contract.FullName} : {string.Join(", ", parents)}");
        foreach (var method in ContractTypes.Methods(contract))
        {
            var parameters = method.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}");
            Line(text, $"  {ContractRules.Alias(method)} = {Name(method.ReturnType)} {method.Name}({string.Join(", ", parameters)}){Words(method)}");
        }

        text.Append('\n');
    }

    private static void WriteGrain(StringBuilder text, Type type)
    {
        var contracts = type.GetInterfaces().Where(i => typeof(IGrain).IsAssignableFrom(i) && i.Assembly != typeof(IGrain).Assembly);
        Line(text, $"grain {type.FullName} : {string.Join(", ", contracts.Select(Name).Order(StringComparer.Ordinal))}");
        foreach (var (name, storage, state) in ContractTypes.StatesOf(type).OrderBy(s => s.Name, StringComparer.Ordinal))
            Line(text, $"  state {name} = {Name(state)}{(storage is null ? "" : $" in {storage}")}");
        foreach (var stream in type.GetCustomAttributesData().Where(a => a.AttributeType == typeof(ImplicitStreamSubscriptionAttribute)))
            Line(text, $"  stream {stream.ConstructorArguments[0].Value}");
        text.Append('\n');
    }

    private static void WriteType(StringBuilder text, string what, Type type)
    {
        var parent = type.BaseType is { } ancestor && ancestor != typeof(object) && ancestor != typeof(ValueType) ? $" : {Name(ancestor)}" : "";
        var kind = type.IsValueType ? "struct" : "class";
        Line(text, $"{what} {ContractRules.Alias(type)} = {kind} {type.FullName}{parent}");
        foreach (var member in ContractTypes.Members(type).OrderBy(m => m.GetCustomAttribute<IdAttribute>()?.Id ?? uint.MaxValue))
            Line(text, $"  {member.GetCustomAttribute<IdAttribute>()?.Id} = {Name(ContractTypes.TypeOf(member))} {member.Name}");
        text.Append('\n');
    }

    private static void WriteEnum(StringBuilder text, Type type)
    {
        Line(text, $"enum {type.FullName} : {Name(Enum.GetUnderlyingType(type))}");
        foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.Static))
            Line(text, $"  {Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)} = {field.Name}");
        text.Append('\n');
    }

    private static string Words(MethodInfo method) => string.Concat(
        method.IsDefined(typeof(OneWayAttribute)) ? " one-way" : "",
        method.IsDefined(typeof(AlwaysInterleaveAttribute)) ? " always-interleaved" : "",
        method.IsDefined(typeof(ReadOnlyAttribute)) ? " read-only" : "");

    private static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
            return $"{Name(value)}?";
        if (type.IsArray)
            return $"{Name(type.GetElementType()!)}[]";
        if (Keywords.TryGetValue(type, out var keyword))
            return keyword;
        if (type.IsGenericType)
            return $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
        return type.Name;
    }

    private static void Line(StringBuilder text, string line) => text.Append(line.TrimEnd()).Append('\n');
}
