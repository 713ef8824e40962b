using System.Text.Json.Serialization;
using Orleans;

namespace Grid.Grains.Buildings;

/// <summary>The last three values of a temperature, in thousandths of a degree: their middle is not moved by a single bad one.</summary>
[GenerateSerializer, Immutable, Alias("grid.RecentThree")]
public readonly record struct RecentThree
{
    /// <summary>The one before the former.</summary>
    [Id(0)] public int? Eldest { get; init; }

    /// <summary>The one before the newest.</summary>
    [Id(1)] public int? Former { get; init; }

    /// <summary>The newest; null before the first.</summary>
    [Id(2)] public int? Newest { get; init; }

    /// <summary>The middle one of the three; null before there are three.</summary>
    [JsonIgnore]
    public int? Middle => (Eldest, Former, Newest) is ({ } a, { } b, { } c) ? Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c)) : null;

    /// <summary>With one more.</summary>
    public RecentThree With(int value) => new() { Eldest = Former, Former = Newest, Newest = value };
}
