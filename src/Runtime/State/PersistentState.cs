using Grid.Runtime.Execution;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Storage;

namespace Grid.Runtime.State;

/// <summary>A state that is read before its grain activates.</summary>
internal interface IStoredState
{
    Task ReadAsync(CancellationToken cancellation);
}

/// <summary>What all persistent states of one constructor parameter share.</summary>
internal abstract class PersistentStateFacet
{
    public static PersistentStateFacet Create(IServiceProvider services, Type grain, PersistentStateAttribute attribute, Type stateType)
    {
        var name = string.IsNullOrWhiteSpace(attribute.StorageName) ? ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME : attribute.StorageName;
        return (PersistentStateFacet)Activator.CreateInstance(
            typeof(PersistentStateFacet<>).MakeGenericType(stateType), services, grain, attribute.StateName, name)!;
    }

    public abstract IStoredState Bind(Activation activation);
}

internal sealed class PersistentStateFacet<T>(IServiceProvider services, Type grain, string stateName, string storageName) : PersistentStateFacet
{
    private IGrainStorage? _storage;

    public string StateName { get; } = stateName;

    // On first use: a program may register a storage that none of its running grains needs.
    public IGrainStorage Storage => _storage ??= services.GetKeyedService<IGrainStorage>(storageName)
        ?? throw new InvalidOperationException($"No storage provider named '{storageName}' found for state '{StateName}' of {grain.FullName}.");

    public override IStoredState Bind(Activation activation)
    {
        _ = Storage;
        return new PersistentState<T>(this, activation);
    }
}

/// <summary>The state of one activation, which is at the same time the record that the storage fills: 56 bytes besides the state.</summary>
internal sealed class PersistentState<T>(PersistentStateFacet<T> facet, Activation activation) : IPersistentState<T>, IGrainState<T>, IStoredState
{
    private T? _state = Activator.CreateInstance<T>();
    private string? _etag;
    private bool _exists;

    public T State
    {
        get => _state!;
        set => _state = value;
    }

    public string? Etag => _etag;

    public bool RecordExists => _exists;

    T? IGrainState<T>.State
    {
        get => _state;
        set => _state = value;
    }

    string? IGrainState<T>.ETag
    {
        get => _etag;
        set => _etag = value;
    }

    bool IGrainState<T>.RecordExists
    {
        get => _exists;
        set => _exists = value;
    }

    public Task ReadStateAsync() => ReadStateAsync(CancellationToken.None);

    public Task WriteStateAsync() => WriteStateAsync(CancellationToken.None);

    public Task ClearStateAsync() => ClearStateAsync(CancellationToken.None);

    public async Task ReadStateAsync(CancellationToken cancellationToken)
    {
        CheckContext();
        await facet.Storage.ReadStateAsync(facet.StateName, activation.GrainId, this, cancellationToken);
        _state ??= Activator.CreateInstance<T>();
    }

    public Task WriteStateAsync(CancellationToken cancellationToken)
    {
        CheckContext();
        return facet.Storage.WriteStateAsync(facet.StateName, activation.GrainId, this, cancellationToken);
    }

    public async Task ClearStateAsync(CancellationToken cancellationToken)
    {
        CheckContext();
        await facet.Storage.ClearStateAsync(facet.StateName, activation.GrainId, this, cancellationToken);
        _state ??= Activator.CreateInstance<T>();
    }

    Task IStoredState.ReadAsync(CancellationToken cancellation) => ReadStateAsync(cancellation);

    private void CheckContext()
    {
        if (!ReferenceEquals(Partition.CurrentActivation, activation))
            throw new InvalidOperationException($"The state '{facet.StateName}' of {activation} was used outside a turn of that grain.");
    }
}
