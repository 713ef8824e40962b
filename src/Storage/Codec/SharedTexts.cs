using System.Text;

namespace Grid.Storage.Codec;

/// <summary>One string for each of a few texts that come again and again: sectors, types of connectors. Not thread-safe.</summary>
internal sealed class SharedTexts
{
    private const int LongestShared = 64;

    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _known = new HashSet<string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The text of some UTF-8.</summary>
    public string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > LongestShared)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        // UTF-8 never takes fewer bytes than UTF-16 takes characters.
        Span<char> room = stackalloc char[LongestShared];
        var text = room[..Encoding.UTF8.GetChars(utf8, room)];
        if (_known.TryGetValue(text, out var known))
        {
            return known;
        }

        var added = text.ToString();
        _known.Set.Add(added);
        return added;
    }
}
