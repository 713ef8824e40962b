namespace Orleans
{
    public class GenerateSerializerAttribute : Attribute;
    public class ImmutableAttribute : Attribute;
    public class IdAttribute(uint id) : Attribute { public uint Id => id; }
    [AttributeUsage(AttributeTargets.All)] public class AliasAttribute(string alias) : Attribute { public string Alias => alias; }
    public interface IGrain; public interface IGrainWithStringKey : IGrain; public interface IGrainObserver;
    public interface IGrainFactory { T GetGrain<T>(string primaryKey, string? grainClassNamePrefix = null) where T : IGrainWithStringKey; T CreateObjectReference<T>(IGrainObserver obj) where T : IGrainObserver; void DeleteObjectReference<T>(IGrainObserver obj) where T : IGrainObserver; }
}
namespace Orleans.Concurrency { public class OneWayAttribute : Attribute; public class AlwaysInterleaveAttribute : Attribute; }
