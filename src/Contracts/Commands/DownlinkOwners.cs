using Grid.Contracts.Lighting;
using Orleans;

namespace Grid.Contracts.Commands;

/// <summary>Rows of the outbox and the grains that follow them.</summary>
public static class DownlinkOwners
{
    /// <summary>Stands in the keys of rows for many devices, and in no id of a command.</summary>
    public const char Separator = '#';

    /// <summary>The key of a row: its owner's key, and a word of the owner's.</summary>
    public static string RowOf(string owner, string word) => $"{owner}{Separator}{word}";

    /// <summary>The owner's word in the key of a row.</summary>
    public static string WordOf(string row) => row[(row.IndexOf(Separator, StringComparison.Ordinal) + 1)..];

    /// <summary>The owner of a row that is asked.</summary>
    public static IDownlinkOwner Get(IGrainFactory grains, Downlink row)
    {
        var key = row.Command[..row.Command.IndexOf(Separator, StringComparison.Ordinal)];
        return row.Owner switch
        {
            DownlinkOwner.Group => grains.GetGrain<IGroupPartGrain>(key),
            DownlinkOwner.Controllers => grains.GetGrain<ISectorControllersGrain>(key),
            _ => throw new ArgumentOutOfRangeException(nameof(row), row.Owner, "is asked nothing"),
        };
    }
}
