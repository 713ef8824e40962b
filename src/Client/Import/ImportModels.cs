using Grid.Client.Devices;
using Grid.Client.Errors;

namespace Grid.Client.Import;

/// <summary>A device of an import: as PUT takes it, and its key.</summary>
public sealed record ImportInput : DeviceInput
{
    /// <summary>Its key.</summary>
    public string? Id { get; init; }
}

/// <summary>What an import did.</summary>
/// <param name="Accepted">Devices that were taken, created and replaced.</param>
/// <param name="Created">Devices that are new.</param>
/// <param name="Replaced">Devices that were there.</param>
/// <param name="Rejected">What is wrong with the others, a line for each fault.</param>
public sealed record ImportAnswer(int Accepted, int Created, int Replaced, IReadOnlyList<RejectedDevice> Rejected);

/// <summary>A fault of a device that was not taken.</summary>
/// <param name="Line">Line of the body, from 1; of GeoJSON the number of the feature, from 1.</param>
/// <param name="Device">Its key, null when it could not be read.</param>
/// <param name="Field">The field at fault, such as <c>position.lon</c>; <c>body</c> for all of the line.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record RejectedDevice(int Line, string? Device, string Field, string Reason);

/// <summary>A device of a body as it was read; what is wrong with it already is in <paramref name="Errors"/>.</summary>
internal sealed record ImportedDevice(int Line, ImportInput Input, IReadOnlyList<FieldError> Errors)
{
    public static ImportedDevice Unreadable(int line, FieldError error) => new(line, new ImportInput(), [error]);
}

/// <summary>All of a body is no good: nothing more of it can be read.</summary>
internal sealed class ImportFormatException(string part, string reason) : Exception($"{part} {reason}")
{
    public FieldError Error { get; } = new(part, reason);
}
