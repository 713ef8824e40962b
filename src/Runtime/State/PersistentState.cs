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

/// <summary>The state of one activation, which is at the same time the record that the storage fills: 72 bytes besides the state.</summary>
internal sealed class PersistentState<T>(PersistentStateFacet<T> facet, Activation activation) : IPersistentState<T>, IGrainState<T>, IStoredState
{
    private T? _state = Activator.CreateInstance<T>();
    private string? _etag;
    private bool _exists;
    private Task? _last;
    private Task? _waitingWrite;

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

    public Task ReadStateAsync(CancellationToken cancellationToken)
    {
        CheckContext();
        return InOrder(() => ReadNowAsync(cancellationToken));
    }

    public Task WriteStateAsync(CancellationToken cancellationToken)
    {
        CheckContext();
        if (_last is null or { IsCompleted: true })
            return Began(facet.Storage.WriteStateAsync(facet.StateName, activation.GrainId, this, cancellationToken));

        // A write that has not begun will write what is in memory when it does: one is enough for all who ask meanwhile.
        if (_waitingWrite is { } waiting && ReferenceEquals(waiting, _last) && !cancellationToken.CanBeCanceled)
            return waiting;
        return WriteLater(cancellationToken);
    }

    private Task WriteLater(CancellationToken cancellationToken)
    {
        var write = InOrder(() =>
        {
            _waitingWrite = null;
            return facet.Storage.WriteStateAsync(facet.StateName, activation.GrainId, this, cancellationToken);
        });
        if (!cancellationToken.CanBeCanceled)
            _waitingWrite = write;
        return write;
    }

    public Task ClearStateAsync(CancellationToken cancellationToken)
    {
        CheckContext();
        return InOrder(() => ClearNowAsync(cancellationToken));
    }

    private async Task ReadNowAsync(CancellationToken cancellation)
    {
        await facet.Storage.ReadStateAsync(facet.StateName, activation.GrainId, this, cancellation);
        _state ??= Activator.CreateInstance<T>();
    }

    private async Task ClearNowAsync(CancellationToken cancellation)
    {
        await facet.Storage.ClearStateAsync(facet.StateName, activation.GrainId, this, cancellation);
        _state ??= Activator.CreateInstance<T>();
    }

    /// <summary>One operation after the other, so that interleaving calls do not take each other's ETag for a stranger's.</summary>
    private Task InOrder(Func<Task> operation) => Began(_last is null or { IsCompleted: true } ? operation() : AfterAsync(_last, operation));

    private Task Began(Task task)
    {
        _last = task.IsCompleted ? null : task;
        return task;
    }

    private static async Task AfterAsync(Task before, Func<Task> operation)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await operation();
    }

    Task IStoredState.ReadAsync(CancellationToken cancellation) => ReadStateAsync(cancellation);

    private void CheckContext()
    {
        if (!ReferenceEquals(Partition.CurrentActivation, activation))
            throw new InvalidOperationException($"The state '{facet.StateName}' of {activation} was used outside a turn of that grain.");
    }
}
