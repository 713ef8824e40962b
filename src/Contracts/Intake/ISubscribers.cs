using System.Collections.Immutable;

namespace Grid.Contracts.Intake;

/// <summary>The persons whose devices are registered: what is theirs, and its erasure.</summary>
public interface ISubscribers
{
    /// <summary>The devices of a subscriber, by key; empty when there is none.</summary>
    ImmutableArray<string> DevicesOf(string subscriber);

    /// <summary>
    /// Erases a subscriber (RGPD, article 17): the devices go on as nobody's, with nothing of what they had measured; then the subscriber's key is destroyed,
    /// and with it everything that was sealed, wherever it lies. Figures of territories keep what they had counted. Durable when it completes; once more
    /// it finishes what a stop interrupted. Null when nothing of such a subscriber was ever here.
    /// </summary>
    Task<SubscriberErasure?> EraseAsync(string subscriber, CancellationToken cancellationToken);
}

/// <summary>What was erased.</summary>
/// <param name="Pseudonym">Stands for the subscriber where the id must not stand.</param>
/// <param name="Devices">The devices that went on as nobody's.</param>
/// <param name="At">When the key was destroyed.</param>
public sealed record SubscriberErasure(string Pseudonym, ImmutableArray<string> Devices, DateTimeOffset At);
