using Grid.Contracts.Commands;
using Orleans;

namespace Grid.Grains.Commands;

/// <summary>Who is told of a desired state's progress: the command to one device that asked for it, or the part of a group command.</summary>
internal static class CommandFollowers
{
    /// <summary>Notes progress of what a command asked of a device.</summary>
    public static Task Report(IGrainFactory grains, string command, string device, CommandProgress progress) => GroupParts.IsPart(command)
        ? grains.GetGrain<IGroupPartGrain>(GroupParts.PartOf(command)).Report(command, [device], progress)
        : grains.GetGrain<ICommandGrain>(command).Report(progress);
}
