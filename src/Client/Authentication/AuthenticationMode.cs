using Grid.Client.Settings;

namespace Grid.Client.Authentication;

/// <summary>How callers prove who they are.</summary>
public enum AuthenticationMode
{
    /// <summary>An administrator token in the data directory.</summary>
    Local,

    /// <summary>No check; only on loopback addresses.</summary>
    Open,
}

/// <summary>Reads <c>Grid:Auth:Mode</c>.</summary>
public static class AuthenticationModes
{
    /// <summary>The setting's name.</summary>
    public const string Setting = "Grid:Auth:Mode";

    /// <summary>The mode of that name, without regard to case; <see cref="AuthenticationMode.Local"/> for none.</summary>
    /// <exception cref="GatewaySettingException">There is no such mode.</exception>
    public static AuthenticationMode Parse(string? value) => value?.ToUpperInvariant() switch
    {
        null or "" or "LOCAL" => AuthenticationMode.Local,
        "OPEN" => AuthenticationMode.Open,
        _ => throw new GatewaySettingException(Setting, value, "is no mode of this version; use Local or Open"),
    };
}
