using System.Diagnostics;

namespace Grid.Runtime.Diagnostics;

/// <summary>The names under which the runtime can be observed.</summary>
internal static class GridDiagnostics
{
    public const string Name = "Grid.Runtime";

    public static readonly ActivitySource Activities = new(Name);
}
