using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;

namespace Grid.Storage.Codec;

/// <summary>Sets of rules, and what looks at them have decided, as bytes.</summary>
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

    public static void Write(ByteWriter writer, ImmutableArray<RuleTurn> turns)
    {
        writer.Varint((ulong)turns.Length);
        foreach (var turn in turns)
        {
            writer.Text(turn.Device);
            writer.Signed(turn.Rule);
            writer.Signed(turn.Since);
            writer.Signed(turn.FiredAt);
            writer.Varint(turn.Bands);
            writer.Byte((byte)turn.Marks);
        }
    }

    /// <exception cref="CodecException">The bytes are of another version, or damaged.</exception>
    public static ImmutableArray<RuleTurn> ReadTurns(ref ByteReader reader)
    {
        var turns = new RuleTurn[reader.Count()];
        for (var place = 0; place < turns.Length; place++)
        {
            turns[place] = new RuleTurn
            {
                Device = reader.Text(),
                Rule = reader.Signed(),
                Since = reader.Signed(),
                FiredAt = reader.Signed(),
                Bands = (ushort)reader.Varint(),
                Marks = (RuleTurnMarks)reader.Byte(),
            };
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(turns);
    }
}
