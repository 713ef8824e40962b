using System.Text.Json;
using Grid.Contracts.Notifications;

namespace Grid.Client.Json;

/// <summary>A value of a JSON body that a converter refuses, with the reason in both languages.</summary>
/// <param name="reason">Why.</param>
public sealed class BilingualJsonException(BilingualText reason) : JsonException(reason.En)
{
    /// <summary>Why.</summary>
    public BilingualText Reason { get; } = reason;
}
