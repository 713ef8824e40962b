using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;

namespace Grid.Storage.Codec;

/// <summary>Parameters by kind as bytes.</summary>
internal static class ParameterCodec
{
    public static void Write(ByteWriter writer, ImmutableArray<ParameterSet> sets)
    {
        writer.Varint((ulong)sets.Length);
        foreach (var set in sets)
        {
            writer.Byte((byte)set.Kind);
            writer.Varint((ulong)set.Values.Length);
            foreach (var (name, value) in set.Values)
            {
                writer.Text(name);
                DescriptorCodec.WriteValue(writer, value);
            }
        }
    }

    /// <exception cref="CodecException">The bytes are of another version, or damaged.</exception>
    public static ImmutableArray<ParameterSet> Read(ref ByteReader reader)
    {
        var sets = new ParameterSet[reader.Count()];
        for (var place = 0; place < sets.Length; place++)
        {
            var kind = (DeviceKind)reader.Byte();
            if (!Enum.IsDefined(kind))
            {
                throw reader.Wrong($"parameters are for the unknown kind {(byte)kind}");
            }

            var values = new ParameterValue[reader.Count()];
            for (var index = 0; index < values.Length; index++)
            {
                values[index] = new ParameterValue(reader.Text(), DescriptorCodec.ReadValue(ref reader));
            }

            sets[place] = new ParameterSet { Kind = kind, Values = ImmutableCollectionsMarshal.AsImmutableArray(values) };
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(sets);
    }
}
