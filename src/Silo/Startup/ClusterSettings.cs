using System.Globalization;
using System.Net;

namespace Grid.Silo.Startup;

/// <summary>How silos find each other.</summary>
public enum ClusterMode
{
    /// <summary>One silo, this process, without infrastructure.</summary>
    Single,

    /// <summary>Silos that share a PostgreSQL database: membership and reminders.</summary>
    Postgres,
}

/// <summary>Where grains keep their state.</summary>
public enum StateStore
{
    /// <summary>Grid's own grain storage, in the data directory.</summary>
    Grid,

    /// <summary>Orleans' storage over ADO.NET, in PostgreSQL.</summary>
    Postgres,

    /// <summary>Orleans' storage in Azure Blob storage.</summary>
    AzureBlobs,
}

/// <summary>The settings of the grain runtime, checked. Names and defaults as documented in docs/operations.md.</summary>
public sealed record ClusterSettings
{
    /// <summary>Name of <see cref="Mode"/>.</summary>
    public const string ModeSetting = "Grid:Cluster:Mode";

    /// <summary>Name of <see cref="Connection"/>.</summary>
    public const string ConnectionSetting = "Grid:Cluster:Connection";

    /// <summary>Name of <see cref="State"/>.</summary>
    public const string StateSetting = "Grid:State:Store";

    /// <summary>Name of <see cref="StateConnection"/>.</summary>
    public const string StateConnectionSetting = "Grid:State:Connection";

    private const int LongestName = 64;
    private const int HighestPort = 65535;
    private const int ClusterPort = 11111;

    /// <summary><c>Grid:Cluster:Mode</c>.</summary>
    public required ClusterMode Mode { get; init; }

    /// <summary><c>Grid:Cluster:Connection</c>: connection string of the cluster's database; null where there is none.</summary>
    public required string? Connection { get; init; }

    /// <summary><c>Grid:Cluster:Id</c>: silos with the same one and the same database are one cluster.</summary>
    public required string Id { get; init; }

    /// <summary><c>Grid:Cluster:Address</c>: where other silos reach this one, and what it listens on.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>
    /// <c>Grid:Cluster:Port</c>: where other silos reach this one; null for any free port. In a cluster it is always a fixed one: a silo that comes
    /// back after a crash is known by its address, and the others need not wait for the one that died.
    /// </summary>
    public required int? Port { get; init; }

    /// <summary><c>Grid:State:Store</c>.</summary>
    public required StateStore State { get; init; }

    /// <summary><c>Grid:State:Connection</c>: connection string of the state's store; null for Grid's own.</summary>
    public required string? StateConnection { get; init; }

    /// <summary><c>Grid:State:Container</c>: the blob container.</summary>
    public required string StateContainer { get; init; }

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="SettingsException">A setting is not as it must be.</exception>
    public static ClusterSettings Read(IConfiguration configuration)
    {
        var mode = Choice(configuration, ModeSetting, ClusterMode.Single);
        var state = Choice(configuration, StateSetting, StateStore.Grid);
        var connection = Text(configuration, ConnectionSetting);
        var stateConnection = Text(configuration, StateConnectionSetting);
        if (mode == ClusterMode.Postgres && connection is null)
        {
            throw new SettingsException(
                $"{ConnectionSetting} is empty; with {ModeSetting}={mode} it must be a PostgreSQL connection string such as Host=127.0.0.1;Database=grid;Username=grid.");
        }

        if (state == StateStore.Postgres && (stateConnection ??= connection) is null)
        {
            throw new SettingsException(
                $"{StateConnectionSetting} is empty; with {StateSetting}={state} it, or {ConnectionSetting}, must be a PostgreSQL connection string.");
        }

        if (state == StateStore.AzureBlobs && stateConnection is null)
        {
            throw new SettingsException(
                $"{StateConnectionSetting} is empty; with {StateSetting}={state} it must be the connection string of an Azure storage account.");
        }

        return new ClusterSettings
        {
            Mode = mode,
            Connection = connection,
            Id = Name(configuration, "Grid:Cluster:Id", "grid"),
            Address = ReadAddress(configuration),
            Port = ReadPort(configuration) ?? (mode == ClusterMode.Single ? null : ClusterPort),
            State = state,
            StateConnection = stateConnection,
            StateContainer = Container(configuration),
        };
    }

    private static string? Text(IConfiguration configuration, string name) =>
        string.IsNullOrWhiteSpace(configuration[name]) ? null : configuration[name];

    private static T Choice<T>(IConfiguration configuration, string name, T fallback)
        where T : struct, Enum
    {
        if (Text(configuration, name) is not { } text)
        {
            return fallback;
        }

        foreach (var value in Enum.GetValues<T>())
        {
            if (string.Equals(text, value.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        throw new SettingsException($"{name} is '{text}'; it must be one of {string.Join(", ", Enum.GetNames<T>())}.");
    }

    private static string Name(IConfiguration configuration, string name, string fallback)
    {
        var text = Text(configuration, name) ?? fallback;
        return text.Length <= LongestName && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? text
            : throw new SettingsException($"{name} is '{text}'; it must be at most {LongestName} of A-Z a-z 0-9 . _ -.");
    }

    private static IPAddress ReadAddress(IConfiguration configuration)
    {
        const string Setting = "Grid:Cluster:Address";
        var text = Text(configuration, Setting);
        if (text is null)
        {
            return IPAddress.Loopback;
        }

        return IPAddress.TryParse(text, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
            ? address
            : throw new SettingsException($"{Setting} is '{text}'; it must be an IP address of this machine that the other silos reach.");
    }

    private static int? ReadPort(IConfiguration configuration)
    {
        const string Setting = "Grid:Cluster:Port";
        if (Text(configuration, Setting) is not { } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= HighestPort
            ? port
            : throw new SettingsException($"{Setting} is '{text}'; it must be a whole number from 1 to {HighestPort}.");
    }

    private static string Container(IConfiguration configuration)
    {
        const string Setting = "Grid:State:Container";
        var text = Text(configuration, Setting) ?? "grid-state";
        var isName = text.Length is >= 3 and <= 63
            && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            && text[0] != '-' && text[^1] != '-' && !text.Contains("--", StringComparison.Ordinal);
        return isName
            ? text
            : throw new SettingsException($"{Setting} is '{text}'; it must be the name of a blob container: 3 to 63 of a-z 0-9 and single hyphens.");
    }
}
