using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.ComponentModel;
using System.Reflection;
using Orleans;
using Orleans.Runtime;

namespace Grid.Runtime.CodeGeneration;

/// <summary>
/// Copies what is not immutable when it crosses a grain boundary, so that neither side sees what the other changes later. Immutable is: marked
/// so, or made of read-only fields of immutable types. Everything else is copied deeply, and slowly: mark your messages.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Message
{
    private static readonly ConcurrentDictionary<Type, bool> Known = new();
    private static readonly ConcurrentDictionary<Type, FieldInfo[]> FieldsByType = new();
    private static readonly Func<object, object> Clone = typeof(object)
        .GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!.CreateDelegate<Func<object, object>>();

    private static readonly HashSet<Type> Simple =
    [
        typeof(string), typeof(decimal), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(DateOnly), typeof(TimeOnly), typeof(Guid),
        typeof(Uri), typeof(Version), typeof(Type), typeof(CancellationToken), typeof(GrainId), typeof(GrainType), typeof(IdSpan), typeof(StreamId),
        typeof(Int128), typeof(UInt128), typeof(Half), typeof(Index), typeof(Range), typeof(ValueTuple), typeof(DeactivationReason),
    ];

    private static readonly HashSet<Type> ImmutableGenerics =
    [
        typeof(ImmutableArray<>), typeof(ImmutableList<>), typeof(ImmutableDictionary<,>), typeof(ImmutableHashSet<>), typeof(ImmutableSortedDictionary<,>),
        typeof(ImmutableSortedSet<>), typeof(ImmutableQueue<>), typeof(ImmutableStack<>), typeof(FrozenDictionary<,>), typeof(FrozenSet<>),
    ];

    public static T Copy<T>(T value) => Traits<T>.IsImmutable || value is null ? value : (T)DeepCopy(value, null)!;

    internal static bool IsImmutable<T>() => Traits<T>.IsImmutable;

    private static object? DeepCopy(object? value, Dictionary<object, object>? copies)
    {
        if (value is null)
            return null;
        var type = value.GetType();
        if (IsImmutable(type))
            return value;
        copies ??= new Dictionary<object, object>(ReferenceEqualityComparer.Instance);
        if (!type.IsValueType && copies.TryGetValue(value, out var known))
            return known;
        if (value is Array array)
        {
            var copy = (Array)array.Clone();
            copies[value] = copy;
            if (!IsImmutable(type.GetElementType()!))
                CopyElements(copy, copies);
            return copy;
        }

        var clone = Clone(value);
        if (!type.IsValueType)
            copies[value] = clone;
        foreach (var field in FieldsByType.GetOrAdd(type, MutableFields))
            field.SetValue(clone, DeepCopy(field.GetValue(value), copies));
        return clone;
    }

    private static void CopyElements(Array array, Dictionary<object, object> copies)
    {
        var index = new int[array.Rank];
        for (var position = 0L; position < array.LongLength; position++)
        {
            var rest = position;
            for (var dimension = array.Rank - 1; dimension >= 0; dimension--)
            {
                var length = array.GetLength(dimension);
                index[dimension] = array.GetLowerBound(dimension) + (int)(rest % length);
                rest /= length;
            }

            array.SetValue(DeepCopy(array.GetValue(index), copies), index);
        }
    }

    private static bool IsImmutable(Type type) => Known.TryGetValue(type, out var known) ? known : Judge(type, []);

    private static bool Judge(Type type, HashSet<Type> underWay)
    {
        if (Known.TryGetValue(type, out var known))
            return known;
        if (!underWay.Add(type))
            return true;
        var verdict = type.IsPrimitive || type.IsEnum || type.IsPointer || Simple.Contains(type)
            || type.GetCustomAttribute<ImmutableAttribute>() is not null
            || type.IsAssignableTo(typeof(IAddressable)) || type.IsAssignableTo(typeof(Delegate)) || type.IsAssignableTo(typeof(Exception))
            || type.IsAssignableTo(typeof(Type)) || type.IsAssignableTo(typeof(Task))
            || (type.IsGenericType && IsImmutableGeneric(type, underWay))
            || (!type.IsArray && !type.IsInterface && (type.IsSealed || type.IsValueType) && HasReadOnlyFields(type, underWay));
        if (underWay.Count == 1)
            Known.TryAdd(type, verdict);
        underWay.Remove(type);
        return verdict;
    }

    private static bool IsImmutableGeneric(Type type, HashSet<Type> underWay)
    {
        for (var candidate = type; candidate is not null; candidate = candidate.BaseType)
        {
            if (candidate.IsGenericType && ImmutableGenerics.Contains(candidate.GetGenericTypeDefinition()))
                return candidate.GetGenericArguments().All(argument => Judge(argument, underWay));
        }

        return false;
    }

    private static bool HasReadOnlyFields(Type type, HashSet<Type> underWay) =>
        AllFields(type).All(field => (field.IsInitOnly || type.IsValueType) && Judge(field.FieldType, underWay));

    private static FieldInfo[] MutableFields(Type type) => [.. AllFields(type).Where(field => !IsImmutable(field.FieldType))];

    private static IEnumerable<FieldInfo> AllFields(Type type)
    {
        for (var declaring = type; declaring is not null && declaring != typeof(object); declaring = declaring.BaseType)
        {
            foreach (var field in declaring.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                yield return field;
        }
    }

    private static class Traits<T>
    {
        public static readonly bool IsImmutable = Message.IsImmutable(typeof(T));
    }
}
