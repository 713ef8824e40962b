using System.Text.Json.Serialization;
using Grid.Contracts.Devices;
using Grid.Contracts.Territories;

namespace Grid.Client.Bodies;

/// <summary>A body as GET shows it.</summary>
/// <param name="Siren">SIREN code, 9 digits.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Members">Its members by commune; left out in lists.</param>
public sealed record BodyModel(
    string Siren,
    string Name,
    BodyKind Kind,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<MemberModel>? Members);

/// <summary>A commune's membership.</summary>
/// <param name="Commune">INSEE code.</param>
/// <param name="Kinds">The kinds of device that the body is competent for there.</param>
/// <param name="From">First local day, null for always.</param>
/// <param name="To">Last local day, inclusive, null for ever.</param>
public sealed record MemberModel(string Commune, IReadOnlyList<DeviceKind> Kinds, DateOnly? From, DateOnly? To);

/// <summary>A page of bodies.</summary>
public sealed record BodyPage(IReadOnlyList<BodyModel> Items, string? NextCursor);

/// <summary>A body as PUT takes it. Members that are left out stay as they are.</summary>
public sealed record BodyInput(string? Name, BodyKind? Kind, List<MemberInput>? Members);

/// <summary>A membership as PUT takes it. All kinds when none is given.</summary>
public sealed record MemberInput(string? Commune, List<DeviceKind>? Kinds, DateOnly? From, DateOnly? To);
