using Grid.Contracts.Storage;

namespace Grid.Grains.History;

/// <summary>
/// Seals what history keeps of persons' devices with the keys of their subscribers: destroying a key erases it wherever it lies.
/// </summary>
internal sealed class HistorySeal(ISubscriberKeys keys) : IHistorySeal
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
