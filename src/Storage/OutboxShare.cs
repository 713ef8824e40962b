using Grid.Contracts.Commands;

namespace Grid.Storage;

/// <summary>Rows for one device go before those for many, which are kept a share of what is claimed at once.</summary>
internal static class OutboxShare
{
    /// <summary>Stands in the keys of rows for many devices only.</summary>
    public static string MarkOfMany { get; } = DownlinkOwners.Separator.ToString();

    /// <summary>Of so many rows, those that are kept for rows for many devices.</summary>
    public static int KeptForMany(int limit) => limit / 4;
}
