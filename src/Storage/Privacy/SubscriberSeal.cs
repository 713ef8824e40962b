using Grid.Contracts.Storage;

namespace Grid.Storage.Privacy;

/// <summary>Seals what history keeps of a subscriber with the subscriber's key.</summary>
public sealed class SubscriberSeal(ISubscriberKeys keys) : IHistorySeal
{
    private const string Place = "history";

    /// <inheritdoc/>
    public byte[]? Seal(string subscriber, ReadOnlySpan<byte> plain) => keys.Seal(subscriber, subscriber, Place, plain);

    /// <inheritdoc/>
    public byte[]? Open(string subscriber, ReadOnlySpan<byte> sealedBytes)
    {
        try
        {
            return keys.Open(subscriber, Place, sealedBytes);
        }
        catch (SealBrokenException broken)
        {
            throw new IOException(broken.Message, broken);
        }
    }
}
