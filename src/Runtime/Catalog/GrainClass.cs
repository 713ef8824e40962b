using System.Reflection;
using Grid.Runtime.Execution;
using Grid.Runtime.State;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Grid.Runtime.Catalog;

/// <summary>What the runtime knows of a grain class. One object a class and runtime: activations and references share it.</summary>
internal sealed class GrainClass
{
    private readonly GrainConstructor? _constructor;

    private GrainClass(EmbeddedGrainRuntime runtime, GrainType grainType, Type? type)
    {
        Runtime = runtime;
        GrainType = grainType;
        Type = type;
    }

    public GrainClass(EmbeddedGrainRuntime runtime, Type type)
        : this(runtime, GrainType.Create(NameOf(type)), type)
    {
        _constructor = new GrainConstructor(runtime.Services, type);
        IsReentrant = type.GetCustomAttribute<ReentrantAttribute>() is not null;
        if (type.GetCustomAttribute<StatelessWorkerAttribute>() is { } worker)
        {
            IsStatelessWorker = true;
            MaxWorkers = worker.MaxLocalWorkers > 0 ? worker.MaxLocalWorkers : Environment.ProcessorCount;
        }

        OverridesActivate = Overrides(type, nameof(IGrainBase.OnActivateAsync));
        OverridesDeactivate = Overrides(type, nameof(IGrainBase.OnDeactivateAsync))
            || type.IsAssignableTo(typeof(IDisposable)) || type.IsAssignableTo(typeof(IAsyncDisposable));
        Subscriptions = [.. type.GetCustomAttributes<ImplicitStreamSubscriptionAttribute>()];
    }

    public EmbeddedGrainRuntime Runtime { get; }

    public GrainType GrainType { get; }

    /// <summary>Null for observers.</summary>
    public Type? Type { get; }

    public bool IsObserver => Type is null;

    public bool IsReentrant { get; }

    public bool IsStatelessWorker { get; }

    public int MaxWorkers { get; } = 1;

    public bool OverridesActivate { get; }

    public bool OverridesDeactivate { get; }

    public ImplicitStreamSubscriptionAttribute[] Subscriptions { get; } = [];

    public static GrainClass OfObservers(EmbeddedGrainRuntime runtime) => new(runtime, GrainType.Create("observer"), null);

    public GrainId IdOf(string key) => new(GrainType, IdSpan.Create(key));

    /// <summary>The hash of a grain of this class: stable, and spread over all bits.</summary>
    public int HashOf(IdSpan key)
    {
        var hash = unchecked((uint)GrainId.Combine(GrainType.GetHashCode(), key.Hash)) * 0x9E3779B1u;
        return unchecked((int)(hash ^ (hash >> 15)));
    }

    public object Create(Activation activation, ref List<IStoredState>? states) => _constructor!.Create(activation, ref states);

    private static string NameOf(Type type)
    {
        const string Suffix = "grain";
        var name = type.Name.ToLowerInvariant();
        return name.Length > Suffix.Length && name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name;
    }

    private static bool Overrides(Type type, string method)
    {
        if (type.IsAssignableTo(typeof(Grain)))
        {
            return type.GetMethods(BindingFlags.Instance | BindingFlags.Public)
                .Any(candidate => candidate.Name == method && candidate.GetBaseDefinition().DeclaringType == typeof(Grain) && candidate.DeclaringType != typeof(Grain));
        }

        if (!type.IsAssignableTo(typeof(IGrainBase)))
            return false;
        var map = type.GetInterfaceMap(typeof(IGrainBase));
        var index = Array.FindIndex(map.InterfaceMethods, candidate => candidate.Name == method);
        return map.TargetMethods[index].DeclaringType != typeof(IGrainBase);
    }
}
