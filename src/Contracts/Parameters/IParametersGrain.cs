using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rights;
using Orleans;
using Orleans.Concurrency;

namespace Grid.Contracts.Parameters;

/// <summary>
/// The defaults that a commune or a body gives to the parameters of its devices' rules. Keyed by scope: <c>commune:29019</c>, <c>syndicate:SIREN</c> (any body).
/// </summary>
[Alias("grid.IParametersGrain"), RequiresRight(Right.Internal)]
public interface IParametersGrain : IGrainWithStringKey
{
    /// <summary>
    /// Replaces all of them. Persisted when answered; then the sectors concerned are told, which is a hint: one that misses it looks within the hour. The same again
    /// is no new version.
    /// </summary>
    /// <param name="parameters">By kind; a kind or a name that is left out has no default here.</param>
    /// <param name="version">Replaces this version and no other; null replaces any.</param>
    [Alias("Put")]
    Task<ParametersAnswer> Put(ImmutableArray<ParameterSet> parameters, long? version);

    /// <summary>What is persisted. Answers while a change is under way.</summary>
    [Alias("Get"), AlwaysInterleave]
    ValueTask<ParametersView> Get();

    /// <summary>Who is competent where may have changed: tells the sectors concerned.</summary>
    [Alias("Renew"), AlwaysInterleave]
    Task Renew();

    /// <summary>Of a commune: what holds for one of its devices now, and where it comes from.</summary>
    [Alias("Explain"), AlwaysInterleave]
    Task<DeviceParameters> Explain(DeviceDescriptor device);
}

/// <summary>Keys of those who give defaults.</summary>
public static class ParameterScopes
{
    /// <summary>A commune, by INSEE code.</summary>
    public static string OfCommune(string inseeCode) => $"commune:{inseeCode}";

    /// <summary>A body, by SIREN code.</summary>
    public static string OfBody(string siren) => $"syndicate:{siren}";
}

/// <summary>Defaults as they are persisted.</summary>
[GenerateSerializer, Immutable, Alias("grid.ParametersView")]
public sealed record ParametersView
{
    /// <summary>Whose, such as <c>commune:29019</c>.</summary>
    [Id(0)] public required string Scope { get; init; }

    /// <summary>Grows by one with each change; 0 before the first.</summary>
    [Id(1)] public required long Version { get; init; }

    /// <summary>When they were changed last; null before the first time.</summary>
    [Id(2)] public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>By kind.</summary>
    [Id(3)] public required ImmutableArray<ParameterSet> Parameters { get; init; }
}

/// <summary>A parameter that cannot be a default, and why.</summary>
/// <param name="Field">Which, such as <c>streetlight.powerDriftPercent</c>.</param>
/// <param name="Reason">Why, for people.</param>
[GenerateSerializer, Immutable, Alias("grid.ParameterFault")]
public readonly record struct ParameterFault([property: Id(0)] string Field, [property: Id(1)] string Reason);

/// <summary>Answer to a change of defaults.</summary>
[GenerateSerializer, Immutable, Alias("grid.ParametersAnswer")]
public sealed record ParametersAnswer
{
    /// <summary>What is wrong; empty when nothing is.</summary>
    [Id(0)] public ImmutableArray<ParameterFault> Faults { get; init; } = [];

    /// <summary>True when another version is there than the one to replace; then nothing was changed.</summary>
    [Id(1)] public bool IsConflict { get; init; }

    /// <summary>What was there before.</summary>
    [Id(2)] public required ParametersView Former { get; init; }

    /// <summary>What is there now.</summary>
    [Id(3)] public required ParametersView View { get; init; }
}

/// <summary>What holds for a device.</summary>
[GenerateSerializer, Immutable, Alias("grid.DeviceParameters")]
public sealed record DeviceParameters
{
    /// <summary>Every parameter of its kind, in the order of their table.</summary>
    [Id(0)] public required ImmutableArray<EffectiveParameter> Parameters { get; init; }

    /// <summary>False while the device's sector has still to take up a change of the defaults of its territories.</summary>
    [Id(1)] public required bool IsApplied { get; init; }
}

/// <summary>A parameter of a device.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">What holds; null when nothing does, so that what follows from it is left out.</param>
/// <param name="From">Where it comes from: <c>device</c>, a scope such as <c>commune:29019</c> or <c>syndicate:SIREN</c>, or <c>builtIn</c>.</param>
[GenerateSerializer, Immutable, Alias("grid.EffectiveParameter")]
public readonly record struct EffectiveParameter([property: Id(0)] string Name, [property: Id(1)] AttributeValue? Value, [property: Id(2)] string From);
