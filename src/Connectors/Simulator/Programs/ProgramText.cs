using System.Text.Json;
using System.Text.Json.Serialization;
using Grid.Contracts.Lighting;

namespace Grid.Connectors.Simulator.Programs;

/// <summary>A program as one line of text, without the version that it has for one controller: the same for all controllers that have the same program.</summary>
internal static class ProgramText
{
    /// <summary>The line.</summary>
    public static string Of(ControllerProgram program) => JsonSerializer.Serialize(program with { Version = 0 }, ProgramJson.Default.ControllerProgram);

    /// <summary>The program of a line; null when it is none that a controller can run.</summary>
    public static ControllerProgram? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, ProgramJson.Default.ControllerProgram) is { } program && ProgramClock.FindFault(program) is null ? program : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ControllerProgram))]
internal sealed partial class ProgramJson : JsonSerializerContext;
