using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;

namespace Grid.Client.Live;

/// <summary>A feed of figures only.</summary>
internal sealed partial class LiveFeed
{
    /// <summary>The figures, and the alarms that changed since a cursor.</summary>
    private async Task<FeedJoin> JoinFiguresAsync(string cursor, CancellationToken cancellationToken)
    {
        var current = _current;
        if (!LiveCursor.TryDecode(_filterHash, [.. current.Versions.Select(version => version.Sector)], cursor, out var since))
        {
            return FeedJoin.Gap;
        }

        var known = since.ToDictionary(version => version.Sector, StringComparer.Ordinal);

        // Figures may differ at the same versions, after midnight: they come with every join of a cursor.
        return await reader.AlarmsSinceAsync(sources, key.Filter, [.. _sectorNames.Select(name => known.GetValueOrDefault(name))], cancellationToken) is { } alarms
            ? new(Encode("delta", current.Cursor, current.Summary, null, [], alarms), current, current.Cursor, current.Versions, current.Summary)
            : FeedJoin.Gap;
    }

    private FeedJoin JoinFigures(TerritorySummary? told)
    {
        var current = _current;
        var isNew = current.Summary is null || !IsSame(current.Summary, told);
        return new(isNew ? Encode("delta", current.Cursor, current.Summary, null, [], []) : [], current, current.Cursor, current.Versions, current.Summary);
    }
}
