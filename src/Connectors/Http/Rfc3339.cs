namespace Grid.Connectors.Http;

/// <summary>Instants of readings: RFC 3339 with an offset, kept to the millisecond. Allocates nothing.</summary>
public static class Rfc3339
{
    private const int SecondsLength = 19;

    /// <summary>
    /// Reads <c>2026-11-22T10:00:00Z</c>, with any number of fractional digits (cut, not rounded, to milliseconds) and <c>Z</c> or an offset
    /// such as <c>+01:00</c>. False for anything else: an instant without an offset, a day that is none, a leap second.
    /// </summary>
    /// <param name="text">UTF-8 text.</param>
    /// <param name="instant">The instant, in UTC.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out DateTimeOffset instant)
    {
        instant = default;
        if (text.Length is < SecondsLength + 1 or > 64
            || text[4] != '-' || text[7] != '-' || (text[10] | 0x20) != 't' || text[13] != ':' || text[16] != ':'
            || !Digits(text, 0, 4, out var year) || !Digits(text, 5, 2, out var month) || !Digits(text, 8, 2, out var day)
            || !Digits(text, 11, 2, out var hour) || !Digits(text, 14, 2, out var minute) || !Digits(text, 17, 2, out var second)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        var rest = text[SecondsLength..];
        if (!Milliseconds(ref rest, out var millisecond) || !Offset(rest, out var offsetMinutes))
        {
            return false;
        }

        var ticks = new DateTime(year, month, day, hour, minute, second, millisecond, DateTimeKind.Utc).Ticks
            - (offsetMinutes * TimeSpan.TicksPerMinute);
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        instant = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    private static bool Milliseconds(ref ReadOnlySpan<byte> rest, out int millisecond)
    {
        millisecond = 0;
        if (rest[0] != '.')
        {
            return true;
        }

        var count = 0;
        var position = 1;
        for (; position < rest.Length && char.IsAsciiDigit((char)rest[position]); position++)
        {
            if (count < 3)
            {
                millisecond = (millisecond * 10) + (rest[position] - '0');
                count++;
            }
        }

        for (var missing = count; missing < 3; missing++)
        {
            millisecond *= 10;
        }

        rest = rest[position..];
        return count > 0 && rest.Length > 0;
    }

    private static bool Offset(ReadOnlySpan<byte> rest, out int minutes)
    {
        minutes = 0;
        if (rest.Length == 1)
        {
            return (rest[0] | 0x20) == 'z';
        }

        if (rest.Length != 6 || rest[0] is not ((byte)'+' or (byte)'-') || rest[3] != ':'
            || !Digits(rest, 1, 2, out var hour) || !Digits(rest, 4, 2, out var minute) || hour > 23 || minute > 59)
        {
            return false;
        }

        minutes = ((hour * 60) + minute) * (rest[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> text, int start, int count, out int value)
    {
        value = 0;
        for (var i = start; i < start + count; i++)
        {
            var digit = text[i] - '0';
            if ((uint)digit > 9)
            {
                return false;
            }

            value = (value * 10) + digit;
        }

        return true;
    }
}
