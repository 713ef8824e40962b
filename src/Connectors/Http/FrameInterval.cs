using System.Buffers.Text;

namespace Grid.Connectors.Http;

/// <summary>Durations of intervals: ISO 8601, in whole days, hours, minutes and seconds (<c>PT1H</c>, <c>PT15M</c>, <c>P1D</c>). Allocates nothing.</summary>
internal static class FrameInterval
{
    private const int MaximumLength = 32;

    /// <summary>Reads one; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out TimeSpan interval)
    {
        interval = default;
        if (utf8.Length is < 3 or > MaximumLength || utf8[0] != 'P')
        {
            return false;
        }

        var rest = utf8[1..];
        var isTime = false;
        var seconds = 0L;
        var last = 0L;
        while (!rest.IsEmpty)
        {
            if (!isTime && rest[0] == 'T')
            {
                isTime = true;
                rest = rest[1..];
                if (rest.IsEmpty)
                {
                    return false;
                }

                continue;
            }

            // From the largest unit to the smallest, each once.
            if (!Utf8Parser.TryParse(rest, out uint number, out var length) || length == rest.Length || UnitOf(rest[length], isTime) is not { } unit || (last != 0 && unit >= last))
            {
                return false;
            }

            last = unit;
            seconds += number * unit;
            rest = rest[(length + 1)..];
        }

        interval = TimeSpan.FromSeconds(seconds);
        return last != 0;
    }

    private static long? UnitOf(byte letter, bool isTime) => (letter, isTime) switch
    {
        ((byte)'D', false) => 86_400,
        ((byte)'H', true) => 3_600,
        ((byte)'M', true) => 60,
        ((byte)'S', true) => 1,
        _ => null,
    };
}
