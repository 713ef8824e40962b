using Grid.Runtime.CodeGeneration;
using Grid.Runtime.Execution;
using Orleans;
using Orleans.Runtime;

namespace Grid.Runtime.Catalog;

/// <summary>Makes references; it is also the client that the application sees.</summary>
internal sealed class GrainFactory(EmbeddedGrainRuntime runtime) : IClusterClient
{
    private long _observers;

    public IServiceProvider ServiceProvider => runtime.Services;

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey =>
        (TGrainInterface)(object)Get(typeof(TGrainInterface), primaryKey, grainClassNamePrefix);

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey)
    {
        ArgumentNullException.ThrowIfNull(grainInterfaceType);
        return (IGrain)Get(grainInterfaceType, grainPrimaryKey, null);
    }

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable =>
        (TGrainInterface)(object)runtime.Catalog.Interface(typeof(TGrainInterface)).Create(Seed(runtime.Catalog.ClassNamed(grainId.Type), grainId.Key));

    public IAddressable GetGrain(GrainId grainId) => Untyped(runtime.Catalog.ClassNamed(grainId.Type), grainId.Key);

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        ArgumentNullException.ThrowIfNull(obj);
        if (obj is GrainReference)
            throw new ArgumentException("Argument obj is already a grain reference.", nameof(obj));
        if (obj is Grain)
            throw new ArgumentException("Argument must not be a grain class.", nameof(obj));
        if (obj is not TGrainObserverInterface)
            throw new ArgumentException($"{obj.GetType().FullName} does not implement {typeof(TGrainObserverInterface).FullName}.", nameof(obj));
        var entry = runtime.Catalog.Interface(typeof(TGrainObserverInterface));
        var key = Interlocked.Increment(ref _observers).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var seed = Seed(runtime.Catalog.Observers, IdSpan.Create(key));
        var activation = new Activation(runtime.Partitions[seed.Partition], seed.Class, key, seed.Hash);
        activation.Observe(obj);
        var reference = entry.Create(seed);
        reference.Cached = activation;
        return (TGrainObserverInterface)(object)reference;
    }

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        ArgumentNullException.ThrowIfNull(obj);
        if (obj is not GrainReference reference || !reference.GrainClass.IsObserver)
            throw new ArgumentException("Argument reference is not a reference to an observer.", nameof(obj));
        var activation = reference.Cached;
        reference.Partition.Post(new PartitionWork(_ => activation?.Forget()));
    }

    public GrainReference Cast(GrainReference reference, Type interfaceType)
    {
        var cast = runtime.Catalog.Interface(interfaceType)
            .Create(new ReferenceSeed(reference.GrainClass, reference.KeyText, reference.KeyHash, reference.PartitionNumber));
        if (reference.GrainClass.IsObserver)
            cast.Cached = reference.Cached;
        return cast;
    }

    public UntypedReference Untyped(GrainClass grainClass, IdSpan key)
    {
        var seed = Seed(grainClass, key);
        return new UntypedReference(seed.Class, seed.Key, seed.Hash, seed.Partition);
    }

    private EmbeddedReference Get(Type type, string key, string? prefix)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        var entry = runtime.Catalog.Interface(type);
        return entry.Create(Seed(entry.Implementation(prefix), IdSpan.Create(key)));
    }

    private ReferenceSeed Seed(GrainClass grainClass, IdSpan key)
    {
        var hash = grainClass.HashOf(key);
        return new ReferenceSeed(grainClass, key.Text, hash, PartitionOf(grainClass, key, hash));
    }

    private int PartitionOf(GrainClass grainClass, IdSpan key, int hash)
    {
        var count = runtime.Partitions.Length;
        if (count == 1)
            return 0;
        if (runtime.Options.PlacementHint is { } hint && !grainClass.IsObserver)
        {
            var hinted = hint(new GrainId(grainClass.GrainType, key));
            if (hinted >= 0)
                return hinted % count;
        }

        // The upper bits: the lower ones choose the bucket within the partition.
        return (int)(((ulong)(uint)hash * (uint)count) >> 32);
    }
}
