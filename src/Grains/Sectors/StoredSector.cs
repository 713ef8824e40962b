using System.Text;
using System.Text.Json;

namespace Grid.Grains.Sectors;

/// <summary>A sector's stored state as it stands in a store, without a grain: for checks.</summary>
/// <param name="Offset">The log is contained up to here.</param>
/// <param name="Devices">Its devices as of then.</param>
public sealed record StoredSector(long Offset, IReadOnlySet<string> Devices)
{
    /// <summary>Reads a <see cref="SectorState"/>; null when the sector has no books yet.</summary>
    /// <exception cref="InvalidDataException">It cannot be read, or its parts contradict each other.</exception>
    public static StoredSector? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using var state = JsonDocument.ParseValue(ref reader);
            var books = state.RootElement.GetProperty("books").GetBytesFromBase64();
            if (books.Length == 0)
            {
                return null;
            }

            var (offset, devices) = SectorSnapshot.ReadDevices(books);
            var stored = state.RootElement.GetProperty("offset").GetInt64();
            return offset == stored ? new StoredSector(offset, devices) : throw new InvalidDataException($"The state says offset {stored} and its books say {offset}.");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or EndOfStreamException or DecoderFallbackException)
        {
            throw new InvalidDataException(error.Message, error);
        }
    }
}
