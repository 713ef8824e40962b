using System.Globalization;
using System.Text;

namespace Grid.Silo.Maintenance;

/// <summary>What <c>--help</c> shows.</summary>
internal static class HelpText
{
    public static string Of(MaintenanceCommand command)
    {
        var text = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"{command.Name} – {command.Summary}").AppendLine().AppendLine(command.Details).AppendLine();
        var options = command.Options.Concat(CommandInput.Shared).Select(option => (Name: option.Value is null ? option.Name : $"{option.Name} {option.Value}", option.Help)).ToList();
        var width = options.Max(option => option.Name.Length);
        foreach (var (name, help) in options)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {name.PadRight(width)}  {help}");
        }

        return text.ToString().TrimEnd();
    }

    public static string OfProgram(IReadOnlyList<MaintenanceCommand> commands)
    {
        var text = new StringBuilder()
            .AppendLine("Grid runs a connected territory in real time.")
            .AppendLine()
            .AppendLine("Without a command it starts: [--urls ADDRESS] [--Grid:NAME=VALUE ...]; settings are described in docs/operations.md.")
            .AppendLine("Commands, each with --help:")
            .AppendLine();
        var width = commands.Max(command => command.Name.Length);
        foreach (var command in commands)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {command.Name.PadRight(width)}  {command.Summary}");
        }

        return text.ToString().TrimEnd();
    }
}
