using System.Buffers;

namespace Grid.Client.Exports;

/// <summary>Rows of comma-separated values (RFC 4180, UTF-8, line feeds).</summary>
internal static class CsvRow
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    /// <summary>
    /// A text that people have written, for a file that is opened in a spreadsheet: one that a spreadsheet would take for a formula (it begins with <c>= + - @</c>, a tabulator or a carriage
    /// return) has an apostrophe before it.
    /// </summary>
    public static string? Text(string? text) => text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? $"'{text}" : text;

    /// <summary>A row; null is an empty field.</summary>
    public static string Of(params ReadOnlySpan<string?> fields)
    {
        var row = new System.Text.StringBuilder();
        for (var index = 0; index < fields.Length; index++)
        {
            if (index > 0)
            {
                row.Append(',');
            }

            var field = fields[index] ?? "";
            if (field.AsSpan().ContainsAny(Quoted))
            {
                row.Append('"').Append(field.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
            }
            else
            {
                row.Append(field);
            }
        }

        return row.ToString();
    }
}
