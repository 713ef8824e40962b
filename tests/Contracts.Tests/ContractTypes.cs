using System.Reflection;
using Grid.Contracts.Devices;
using Grid.Grains.Sectors;
using Orleans;
using Orleans.Runtime;

namespace Grid.Tests.Contracts;

/// <summary>What of Grid.Contracts and Grid.Grains crosses a boundary: grain interfaces, observers, messages and states.</summary>
internal sealed class ContractTypes
{
    private readonly HashSet<Type> _messages = [];
    private readonly HashSet<Type> _states = [];

    public ContractTypes(params Assembly[] assemblies)
    {
        var types = assemblies.SelectMany(a => a.GetTypes()).Where(t => !IsGenerated(t)).ToArray();
        Interfaces =
        [
            .. types.Where(t => t.IsInterface && (typeof(IGrain).IsAssignableFrom(t) || typeof(IGrainObserver).IsAssignableFrom(t)))
                .OrderBy(t => t.FullName, StringComparer.Ordinal),
        ];
        Grains =
        [
            .. types.Where(t => t is { IsClass: true, IsAbstract: false } && typeof(IGrainBase).IsAssignableFrom(t) && typeof(IGrain).IsAssignableFrom(t))
                .OrderBy(t => t.FullName, StringComparer.Ordinal),
        ];
        foreach (var method in Interfaces.SelectMany(Methods))
        {
            foreach (var type in method.GetParameters().Select(p => p.ParameterType).Append(method.ReturnType))
                Follow(type, _messages, assemblies);
        }

        foreach (var state in types.Where(t => t.IsClass).SelectMany(StatesOf))
            Follow(state.Type, _states, assemblies);

        // What streams carry stands in no signature, but it must be serializable: all that is not part of a state is held to be a message.
        foreach (var type in types.Where(t => t.IsDefined(typeof(GenerateSerializerAttribute), false) && !_states.Contains(t)))
            Follow(type, _messages, assemblies);
    }

    /// <summary>Those of the product.</summary>
    public static ContractTypes OfGrid { get; } = new(typeof(IDeviceGrain).Assembly, typeof(SectorState).Assembly);

    public IReadOnlyList<Type> Interfaces { get; }

    /// <summary>Classes of grains: their names and those of their states are what stored state is found by.</summary>
    public IReadOnlyList<Type> Grains { get; }

    /// <summary>Classes and structs that calls and streams carry, with what they are made of.</summary>
    public IEnumerable<Type> Messages => Sorted(_messages);

    /// <summary>Classes and structs that are only persisted.</summary>
    public IEnumerable<Type> States => Sorted(_states.Except(_messages));

    public IEnumerable<Type> Serialized => Messages.Concat(States);

    public IEnumerable<Type> Enums =>
        _messages.Concat(_states).Where(t => t.IsEnum).Distinct().OrderBy(t => t.FullName, StringComparer.Ordinal);

    /// <summary>The methods that an interface declares itself.</summary>
    public static IEnumerable<MethodInfo> Methods(Type contract) =>
        contract.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .OrderBy(m => m.Name, StringComparer.Ordinal);

    /// <summary>Automatic properties and fields that a type declares itself: what makes up its value.</summary>
    public static IEnumerable<MemberInfo> Members(Type type)
    {
        const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        foreach (var field in type.GetFields(Own))
        {
            if (field.IsDefined(typeof(NonSerializedAttribute), false))
                continue;
            yield return field.Name.StartsWith('<') && field.Name.EndsWith(">k__BackingField", StringComparison.Ordinal)
                ? type.GetProperty(field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)], Own)!
                : field;
        }
    }

    /// <summary>The persistent states that a class takes in its constructors, with the names that they are stored under.</summary>
    public static IEnumerable<(string Name, string? Storage, Type Type)> StatesOf(Type type)
    {
        const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;
        foreach (var parameter in type.GetConstructors(Any).SelectMany(c => c.GetParameters()))
        {
            if (parameter.ParameterType is { IsGenericType: true } state && state.GetGenericTypeDefinition() == typeof(IPersistentState<>))
            {
                var names = parameter.GetCustomAttribute<PersistentStateAttribute>();
                yield return (names?.StateName ?? "", names?.StorageName, state.GenericTypeArguments[0]);
            }
        }
    }

    public static Type TypeOf(MemberInfo member) => member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType;

    private static IEnumerable<Type> Sorted(IEnumerable<Type> types) =>
        types.Where(t => !t.IsEnum).OrderBy(t => t.FullName, StringComparer.Ordinal);

    private static void Follow(Type type, HashSet<Type> into, Assembly[] assemblies)
    {
        if (type.IsGenericParameter)
            return;
        if (type.HasElementType)
        {
            Follow(type.GetElementType()!, into, assemblies);
            return;
        }

        foreach (var argument in type.GenericTypeArguments)
            Follow(argument, into, assemblies);

        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        if (!assemblies.Contains(definition.Assembly) || definition.IsInterface || !into.Add(definition))
            return;
        if (definition.IsEnum)
            return;

        foreach (var member in Members(definition))
            Follow(TypeOf(member), into, assemblies);
        if (definition.BaseType is { } ancestor)
            Follow(ancestor, into, assemblies);
        foreach (var heir in assemblies.SelectMany(a => a.GetTypes()).Where(t => t.BaseType == definition))
            Follow(heir, into, assemblies);
    }

    /// <summary>Orleans generates its serializers and references into the assembly.</summary>
    private static bool IsGenerated(Type type) =>
        type.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute), false)
        || (type.Namespace?.StartsWith("OrleansCodeGen", StringComparison.Ordinal) ?? false);
}
