namespace Grid.Client.Exports;

/// <summary>What an export is, and what it is made of: the last file of the archive, so that one that was cut short has none.</summary>
/// <param name="Commune">INSEE code.</param>
/// <param name="Name">The commune's name.</param>
/// <param name="ExportedAt">When it was made.</param>
/// <param name="From">Readings from this instant on.</param>
/// <param name="To">Readings before this instant.</param>
/// <param name="PersonalData">True when what is personal is in it.</param>
/// <param name="LeastDwellings">Dwelling meters that a sum of dwellings has at least.</param>
/// <param name="Licence">The licence of what is not personal.</param>
/// <param name="Attribution">Whom to name.</param>
/// <param name="Files">The other files.</param>
public sealed record ExportManifest(
    string Commune,
    string Name,
    DateTimeOffset ExportedAt,
    DateTimeOffset From,
    DateTimeOffset To,
    bool PersonalData,
    int LeastDwellings,
    string Licence,
    string Attribution,
    IReadOnlyList<ExportedFile> Files);
