using Grid.Contracts.Storage;

namespace Grid.Storage.Privacy;

/// <summary>Seals what history keeps of a subscriber with the subscriber's key.</summary>
public sealed class SubscriberSeal(ISubscriberKeys keys) : IHistorySeal
{
    /// <inheritdoc/>
    public byte[]? Seal(string subscriber, string series, string place, ReadOnlySpan<byte> plain) => keys.Seal(subscriber, series, place, plain);

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
