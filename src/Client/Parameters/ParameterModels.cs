using System.Text.Json;
using Grid.Contracts.Devices;

namespace Grid.Client.Parameters;

/// <summary>The defaults of a commune or a body as GET shows them.</summary>
/// <param name="Scope">Whose, such as <c>commune:29019</c>.</param>
/// <param name="Version">Grows by one with each change; 0 before the first. The ETag.</param>
/// <param name="ChangedAt">When they were changed last; null before the first time.</param>
/// <param name="Parameters">Numbers and flags by kind of device and name.</param>
public sealed record ParametersModel(
    string Scope, long Version, DateTimeOffset? ChangedAt, IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>> Parameters);

/// <summary>What holds for a device.</summary>
/// <param name="Device">Its key.</param>
/// <param name="Kind">Its trade.</param>
/// <param name="Commune">INSEE code of its commune.</param>
/// <param name="Applied">False while its sector has still to take up a change of the defaults of its territories.</param>
/// <param name="Parameters">Every parameter of its kind by name.</param>
public sealed record DeviceParametersModel(
    string Device, DeviceKind Kind, string Commune, bool Applied, IReadOnlyDictionary<string, EffectiveParameterModel> Parameters);

/// <summary>A parameter of a device.</summary>
/// <param name="Value">What holds, a number or a flag; null when nothing does.</param>
/// <param name="From">Where it comes from: <c>device</c>, a scope such as <c>commune:29019</c> or <c>syndicate:SIREN</c> (any body), or <c>builtIn</c>.</param>
public sealed record EffectiveParameterModel(JsonElement? Value, string From);
