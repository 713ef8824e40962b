using System.Text.Json.Serialization;

namespace Grid.Client.Energy;

/// <summary>Energy of a territory's public lighting in a month.</summary>
public sealed record EnergyModel
{
    /// <summary>Scope, such as <c>commune:29019</c>.</summary>
    public required string Scope { get; init; }

    /// <summary>The month, such as <c>2026-11</c>.</summary>
    public required string Month { get; init; }

    /// <summary>IANA zone of its days.</summary>
    public required string Zone { get; init; }

    /// <summary>Energy of the days below.</summary>
    public required decimal EnergyKilowattHours { get; init; }

    /// <summary>What was saved on the days below against lights that burn in full from sunset to sunrise; negative when more was used.</summary>
    public required decimal SavedKilowattHours { get; init; }

    /// <summary>What it costs, to the hundredth of a cent; left out without a price.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? Euros { get; init; }

    /// <summary>What it emits, to the gram; left out without a factor.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? Co2eKilograms { get; init; }

    /// <summary>Where the factor of the emissions comes from.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Co2eSource { get; init; }

    /// <summary>The days of the month that have a value, by date; today's is not whole.</summary>
    public required IReadOnlyList<EnergyDayModel> Days { get; init; }
}

/// <summary>Energy of a local day; the month is the sum of its days.</summary>
public sealed record EnergyDayModel(
    DateOnly Date,
    decimal EnergyKilowattHours,
    decimal SavedKilowattHours,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? Euros,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? Co2eKilograms);
