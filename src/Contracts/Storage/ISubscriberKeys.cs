namespace Grid.Contracts.Storage;

/// <summary>
/// One secret key for each subscriber, so that destroying a key makes unreadable what was sealed with it, wherever copies of it lie: log, history,
/// state, registry, backups. Everything personal is sealed before it is at rest. For any number of callers at once; sealing and opening take
/// some microseconds and never wait.
/// </summary>
public interface ISubscriberKeys
{
    /// <summary>
    /// Makes the keys of those who have none; durable when it completes. The registrar calls it before it registers a device of theirs: whoever
    /// gets a reading of a subscriber may seal at once.
    /// </summary>
    /// <exception cref="IOException">The keys could not be written: none was made.</exception>
    /// <exception cref="KeysElsewhereException">Another process has the keys: none was made.</exception>
    ValueTask EnsureAsync(IReadOnlyCollection<string> subscribers, CancellationToken cancellationToken);

    /// <summary>True when the subscriber has a key.</summary>
    bool Has(string subscriber);

    /// <summary>
    /// Encrypts and authenticates bytes under the subscriber's key; null when the subscriber has none, because it was destroyed: what was to
    /// be sealed must then not be kept. The answer is <see cref="SealedBytes.Overhead"/> bytes longer than <paramref name="plain"/>, never twice the same, and
    /// does not tell whose it is.
    /// </summary>
    /// <param name="subscriber">The opaque id of the subscriber.</param>
    /// <param name="device">The device's key.</param>
    /// <param name="place">
    /// Where it will lie, such as <c>history/indexLitres/2026-11-26</c>: sealed bytes open only for the same device and place, so that none can pass for another.
    /// </param>
    /// <param name="plain">What to seal.</param>
    byte[]? Seal(string subscriber, string device, string place, ReadOnlySpan<byte> plain);

    /// <summary>Opens what <see cref="Seal"/> made; null when the key was destroyed: the bytes are erased, which is no fault.</summary>
    /// <exception cref="SealBrokenException">The bytes are damaged, or were sealed for another device or place.</exception>
    byte[]? Open(string device, string place, ReadOnlySpan<byte> sealedBytes);

    /// <summary>
    /// Destroys the subscriber's key and notes it in the register of erasures, from which a key that an older backup brings back is destroyed
    /// again at the next start. Durable when it completes. False when there was no key.
    /// </summary>
    /// <exception cref="IOException">The keys could not be written: the key may still be there.</exception>
    Task<bool> DestroyAsync(string subscriber, CancellationToken cancellationToken);

    /// <summary>When the subscriber's last key was destroyed; null when none ever was.</summary>
    DateTimeOffset? ErasedAt(string subscriber);

    /// <summary>Stands for a subscriber in the audit log and elsewhere where the id must not stand: the same for the same id, and nobody without the keys can tell whose it is.</summary>
    string PseudonymOf(string subscriber);

    /// <summary>How the keys stand.</summary>
    KeyCounts Counts { get; }
}

/// <summary>How the keys stand.</summary>
/// <param name="Subscribers">Subscribers with a key.</param>
/// <param name="Erased">Keys destroyed since the register of erasures began.</param>
/// <param name="ErasedAgain">Keys that an older backup had brought back, destroyed at the last start.</param>
public readonly record struct KeyCounts(int Subscribers, int Erased, int ErasedAgain);

/// <summary>The form of sealed bytes: version (1), key id (8), nonce (12), tag (16), then as many bytes as were sealed.</summary>
public static class SealedBytes
{
    /// <summary>Bytes that sealing adds.</summary>
    public const int Overhead = 1 + 8 + 12 + 16;
}

/// <summary>The keys of persons are with another process that shares the storage: this one can neither read nor seal what is personal.</summary>
/// <param name="reason">Whose they are and what to do, for who operates the processes: it names places.</param>
/// <param name="cause">How it was found.</param>
public sealed class KeysElsewhereException(string reason, Exception? cause = null) : Exception(reason, cause);

/// <summary>Sealed bytes that are not what was sealed for this device and place.</summary>
public sealed class SealBrokenException(string device, string place, string reason)
    : Exception($"What is sealed for {device} in {place} cannot be opened: {reason}.")
{
    /// <summary>The device's key.</summary>
    public string Device { get; } = device;

    /// <summary>Where it lay.</summary>
    public string Place { get; } = place;
}

/// <summary>Where nonces and keys come from: the machine's cryptographic source, or a seeded one in a simulation.</summary>
public interface ISecretRandom
{
    /// <summary>Fills all of it.</summary>
    void Fill(Span<byte> bytes);
}
