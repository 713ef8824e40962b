using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Territories;

namespace Grid.Storage.Codec;

/// <summary>Bodies and memberships as they stand in rows.</summary>
internal static class BodyRecords
{
    public static ReadOnlySpan<byte> Write(ByteWriter writer, Body body)
    {
        Records.Begin(writer).Text(body.Siren);
        writer.Text(body.Name);
        writer.Byte((byte)body.Kind);
        return Records.End(writer);
    }

    public static ReadOnlySpan<byte> Write(ByteWriter writer, Membership member)
    {
        Records.Begin(writer).Text(member.Body);
        writer.Text(member.Commune);
        writer.Varint((ulong)member.Kinds);
        writer.Signed(member.From?.DayNumber ?? -1);
        writer.Signed(member.To?.DayNumber ?? -1);
        return Records.End(writer);
    }

    public static Body ReadBody(ReadOnlySpan<byte> record, string store, string siren)
    {
        var reader = Records.Open(record, store, $"body {siren}");
        return new Body(reader.Text(), reader.Text(), (BodyKind)reader.Byte());
    }

    public static Membership ReadMembership(ReadOnlySpan<byte> record, string store, string body, string commune)
    {
        var reader = Records.Open(record, store, $"the membership of commune {commune} in body {body}");
        return new Membership(Body: reader.Text(), Commune: reader.Text(), Kinds: (DeviceKinds)reader.Varint(), From: Day(reader.Signed()), To: Day(reader.Signed()));
    }

    /// <exception cref="ArgumentException">A membership is of another body.</exception>
    public static void RequireBody(string siren, ImmutableArray<Membership> members)
    {
        if (members.FirstOrDefault(member => member.Body != siren) is { } stranger)
        {
            throw new ArgumentException($"The membership of commune {stranger.Commune} is of body {stranger.Body} and not of {siren}.", nameof(members));
        }
    }

    private static DateOnly? Day(long number) => number < 0 ? null : DateOnly.FromDayNumber((int)number);
}
