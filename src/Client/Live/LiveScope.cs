namespace Grid.Client.Live;

/// <summary>What a subscription looks at.</summary>
public enum ScopeKind
{
    /// <summary>One device.</summary>
    Device,

    /// <summary>A commune, by INSEE code.</summary>
    Commune,

    /// <summary>Any body, by SIREN code.</summary>
    Syndicate,

    /// <summary>A department, by its code.</summary>
    Department,

    /// <summary>Every department that has a device.</summary>
    All,
}

/// <summary>A scope as it is written: <c>commune:29019</c>, <c>syndicate:SIREN</c>, <c>department:29</c>, <c>device:ID</c>, <c>all</c>.</summary>
public readonly record struct LiveScope(ScopeKind Kind, string Key)
{
    private const int MaximumKeyLength = 64;

    /// <summary>Reads a scope; false for what is none. Whether it exists is asked later.</summary>
    public static bool TryParse(string? text, out LiveScope scope)
    {
        scope = new(ScopeKind.All, "");
        if (text == "all")
        {
            return true;
        }

        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon < 0 || text!.Length - colon - 1 is < 1 or > MaximumKeyLength)
        {
            return false;
        }

        ScopeKind? kind = text[..colon] switch
        {
            "device" => ScopeKind.Device,
            "commune" => ScopeKind.Commune,
            "syndicate" => ScopeKind.Syndicate,
            "department" => ScopeKind.Department,
            _ => null,
        };
        scope = new(kind ?? ScopeKind.All, text[(colon + 1)..]);
        return kind is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        ScopeKind.Device => $"device:{Key}",
        ScopeKind.Commune => $"commune:{Key}",
        ScopeKind.Syndicate => $"syndicate:{Key}",
        ScopeKind.Department => $"department:{Key}",
        _ => "all",
    };
}

/// <summary>A subscription that cannot be served: which argument, and why. The caller is told.</summary>
/// <param name="field">The argument, such as <c>scope</c>.</param>
/// <param name="reason">Why, for people.</param>
public sealed class WatchRefusedException(string field, string reason) : Exception($"{field} {reason}");
