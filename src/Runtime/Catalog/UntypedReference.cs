using Grid.Runtime.Catalog;

namespace Orleans.Runtime;

/// <summary>A reference that names a grain and has no interface yet.</summary>
internal sealed class UntypedReference : GrainReference
{
    public UntypedReference(GrainClass grainClass, string key, int hash, int partition)
        : base(grainClass, key, hash, partition)
    {
    }
}
