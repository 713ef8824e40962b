using Grid.Contracts.Commands;
using Grid.Contracts.Storage;

namespace Grid.Connectors.Outbox;

/// <summary>A claimed row for many devices, and what its owner wants sent now.</summary>
/// <param name="Row">The row.</param>
/// <param name="Owner">Who is told what became of it.</param>
/// <param name="Work">What is to be sent, to whom.</param>
/// <param name="Message">The same as a downlink without a device.</param>
internal sealed record OwnedTask(OutboxRow Row, IDownlinkOwner Owner, DownlinkWork Work, Downlink Message)
{
    /// <summary>Tasks of one gateway that one message can serve. Programs are another one in each sector.</summary>
    public static IEqualityComparer<OwnedTask> SaysTheSame { get; } = EqualityComparer<OwnedTask>.Create(
        static (left, right) => left!.Message.Name == right!.Message.Name && ReferenceEquals(left.Message.Program, right.Message.Program)
            && left.Message.Arguments.SequenceEqual(right.Message.Arguments),
        static task => HashCode.Combine(task.Message.Name, task.Message.Arguments.Count));
}
