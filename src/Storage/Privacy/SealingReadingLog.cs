using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;

namespace Grid.Storage.Privacy;

/// <summary>
/// Seals the entries of persons' devices before any engine of the log gets them, and opens them as they are read back. A batch without such an entry passes
/// as it is: one look at each entry, and no allocation.
/// </summary>
public sealed class SealingReadingLog(IReadingLog engine, ISubscriberKeys keys) : IReadingLog
{
    private const string Place = "log";

    private readonly SealedDescriptors _descriptors = new(keys, Place);

    /// <inheritdoc />
    public ValueTask<long> AcquireAsync(int partition, CancellationToken cancellationToken) => engine.AcquireAsync(partition, cancellationToken);

    /// <inheritdoc />
    public ValueTask<ImmutableArray<AppendedBatch>> AppendAsync(ImmutableArray<LogBatch> batches, CancellationToken cancellationToken)
    {
        LogBatch[]? changed = null;
        for (var index = 0; index < batches.Length; index++)
        {
            var first = FirstPersonal(batches[index].Entries);
            if (first >= 0)
            {
                changed ??= [.. batches];
                changed[index] = batches[index] with { Entries = Protect(batches[index].Entries, first) };
            }
        }

        return engine.AppendAsync(changed is null ? batches : ImmutableCollectionsMarshal.AsImmutableArray(changed), cancellationToken);
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<RecordedBatch> ReadAsync(string sector, long afterOffset, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in engine.ReadAsync(sector, afterOffset, cancellationToken))
        {
            yield return batch.Entries.Any(IsProtected) ? batch with { Entries = [.. batch.Entries.Select(Open)] } : batch;
        }
    }

    /// <inheritdoc />
    public ValueTask<long> GetHeadAsync(string sector, CancellationToken cancellationToken) => engine.GetHeadAsync(sector, cancellationToken);

    /// <inheritdoc />
    public ValueTask CheckpointAsync(string sector, long epoch, long offset, CancellationToken cancellationToken) =>
        engine.CheckpointAsync(sector, epoch, offset, cancellationToken);

    /// <inheritdoc />
    public ValueTask<long> GetCheckpointAsync(string sector, CancellationToken cancellationToken) => engine.GetCheckpointAsync(sector, cancellationToken);

    private static int FirstPersonal(ImmutableArray<LogEntry> entries)
    {
        for (var index = 0; index < entries.Length; index++)
        {
            if (entries[index] is ReadingEntry { Personal: not null }
                || (entries[index] is RegisteredEntry registered && PersonalData.SubscriberOf(registered.Descriptor) is not null))
            {
                return index;
            }
        }

        return -1;
    }

    private static bool IsProtected(LogEntry entry) =>
        entry is SealedEntry || (entry is RegisteredEntry registered && registered.Descriptor.Attributes.ContainsKey(PersonalData.Sealed));

    private ImmutableArray<LogEntry> Protect(ImmutableArray<LogEntry> entries, int first)
    {
        var stored = entries.ToBuilder();
        using var writer = new ByteWriter(256);
        for (var index = first; index < stored.Count; index++)
        {
            stored[index] = stored[index] switch
            {
                ReadingEntry { Personal: { } personal } reading => Protect(reading, personal, writer),
                RegisteredEntry registered => registered with { Descriptor = _descriptors.Protect(registered.Descriptor) },
                var other => other,
            };
        }

        return stored.MoveToImmutable();
    }

    private SealedEntry Protect(ReadingEntry reading, PersonalReading personal, ByteWriter writer)
    {
        writer.Clear();
        writer.Text(personal.Subscriber);
        writer.Signed(personal.Day?.ToUnixTimeMilliseconds() ?? long.MinValue);
        EntryCodec.Write(writer, [reading]);

        // Without a key it may not be kept: its place in the order is.
        var bytes = keys.Seal(personal.Subscriber, reading.Device, Place, writer.Written) ?? [];
        return new SealedEntry { Device = reading.Device, ReceivedAt = reading.ReceivedAt, Bytes = ImmutableCollectionsMarshal.AsImmutableArray(bytes) };
    }

    private LogEntry Open(LogEntry entry) => entry switch
    {
        SealedEntry stored => Open(stored),
        RegisteredEntry registered => registered with { Descriptor = _descriptors.Open(registered.Descriptor) },
        _ => entry,
    };

    private LogEntry Open(SealedEntry stored)
    {
        if (stored.Bytes.IsEmpty || keys.Open(stored.Device, Place, stored.Bytes.AsSpan()) is not { } plain)
        {
            return new ErasedEntry { Device = stored.Device, ReceivedAt = stored.ReceivedAt };
        }

        var reader = new ByteReader(plain);
        var subscriber = reader.Text();
        var day = reader.Signed();
        return ((ReadingEntry)EntryCodec.Read(ref reader, 1)[0]) with
        {
            Personal = new PersonalReading { Subscriber = subscriber, Day = day == long.MinValue ? null : DateTimeOffset.FromUnixTimeMilliseconds(day) },
        };
    }
}
