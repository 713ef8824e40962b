using System.Globalization;

namespace Grid.Grains.Territory;

/// <summary>
/// Walks a tab-separated file with a fixed header, and hands out cells as spans of its text: no string is made for a cell
/// that is only looked up. Rows must stand in ordinal order of their first column, which makes keys unique.
/// </summary>
internal ref struct TerritoryFile
{
    private readonly string _file;
    private readonly string[] _columns;
    private readonly Span<Range> _cells;
    private ReadOnlySpan<char> _rest;
    private ReadOnlySpan<char> _row;
    private ReadOnlySpan<char> _formerKey;
    private int _line;

    public TerritoryFile(string file, ReadOnlySpan<char> text, string[] columns, Span<Range> cells)
    {
        _file = file;
        _columns = columns;
        _cells = cells;
        _rest = text;
        var expected = string.Join('\t', columns);
        if (!NextLine() || !_row.SequenceEqual(expected)) throw Malformed("line", $"the header must be '{expected.Replace('\t', ' ')}'");
    }

    /// <summary>Moves to the next row; false at the end.</summary>
    public bool Read()
    {
        if (!NextLine()) return false;
        var count = _row.Count('\t') + 1;
        if (count != _columns.Length) throw Malformed("line", $"{count} cells where {_columns.Length} are due");
        _row.Split(_cells, '\t');

        var key = _row[_cells[0]];
        var order = _formerKey.CompareTo(key, StringComparison.Ordinal);
        if (order == 0) throw Malformed(_columns[0], $"'{key}' occurs twice");
        if (order > 0) throw Malformed(_columns[0], $"'{key}' stands after '{_formerKey}': rows must be sorted");
        _formerKey = key;
        return true;
    }

    public readonly ReadOnlySpan<char> Cell(int column) => _row[_cells[column]];

    public readonly string Text(int column) =>
        Cell(column) is { IsEmpty: false } cell ? cell.ToString() : throw Malformed(_columns[column], "is empty");

    public readonly string Code(int column, int minLength, int maxLength)
    {
        var cell = Cell(column);
        if (cell.Length < minLength || cell.Length > maxLength || cell.ContainsAnyExcept(CodeCharacters))
            throw Malformed(_columns[column], $"'{cell}' is no code of {minLength} to {maxLength} digits or capital letters");
        return cell.ToString();
    }

    public readonly int Count(int column) =>
        int.TryParse(Cell(column), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Malformed(_columns[column], $"'{Cell(column)}' is no whole number from 0");

    public readonly double Degrees(int column, double limit)
    {
        var parsed = double.TryParse(Cell(column), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value);
        return parsed && Math.Abs(value) <= limit
            ? value
            : throw Malformed(_columns[column], $"'{Cell(column)}' is no number from -{limit} to {limit}");
    }

    public readonly bool Flag(int column) => Cell(column) switch
    {
        "0" => false,
        "1" => true,
        var other => throw Malformed(_columns[column], $"'{other}' is neither 0 nor 1"),
    };

    public readonly TerritoryFormatException Malformed(int column, string reason) => Malformed(_columns[column], reason);

    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static readonly System.Buffers.SearchValues<char> CodeCharacters = System.Buffers.SearchValues.Create(Alphabet);

    private readonly TerritoryFormatException Malformed(string field, string reason) => new(_file, _line, field, reason);

    private bool NextLine()
    {
        if (_rest.IsEmpty) return false;
        _line++;
        var end = _rest.IndexOf('\n');
        if (end < 0) throw Malformed("line", "ends without a line feed: the file is cut short");
        _row = _rest[..end];
        _rest = _rest[(end + 1)..];
        return true;
    }
}
