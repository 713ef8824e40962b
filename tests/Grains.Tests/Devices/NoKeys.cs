using Grid.Contracts.Storage;

namespace Grid.Tests.Grains.Devices;

/// <summary>Keys for devices that are nobody's: whoever asks for one fails.</summary>
internal sealed class NoKeys : ISubscriberKeys
{
    public KeyCounts Counts => default;

    public ValueTask EnsureAsync(IReadOnlyCollection<string> subscribers, CancellationToken cancellationToken) => throw new NotSupportedException();

    public bool Has(string subscriber) => throw new NotSupportedException();

    public byte[]? Seal(string subscriber, string device, string place, ReadOnlySpan<byte> plain) => throw new NotSupportedException();

    public byte[]? Open(string device, string place, ReadOnlySpan<byte> sealedBytes) => throw new NotSupportedException();

    public Task<bool> DestroyAsync(string subscriber, CancellationToken cancellationToken) => throw new NotSupportedException();

    public DateTimeOffset? ErasedAt(string subscriber) => throw new NotSupportedException();

    public string PseudonymOf(string subscriber) => throw new NotSupportedException();
}
