namespace Grid.Grains.Territory;

/// <summary>A territory file does not say what it must; names the file, the line (1 is the header) and the field.</summary>
public sealed class TerritoryFormatException(string file, int line, string field, string reason)
    : FormatException($"{file}, line {line}, {field}: {reason}")
{
    /// <summary>File name.</summary>
    public string File { get; } = file;

    /// <summary>Line in the file; the header is line 1.</summary>
    public int Line { get; } = line;

    /// <summary>Column name as in the header, or <c>line</c> for the line as a whole.</summary>
    public string Field { get; } = field;
}
