using Grid.Storage.Codec;

namespace Grid.Storage.History;

/// <summary>
/// A column of doubles, to the bit. Decimals of at most three digits become integers, and those are written as differences, differences of
/// differences, or once when they are all the same, whichever is shortest; other doubles as they are, each exclusive-or the one before.
/// </summary>
internal sealed class NumberColumn
{
    private const long LargestExact = 1L << 53;
    private const int Raw = 3;
    private static readonly double[] Powers = [1, 10, 100, 1000];
    private long[] _integers = new long[128];

    private enum Step
    {
        Same = 0,
        Difference = 1,
        SecondDifference = 2,
        ExclusiveOr = 3,
    }

    public void Write(ByteWriter writer, ReadOnlySpan<double> values)
    {
        if (_integers.Length < values.Length)
        {
            _integers = new long[Math.Max(values.Length, _integers.Length * 2)];
        }

        var integers = _integers.AsSpan(0, values.Length);
        var scale = ScaleOf(values, integers);
        if (scale < 0)
        {
            WriteBits(writer, values);
            return;
        }

        WriteIntegers(writer, integers, scale);
    }

    public void WriteIntegers(ByteWriter writer, ReadOnlySpan<long> integers, int scale = 0)
    {
        var step = BestStep(integers);
        writer.Byte((byte)(scale | ((int)step << 2)));
        if (integers.Length == 0)
        {
            return;
        }

        writer.Signed(integers[0]);
        var (former, difference) = (integers[0], 0L);
        for (var index = 1; step != Step.Same && index < integers.Length; index++)
        {
            var now = integers[index] - former;
            writer.Signed(step == Step.Difference ? now : now - difference);
            (former, difference) = (integers[index], now);
        }
    }

    /// <summary>Reads a column of a known length.</summary>
    public static void Read(ref ByteReader reader, scoped Span<double> values)
    {
        var head = reader.Byte();
        var step = (Step)(head >> 2);
        if (step > Step.ExclusiveOr)
        {
            throw reader.Wrong($"a column has the unknown form {head}");
        }

        var power = Powers[head & 3];
        var (bits, integer, difference) = (0UL, 0L, 0L);
        for (var index = 0; index < values.Length; index++)
        {
            if (step == Step.ExclusiveOr)
            {
                bits ^= reader.Fixed64();
                values[index] = BitConverter.UInt64BitsToDouble(bits);
                continue;
            }

            if (index == 0)
            {
                integer = reader.Signed();
            }
            else if (step == Step.Difference)
            {
                integer += reader.Signed();
            }
            else if (step == Step.SecondDifference)
            {
                difference += reader.Signed();
                integer += difference;
            }

            values[index] = power == 1 ? integer : integer / power;
        }
    }

    /// <summary>Decimals that all values have at most, 0 to 3, with the values as integers of that unit; -1 when that would change a bit.</summary>
    private static int ScaleOf(ReadOnlySpan<double> values, Span<long> integers)
    {
        var scale = 0;
        for (var index = 0; index < values.Length; index++)
        {
            while (!Fits(values[index], scale, out integers[index]))
            {
                if (++scale == Powers.Length)
                {
                    return -1;
                }

                // The ones before are whole in a finer unit too, unless they become too large.
                for (var former = 0; former < index; former++)
                {
                    if (!Fits(values[former], scale, out integers[former]))
                    {
                        return -1;
                    }
                }
            }
        }

        return scale;
    }

    private static bool Fits(double value, int scale, out long integer)
    {
        var scaled = Math.Round(value * Powers[scale]);
        if (!(Math.Abs(scaled) < LargestExact))
        {
            integer = 0;
            return false;
        }

        integer = (long)scaled;
        var back = scale == 0 ? integer : integer / Powers[scale];
        return BitConverter.DoubleToInt64Bits(back) == BitConverter.DoubleToInt64Bits(value);
    }

    private static Step BestStep(ReadOnlySpan<long> integers)
    {
        if (integers.Length < 2)
        {
            return Step.Same;
        }

        var (former, difference, differs) = (integers[0], 0L, false);
        var (first, second) = (0, 0);
        for (var index = 1; index < integers.Length; index++)
        {
            var now = integers[index] - former;
            differs |= now != 0;
            first += Length(now);
            second += Length(now - difference);
            (former, difference) = (integers[index], now);
        }

        return !differs ? Step.Same : second < first ? Step.SecondDifference : Step.Difference;
    }

    private static int Length(long value)
    {
        var folded = (ulong)((value << 1) ^ (value >> 63));
        return (70 - System.Numerics.BitOperations.LeadingZeroCount(folded | 1)) / 7;
    }

    private static void WriteBits(ByteWriter writer, ReadOnlySpan<double> values)
    {
        writer.Byte(Raw << 2);
        var former = 0UL;
        foreach (var value in values)
        {
            var bits = BitConverter.DoubleToUInt64Bits(value);
            writer.Fixed64(bits ^ former);
            former = bits;
        }
    }
}
