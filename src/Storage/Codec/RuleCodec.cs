using System.Runtime.InteropServices;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;

namespace Grid.Storage.Codec;

/// <summary>Sets of rules as bytes.</summary>
internal static class RuleCodec
{
    public static void Write(ByteWriter writer, RuleSet set)
    {
        writer.Signed(set.Hash);
        writer.Varint((ulong)set.Rules.Length);
        foreach (var rule in set.Rules)
        {
            writer.Text(rule.Id);
            writer.Signed(rule.Version);
            writer.Text(rule.Name);
            writer.Text(rule.Scope);
            writer.Byte((byte)rule.Kinds);
            writer.Text(rule.Json);
        }
    }

    /// <exception cref="CodecException">The bytes are of another version, or damaged.</exception>
    public static RuleSet Read(ref ByteReader reader)
    {
        var hash = reader.Signed();
        var rules = new PublishedRule[reader.Count()];
        for (var place = 0; place < rules.Length; place++)
        {
            rules[place] = new PublishedRule
            {
                Id = reader.Text(),
                Version = reader.Signed(),
                Name = reader.Text(),
                Scope = reader.Text(),
                Kinds = (DeviceKinds)reader.Byte(),
                Json = reader.Text(),
            };
        }

        return new RuleSet { Hash = hash, Rules = ImmutableCollectionsMarshal.AsImmutableArray(rules) };
    }
}
