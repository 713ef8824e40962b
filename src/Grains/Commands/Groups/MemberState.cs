using Grid.Contracts.Commands;

namespace Grid.Grains.Commands.Groups;

/// <summary>
/// Where a member of a group command is, in one byte: its state, how far it came, whether its desired state is set and whether its downlink is done with. Pure; a final
/// state never changes.
/// </summary>
/// <param name="Code">As stored: bits 0 to 2 the state, 3 desired, 4 sent, 5 and 6 the furthest state that is not final.</param>
public readonly record struct MemberState(byte Code)
{
    private const byte StateBits = 0b0000_0111;
    private const byte DesiredBit = 0b0000_1000;
    private const byte SentBit = 0b0001_0000;
    private const int ReachedShift = 5;

    /// <summary>The state.</summary>
    public CommandState State => (CommandState)(Code & StateBits);

    /// <summary>The furthest state that is not final: where it was when it ended.</summary>
    public CommandState Reached => (CommandState)(Code >> ReachedShift);

    /// <summary>True once it has ended.</summary>
    public bool IsFinal => CommandRules.IsFinal(State);

    /// <summary>True while its desired state is still to be set.</summary>
    public bool IsWaiting => !IsFinal && (Code & DesiredBit) == 0;

    /// <summary>True while its downlink is still to be sent, or to be sent again.</summary>
    public bool IsToSend => !IsFinal && (Code & (DesiredBit | SentBit)) == DesiredBit;

    /// <summary>Its desired state is set.</summary>
    public MemberState Desired() => IsFinal ? this : new((byte)(Code | DesiredBit));

    /// <summary>Nothing more is to be sent to it.</summary>
    public MemberState Sent() => IsFinal ? this : new((byte)(Code | SentBit));

    /// <summary>A state was reached: changes nothing once it is final, or when it is not ahead of where it is.</summary>
    public MemberState Reach(CommandState state) => IsFinal || (!CommandRules.IsFinal(state) && state <= State)
        ? this
        : new((byte)((Code & ~StateBits & 0b0001_1111) | (byte)state | ((byte)(CommandRules.IsFinal(state) ? Reached : state) << ReachedShift)));
}
