using System.ComponentModel;

namespace Grid.Runtime.CodeGeneration;

/// <summary>Says which generated class knows the grain references of this assembly.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class GrainReferencesAttribute(Type registration) : Attribute
{
    public Type Registration { get; } = registration;
}

/// <summary>The generated class that knows the grain references of an assembly.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class GrainReferenceRegistration
{
    public abstract void Register(GrainReferenceRegistry registry);
}

/// <summary>The references known so far.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class GrainReferenceRegistry
{
    internal GrainReferenceRegistry()
    {
    }

    internal Dictionary<Type, Func<ReferenceSeed, EmbeddedReference>> Creators { get; } = [];

    public void Add(Type grainInterface, Func<ReferenceSeed, EmbeddedReference> create) => Creators[grainInterface] = create;
}
