using System.ComponentModel;

namespace Grid.Runtime.CodeGeneration;

/// <summary>How a method asks to be called.</summary>
[Flags]
[EditorBrowsable(EditorBrowsableState.Never)]
public enum CallOptions : byte
{
    None = 0,
    OneWay = 1,
    ReadOnly = 2,
    AlwaysInterleave = 4,

    /// <summary>Dropped rather than forwarded when its activation ends: a timer's tick.</summary>
    LocalOnly = 8,

    /// <summary>Does not count as use of the grain.</summary>
    DoesNotKeepAlive = 16,
}
