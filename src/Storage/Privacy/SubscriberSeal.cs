using Grid.Contracts.Storage;
using Grid.Storage.Keys;

namespace Grid.Storage.Privacy;

/// <summary>
/// Seals what history keeps of a subscriber with the subscriber's key. History knows subscribers by their pseudonyms only, so that no id stands in its
/// files.
/// </summary>
internal sealed class SubscriberSeal(SubscriberKeys keys) : IHistorySeal
{
    /// <inheritdoc/>
    public byte[]? Seal(string subscriber, string series, string place, ReadOnlySpan<byte> plain) => keys.SealForPseudonym(subscriber, series, place, plain);

    /// <inheritdoc/>
    public byte[]? Open(string series, string place, ReadOnlySpan<byte> sealedBytes)
    {
        try
        {
            return keys.Open(series, place, sealedBytes);
        }
        catch (SealBrokenException broken)
        {
            throw new IOException(broken.Message, broken);
        }
    }
}
