using System.Text.Json;
using Grid.Contracts.Commands;

namespace Grid.Client.Commands;

/// <summary>A command as GET shows it.</summary>
public sealed record CommandModel(
    string Id,
    string Device,
    string Name,
    IReadOnlyDictionary<string, double> Args,
    ControlLayer Layer,
    CommandState State,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    IReadOnlyList<LedgerStep> Ledger)
{
    internal static CommandModel Of(CommandView view) => new(
        view.Id,
        view.Device,
        view.Name,
        view.Arguments,
        view.Layer,
        view.State,
        view.CreatedAt,
        view.ExpiresAt,
        [.. view.Ledger.Select(step => new LedgerStep(step.State, step.At, step.Detail))]);
}

/// <summary>A step in the life of a command.</summary>
/// <param name="Step">The state that was reached.</param>
/// <param name="Time">When.</param>
/// <param name="Detail">For people.</param>
public sealed record LedgerStep(CommandState Step, DateTimeOffset Time, string Detail);

/// <summary>A command as POST takes it.</summary>
/// <param name="Name">Name of the command, such as <c>setDimming</c>.</param>
/// <param name="Args">Arguments by name: numbers, or flags.</param>
/// <param name="ExpiresIn">ISO 8601 duration, 1 second to 7 days; <c>PT1H</c> when left out.</param>
/// <param name="Layer"><c>override</c>, or <c>emergency</c>, which lies above it; <c>override</c> when left out.</param>
public sealed record CommandInput(string? Name, Dictionary<string, JsonElement>? Args, string? ExpiresIn, string? Layer = null);
