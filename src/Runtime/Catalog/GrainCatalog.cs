using System.Collections.Concurrent;
using System.Reflection;
using Grid.Runtime.CodeGeneration;
using Orleans;
using Orleans.Runtime;

namespace Grid.Runtime.Catalog;

/// <summary>Which grain classes and interfaces the application has, and which class answers for which interface.</summary>
internal sealed class GrainCatalog
{
    private readonly Dictionary<string, GrainClass> _classesByName = new(StringComparer.Ordinal);
    private readonly List<GrainClass> _classes = [];
    private readonly GrainReferenceRegistry _registry = new();
    private readonly HashSet<Assembly> _registered = [];
    private readonly ConcurrentDictionary<Type, InterfaceEntry> _interfaces = new();
    private readonly Lock _gate = new();

    public GrainCatalog(EmbeddedGrainRuntime runtime, IReadOnlyCollection<Assembly> assemblies)
    {
        Observers = GrainClass.OfObservers(runtime);
        foreach (var assembly in assemblies)
        {
            Register(assembly);
            foreach (var type in TypesOf(assembly))
            {
                if (IsGrainClass(type))
                    AddClass(new GrainClass(runtime, type));
            }
        }
    }

    public GrainClass Observers { get; }

    public IReadOnlyList<GrainClass> Classes => _classes;

    public InterfaceEntry Interface(Type type) =>
        _interfaces.TryGetValue(type, out var entry) ? entry : _interfaces.GetOrAdd(type, Describe);

    /// <exception cref="ArgumentException">There is no such class.</exception>
    public GrainClass ClassNamed(GrainType type) =>
        _classesByName.TryGetValue(type.ToString(), out var found) ? found
            : throw new ArgumentException($"There is no grain class for grain type '{type}'.");

    private static bool IsGrainClass(Type type) =>
        type is { IsClass: true, IsAbstract: false } && !type.ContainsGenericParameters
        && type.IsAssignableTo(typeof(IGrainBase)) && type.IsAssignableTo(typeof(IGrain));

    private static IEnumerable<Type> TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException partial)
        {
            // An assembly that refers to one that is not here: its loadable types still count.
            return partial.Types.OfType<Type>();
        }
    }

    private void AddClass(GrainClass grainClass)
    {
        var name = grainClass.GrainType.ToString();
        if (_classesByName.TryGetValue(name, out var other))
            throw new InvalidOperationException($"Grain classes {other.Type!.FullName} and {grainClass.Type!.FullName} have the same grain type '{name}'.");
        _classesByName.Add(name, grainClass);
        _classes.Add(grainClass);
    }

    private void Register(Assembly assembly)
    {
        if (!_registered.Add(assembly) || assembly.GetCustomAttribute<GrainReferencesAttribute>() is not { } attribute)
            return;
        ((GrainReferenceRegistration)Activator.CreateInstance(attribute.Registration, nonPublic: true)!).Register(_registry);
    }

    private InterfaceEntry Describe(Type type)
    {
        if (!type.IsInterface || !type.IsAssignableTo(typeof(IAddressable)))
            throw new ArgumentException($"{type.FullName} is not a grain interface.");
        Func<ReferenceSeed, EmbeddedReference>? create;
        lock (_gate)
        {
            Register(type.Assembly);
            _registry.Creators.TryGetValue(type, out create);
        }

        if (create is null)
        {
            throw new ArgumentException(
                $"There is no generated reference for {type.FullName}: is {type.Assembly.GetName().Name} compiled with the runtime's source generator?");
        }

        return new InterfaceEntry(type, create, [.. _classes.Where(candidate => type.IsAssignableFrom(candidate.Type))]);
    }
}

/// <summary>A grain interface: how its references are made and who implements it.</summary>
internal sealed class InterfaceEntry(Type type, Func<ReferenceSeed, EmbeddedReference> create, GrainClass[] implementations)
{
    public Type Type { get; } = type;

    public Func<ReferenceSeed, EmbeddedReference> Create { get; } = create;

    /// <exception cref="ArgumentException">No class implements it, or more than one.</exception>
    public GrainClass Implementation(string? classNamePrefix)
    {
        if (implementations.Length == 1 && classNamePrefix is null)
            return implementations[0];
        var candidates = classNamePrefix is null
            ? implementations
            : [.. implementations.Where(candidate => candidate.Type!.FullName!.StartsWith(classNamePrefix, StringComparison.Ordinal))];
        return candidates.Length switch
        {
            1 => candidates[0],
            0 => throw new ArgumentException($"Could not find an implementation for interface {Type.FullName}."),
            _ => throw new ArgumentException(
                $"Unable to identify a single implementation of interface {Type.FullName}. Candidates: {string.Join(", ", candidates.Select(candidate => candidate.Type!.FullName))}."),
        };
    }
}
