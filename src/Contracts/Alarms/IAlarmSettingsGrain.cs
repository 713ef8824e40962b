using System.Collections.Immutable;
using Grid.Contracts.Parameters;
using Grid.Contracts.Rights;
using Orleans;
using Orleans.Concurrency;

namespace Grid.Contracts.Alarms;

/// <summary>
/// What a territory gives to the definitions of alarms. Keyed by scope, see <see cref="AlarmScopes"/>.
/// </summary>
[Alias("grid.IAlarmSettingsGrain"), RequiresRight(Right.Internal)]
public interface IAlarmSettingsGrain : IGrainWithStringKey
{
    /// <summary>
    /// Replaces all of them. Persisted when answered; then the sectors concerned are told, which is a hint: one that misses it looks within the hour. The same again is no new version.
    /// </summary>
    /// <param name="settings">Each condition and kind once.</param>
    /// <param name="version">Replaces this version and no other; null replaces any.</param>
    [Alias("Put")]
    Task<AlarmSettingsAnswer> Put(ImmutableArray<AlarmSetting> settings, long? version);

    /// <summary>What is persisted. Answers while a change is under way.</summary>
    [Alias("Get"), AlwaysInterleave]
    ValueTask<AlarmSettingsView> Get();
}

/// <summary>Keys of those who give settings of alarms, beside <see cref="ParameterScopes"/>.</summary>
public static class AlarmScopes
{
    /// <summary>Everything.</summary>
    public const string All = "all";

    /// <summary>A department, by code.</summary>
    public static string OfDepartment(string code) => $"department:{code}";
}

/// <summary>Settings of alarms as they are persisted.</summary>
[GenerateSerializer, Immutable, Alias("grid.AlarmSettingsView")]
public sealed record AlarmSettingsView
{
    /// <summary>Whose, such as <c>commune:29019</c>.</summary>
    [Id(0)] public required string Scope { get; init; }

    /// <summary>Grows by one with each change; 0 before the first.</summary>
    [Id(1)] public required long Version { get; init; }

    /// <summary>When they were changed last; null before the first time.</summary>
    [Id(2)] public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>By kind, those for all first, and condition.</summary>
    [Id(3)] public required ImmutableArray<AlarmSetting> Settings { get; init; }
}

/// <summary>Answer to a change of settings.</summary>
[GenerateSerializer, Immutable, Alias("grid.AlarmSettingsAnswer")]
public sealed record AlarmSettingsAnswer
{
    /// <summary>What is wrong; empty when nothing is.</summary>
    [Id(0)] public ImmutableArray<ParameterFault> Faults { get; init; } = [];

    /// <summary>True when another version is there than the one to replace; then nothing was changed.</summary>
    [Id(1)] public bool IsConflict { get; init; }

    /// <summary>What was there before.</summary>
    [Id(2)] public required AlarmSettingsView Former { get; init; }

    /// <summary>What is there now.</summary>
    [Id(3)] public required AlarmSettingsView View { get; init; }
}
