using System.Collections.Immutable;
using Grid.Contracts.Devices;

namespace Grid.Grains.Devices;

/// <summary>
/// The confirmations that a device gave last: an entry that is handed to it again, after a crash of its sector, gives the same ones. The sector carries each out before its next checkpoint.
/// </summary>
public static class KeptConfirmations
{
    /// <summary>A device is seldom commanded so often meanwhile: a report of a cabinet may confirm one for each segment.</summary>
    public const int Bound = 12;

    /// <summary>With those that an entry gave, the oldest left out beyond the bound.</summary>
    public static ConfirmationGiven[] With(ConfirmationGiven[]? kept, IEnumerable<CommandConfirmed> given, long offset)
    {
        var all = (kept ?? []).Concat(given.Select(effect => new ConfirmationGiven(offset, effect))).ToArray();
        return all[^Math.Min(all.Length, Bound)..];
    }

    /// <summary>What the entry at an offset gave.</summary>
    public static ImmutableArray<DeviceEffect> At(ConfirmationGiven[]? kept, long offset) =>
        kept is null ? default : [.. kept.Where(confirmation => confirmation.Offset == offset).Select(confirmation => confirmation.Effect)];

    /// <summary>All of them as given at an offset: offsets of another sector do not compare.</summary>
    public static ConfirmationGiven[]? Rebase(ConfirmationGiven[]? kept, long offset) =>
        kept is null ? null : [.. kept.Select(confirmation => confirmation with { Offset = offset })];
}
