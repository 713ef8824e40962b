namespace Orleans
{
    public class GenerateSerializerAttribute : Attribute;
    public class ImmutableAttribute : Attribute;
    public class IdAttribute(uint id) : Attribute { public uint Id => id; }
    [AttributeUsage(AttributeTargets.All)] public class AliasAttribute(string alias) : Attribute { public string Alias => alias; }
    public interface IGrain; public interface IGrainWithStringKey : IGrain; public interface IGrainObserver;
    public interface IGrainFactory { T GetGrain<T>(string primaryKey, string? grainClassNamePrefix = null) where T : IGrainWithStringKey; T CreateObjectReference<T>(IGrainObserver obj) where T : IGrainObserver; void DeleteObjectReference<T>(IGrainObserver obj) where T : IGrainObserver; }
}
namespace Orleans.Concurrency { public class OneWayAttribute : Attribute; }
namespace Orleans
{
    public abstract class Grain { public string Key { get; set; } = ""; public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask; public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask; }
    public readonly struct DeactivationReason;
    public static class GrainExtensions { public static string GetPrimaryKeyString(this Grain grain) => grain.Key; }
}
namespace Orleans.Core { public interface IStorage { string? Etag { get; } bool RecordExists { get; } Task ClearStateAsync(); Task WriteStateAsync(); Task ReadStateAsync(); } public interface IStorage<TState> : IStorage { TState State { get; set; } } }
namespace Orleans.Runtime
{
    public interface IPersistentState<TState> : Orleans.Core.IStorage<TState>;
    [AttributeUsage(AttributeTargets.Parameter)] public class PersistentStateAttribute(string stateName, string? storageName = null) : Attribute { public string StateName => stateName; public string? StorageName => storageName; }
}
