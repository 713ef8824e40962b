using System.Text.Json.Serialization;

namespace Grid.Connectors.Http;

/// <summary>Answer to a body of readings.</summary>
/// <param name="Accepted">Readings that are durable now, duplicates included; a frame counts as many as it holds.</param>
/// <param name="Rejected">Readings that were not taken, by index.</param>
public sealed record ReadingsAnswer(int Accepted, IReadOnlyList<RejectedReading> Rejected);

/// <summary>A reading that was not taken.</summary>
/// <param name="Index">Its place in the body, from 0.</param>
/// <param name="Device">The device's key, null when it could not be read.</param>
/// <param name="Field">The field at fault, such as <c>metrics.fillPercent</c> or <c>deltas.indexLitres[3]</c>.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record RejectedReading(int Index, string? Device, string Field, string Reason);

/// <summary>A reading as it is posted.</summary>
/// <param name="Device">The device's key.</param>
/// <param name="Time">RFC 3339, at most 10 minutes ahead.</param>
/// <param name="Metrics">Finite numbers by metric, 1 to 64.</param>
/// <param name="Seq">Frame counter within the session, at least 0.</param>
/// <param name="Session">Join or boot session of the source.</param>
/// <param name="Deltas">Growth of indexes of the metrics in the intervals from the time on, at most 96 each: as many readings more.</param>
/// <param name="Interval">ISO 8601, PT1M to P1D; PT1H without it.</param>
public sealed record PostedReading(
    string Device,
    DateTimeOffset Time,
    IReadOnlyDictionary<string, double> Metrics,
    long? Seq = null,
    string? Session = null,
    IReadOnlyDictionary<string, IReadOnlyList<double>>? Deltas = null,
    string? Interval = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReadingsAnswer))]
[JsonSerializable(typeof(IReadOnlyList<PostedReading>))]
internal sealed partial class ReadingsJson : JsonSerializerContext;
