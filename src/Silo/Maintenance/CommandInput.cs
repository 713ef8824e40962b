using Grid.Silo.Startup;

namespace Grid.Silo.Maintenance;

/// <summary>What was written after a command, checked against its options.</summary>
internal sealed class CommandInput
{
    /// <summary>Options that every command has.</summary>
    public static readonly CommandOption[] Shared =
    [
        new("--data", "DIR", "the data directory; without it Grid:Data as the program would read it (default: data)"),
        new("--json", null, "one JSON document on standard output instead of text"),
        new("--help", null, "this text"),
    ];

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private CommandInput(IConfiguration configuration) => Configuration = configuration;

    /// <summary>The program's settings, without those of the command line.</summary>
    public IConfiguration Configuration { get; }

    /// <summary>The data directory, absolute.</summary>
    public string Data => Path.GetFullPath(Text("--data") ?? Configuration["Grid:Data"] ?? "data");

    /// <summary>The directory of the subscribers' keys, absolute.</summary>
    public string Keys => Path.GetFullPath(Text("--keys") ?? Configuration["Grid:Keys"] ?? Path.Combine(Data, "keys"));

    /// <exception cref="SettingsException">An option is unknown, has no value or stands twice.</exception>
    public static CommandInput Parse(MaintenanceCommand command, IReadOnlyList<string> arguments, IConfiguration configuration)
    {
        var input = new CommandInput(configuration);
        for (var index = 0; index < arguments.Count; index++)
        {
            var parts = arguments[index].Split('=', 2);
            var option = command.Options.Concat(Shared).FirstOrDefault(option => option.Name == parts[0])
                ?? throw new SettingsException($"{command.Name} has no option '{parts[0]}'. See {command.Name} --help.");
            if (option.Value is null && parts.Length == 2)
            {
                throw new SettingsException($"{option.Name} takes no value.");
            }

            var value = option.Value is null ? "" : parts.Length == 2 ? parts[1] : index + 1 < arguments.Count ? arguments[++index] : "";
            if (option.Value is not null && (value.Length == 0 || value.StartsWith("--", StringComparison.Ordinal)))
            {
                throw new SettingsException($"{option.Name} needs a value: {option.Name} {option.Value}.");
            }

            if (!input._values.TryAdd(option.Name, value))
            {
                throw new SettingsException($"{option.Name} stands twice.");
            }
        }

        return input;
    }

    public bool Has(string option) => _values.ContainsKey(option);

    public string? Text(string option) => _values.GetValueOrDefault(option);

    /// <exception cref="SettingsException">It is missing.</exception>
    public string Required(string option) => Text(option) ?? throw new SettingsException($"{option} is missing. See --help.");
}
