namespace Grid.Silo.Maintenance;

/// <summary>What the commands beside the program itself answer with.</summary>
internal static class ExitCodes
{
    /// <summary>All is well.</summary>
    public const int Fine = 0;

    /// <summary>Damage was found, or what was asked did not come about.</summary>
    public const int Damage = 1;

    /// <summary>The command cannot be understood, or its directory, file or address cannot be used.</summary>
    public const int Unusable = 2;
}

/// <summary>An option of a command.</summary>
/// <param name="Name">With its dashes.</param>
/// <param name="Value">What to write after it; null for an option without a value.</param>
/// <param name="Help">What it is for.</param>
internal sealed record CommandOption(string Name, string? Value, string Help);

/// <summary>A command of the program that looks after a data directory, instead of running the grid.</summary>
/// <param name="Name">One or two words.</param>
/// <param name="Summary">One line.</param>
/// <param name="Details">What it does and does not, and its exit codes.</param>
/// <param name="Options">Its options; every command has <c>--data</c>, <c>--json</c> and <c>--help</c> beside.</param>
/// <param name="RunAsync">Does it; gives the exit code.</param>
internal sealed record MaintenanceCommand(
    string Name,
    string Summary,
    string Details,
    IReadOnlyList<CommandOption> Options,
    Func<CommandInput, CancellationToken, Task<int>> RunAsync);
