using System.Buffers.Binary;

namespace Grid.Storage.Codec;

/// <summary>
/// Doubles to the bit, short for what devices report: whole numbers and numbers of at most three decimals as varints. The form (0 to 2) is
/// kept by the caller beside what it stores anyway.
/// </summary>
internal static class NumberCodec
{
    /// <summary>Bits that a form takes.</summary>
    public const int FormBits = 2;

    private const double LargestExact = 1L << 53;
    private const byte Whole = 0;
    private const byte Thousandths = 1;
    private const byte Raw = 2;

    /// <summary>The shortest form that gives the same bits back, and the integer to store for it.</summary>
    public static (byte Form, long Value) Shorten(double value)
    {
        if (Math.Abs(value) < LargestExact)
        {
            var whole = (long)value;
            if (SameBits(whole, value))
            {
                return (Whole, whole);
            }

            var thousandths = Math.Round(value * 1000);
            if (Math.Abs(thousandths) < LargestExact && SameBits((long)thousandths / 1000d, value))
            {
                return (Thousandths, (long)thousandths);
            }
        }

        return (Raw, BitConverter.DoubleToInt64Bits(value));
    }

    /// <summary>Writes the integer of a form.</summary>
    public static void Write(ByteWriter writer, byte form, long value)
    {
        if (form == Raw)
        {
            BinaryPrimitives.WriteInt64LittleEndian(writer.Reserve(sizeof(long)), value);
        }
        else
        {
            writer.Signed(value);
        }
    }

    /// <summary>Reads a number of a form.</summary>
    public static double Read(ref ByteReader reader, byte form) => form switch
    {
        Whole => reader.Signed(),
        Thousandths => reader.Signed() / 1000d,
        Raw => BitConverter.UInt64BitsToDouble(reader.Fixed64()),
        _ => throw reader.Wrong($"a number has the unknown form {form}"),
    };

    private static bool SameBits(double left, double right) => BitConverter.DoubleToInt64Bits(left) == BitConverter.DoubleToInt64Bits(right);
}
