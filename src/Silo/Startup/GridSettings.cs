using System.Globalization;
using Grid.Connectors.Simulator;
using Grid.Contracts.Territories;
using Grid.Storage.Postgres;

namespace Grid.Silo.Startup;

/// <summary>The program's settings, checked. Names and defaults as documented in docs/operations.md.</summary>
public sealed record GridSettings
{
    /// <summary>Most demo devices.</summary>
    public const int MaximumDemoDevices = 2_000_000;

    private const string FilesEngine = "Files";
    private const string PostgresEngine = "Postgres";

    /// <summary><c>Grid:Data</c>: data directory, absolute.</summary>
    public required string DataDirectory { get; init; }

    /// <summary><c>Grid:Keys</c>: directory of the subscribers' keys, absolute; null for <c>keys</c> in the data directory.</summary>
    public string? KeysDirectory { get; init; }

    /// <summary><c>Grid:Storage:Connection</c>: connection string of the database with <c>Grid:Storage:Engine=Postgres</c>; null with <c>Files</c>.</summary>
    public required PostgresOptions? Database { get; init; }

    /// <summary><c>Grid:Demo:Enabled</c>: provision a demo when the registry is empty.</summary>
    public required bool DemoEnabled { get; init; }

    /// <summary><c>Grid:Demo:Department</c>.</summary>
    public required string DemoDepartment { get; init; }

    /// <summary><c>Grid:Demo:Devices</c>: 0 to <see cref="MaximumDemoDevices"/>.</summary>
    public required int DemoDevices { get; init; }

    /// <summary><c>Grid:Demo:Rate</c>: readings a second over all, null for each device every 15 minutes, 0 for silence.</summary>
    public required double? DemoRate { get; init; }

    /// <summary><c>Grid:Demo:Seed</c>.</summary>
    public required int DemoSeed { get; init; }

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="SettingsException">A setting is not as it must be.</exception>
    public static GridSettings Read(IConfiguration configuration, ITerritoryTable territory)
    {
        var grid = configuration.GetSection("Grid");
        var department = grid["Demo:Department"] ?? "29";
        if (territory.FindDepartment(department) is null)
        {
            throw new SettingsException($"Grid:Demo:Department is '{department}', which is not the code of a department (such as 29 or 2A).");
        }

        var data = grid["Data"] ?? "data";
        if (string.IsNullOrWhiteSpace(data))
        {
            throw new SettingsException("Grid:Data is empty; it must name the data directory.");
        }

        var rate = grid["Demo:Rate"];
        return new GridSettings
        {
            DataDirectory = Path.GetFullPath(data),
            KeysDirectory = string.IsNullOrWhiteSpace(grid["Keys"]) ? null : Path.GetFullPath(grid["Keys"]!),
            Database = ReadDatabase(grid["Storage:Engine"], grid["Storage:Connection"]),
            DemoEnabled = Flag("Grid:Demo:Enabled", grid["Demo:Enabled"], true),
            DemoDepartment = department,
            DemoDevices = (int)Number("Grid:Demo:Devices", grid["Demo:Devices"], 50_000, 0, MaximumDemoDevices, whole: true),
            DemoRate = string.IsNullOrEmpty(rate) ? null : Number("Grid:Demo:Rate", rate, 0, 0, SimulatorOptions.MaximumRate, whole: false),
            DemoSeed = (int)Number("Grid:Demo:Seed", grid["Demo:Seed"], 1, 0, int.MaxValue, whole: true),
        };
    }

    /// <summary>The database that the settings of storage name, null when files are meant.</summary>
    /// <exception cref="SettingsException">A setting is not as it must be.</exception>
    public static PostgresOptions? ReadDatabase(string? engine, string? connection)
    {
        switch (string.IsNullOrWhiteSpace(engine) ? FilesEngine : engine)
        {
            case var files when string.Equals(files, FilesEngine, StringComparison.OrdinalIgnoreCase):
                return string.IsNullOrWhiteSpace(connection)
                    ? null
                    : throw new SettingsException($"Grid:Storage:Connection is set, and Grid:Storage:Engine is {FilesEngine}; choose {PostgresEngine}, or leave the connection out.");
            case var postgres when string.Equals(postgres, PostgresEngine, StringComparison.OrdinalIgnoreCase):
                return string.IsNullOrWhiteSpace(connection)
                    ? throw new SettingsException(
                        $"Grid:Storage:Connection is empty; with Grid:Storage:Engine={PostgresEngine} it must be a PostgreSQL connection string such as Host=127.0.0.1;Database=grid;Username=grid;Password=...")
                    : new PostgresOptions { Connection = connection };
            default:
                throw new SettingsException($"Grid:Storage:Engine is '{engine}'; it must be {FilesEngine} or {PostgresEngine}.");
        }
    }

    internal static double Number(string name, string? text, double fallback, double minimum, double maximum, bool whole)
    {
        if (string.IsNullOrEmpty(text))
        {
            return fallback;
        }

        var kind = whole ? "a whole number" : "a number";
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            || !(value >= minimum && value <= maximum)
            || (whole && value != Math.Floor(value)))
        {
            throw new SettingsException(string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}'; it must be {kind} from {minimum:0} to {maximum:0}."));
        }

        return value;
    }

    internal static bool Flag(string name, string? text, bool fallback) =>
        string.IsNullOrEmpty(text) ? fallback
        : bool.TryParse(text, out var value) ? value
        : throw new SettingsException($"{name} is '{text}'; it must be true or false.");
}

/// <summary>A setting is not as it must be: one line for people, exit code 2.</summary>
public sealed class SettingsException(string message) : Exception(message);
