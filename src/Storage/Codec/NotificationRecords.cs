using System.Collections.Immutable;
using Grid.Contracts.Notifications;

namespace Grid.Storage.Codec;

/// <summary>Notifications as they stand in rows: what is told, and nothing of how the delivery goes.</summary>
internal static class NotificationRecords
{
    public static ReadOnlySpan<byte> Write(ByteWriter writer, Notification notification)
    {
        Records.Begin(writer).Text(notification.Id);
        writer.Text(notification.Endpoint);
        writer.Text(notification.Type);
        writer.Text(notification.Subject);
        writer.Text(notification.Body);
        writer.Signed(notification.CreatedAt.UtcTicks);
        writer.Varint((ulong)notification.Fields.Count);
        foreach (var (name, value) in notification.Fields)
        {
            writer.Text(name);
            writer.Text(value);
        }

        return Records.End(writer);
    }

    /// <param name="record">What stands in the row.</param>
    /// <param name="expiresAt">Stands beside the record: who has it sent again gives it more time.</param>
    /// <param name="store">The store, for messages.</param>
    /// <param name="id">Its id, for messages.</param>
    public static Notification Read(ReadOnlySpan<byte> record, long expiresAt, string store, string id)
    {
        var reader = Records.Open(record, store, $"notification {id}");
        var (key, endpoint, type, subject, body) = (reader.Text(), reader.Text(), reader.Text(), reader.Text(), reader.Text());
        var createdAt = new DateTimeOffset(reader.Signed(), TimeSpan.Zero);
        var fields = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        for (var count = reader.Count(); count > 0; count--)
        {
            fields[reader.Text()] = reader.Text();
        }

        return new Notification
        {
            Id = key,
            Endpoint = endpoint,
            Type = type,
            Subject = subject,
            Body = body,
            Fields = fields.ToImmutable(),
            CreatedAt = createdAt,
            ExpiresAt = new DateTimeOffset(expiresAt, TimeSpan.Zero),
        };
    }
}
