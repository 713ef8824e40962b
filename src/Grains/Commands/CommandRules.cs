using Grid.Contracts.Commands;

namespace Grid.Grains.Commands;

/// <summary>The life of a command. Pure.</summary>
public static class CommandRules
{
    /// <summary>True for the five states that end a command.</summary>
    public static bool IsFinal(CommandState state) => state switch
    {
        CommandState.Accepted or CommandState.Transmitted or CommandState.Acknowledged => false,
        CommandState.Confirmed or CommandState.Rejected or CommandState.Expired or CommandState.Superseded or CommandState.Failed => true,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "is no state of a command"),
    };

    /// <summary>The command after a step: unchanged when it is final already, or when the step is not ahead of where it is.</summary>
    public static CommandView Apply(CommandView command, CommandProgress progress) =>
        IsFinal(command.State) || (!IsFinal(progress.State) && progress.State <= command.State)
            ? command
            : command with { State = progress.State, Ledger = command.Ledger.Add(progress) };

    /// <summary>A new command, accepted.</summary>
    public static CommandView Accept(string id, CommandRequest request, DateTimeOffset now) => new()
    {
        Id = id,
        Device = request.Device,
        Name = request.Name,
        Arguments = request.Arguments,
        State = CommandState.Accepted,
        CreatedAt = now,
        ExpiresAt = now + request.ExpiresIn,
        Layer = request.Layer,
        Ledger = [new CommandProgress { State = CommandState.Accepted, At = now, Detail = $"by {request.Actor}" }],
    };

    /// <summary>Why a command that was taken changes nothing for now.</summary>
    public static string HeldBy(ControlLayer layer) =>
        $"the {layer.ToString().ToLowerInvariant()} layer holds; what was asked for counts again once that ends";

    /// <summary>True when two requests ask the same, whoever asks.</summary>
    public static bool AreSame(CommandRequest left, CommandRequest right) =>
        left.Device == right.Device && left.Name == right.Name && left.Layer == right.Layer && left.ExpiresIn == right.ExpiresIn && left.Arguments.SequenceEqual(right.Arguments);
}
