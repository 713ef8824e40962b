using Grid.Contracts.Territories;
using Grid.Runtime;

namespace Grid.Silo.Hosting;

/// <summary>The grains on the embedded runtime: this process, no infrastructure.</summary>
internal static class GrainHosting
{
    /// <summary>The runtime's name, for people.</summary>
    public const string RuntimeName = "Embedded";

    /// <summary>Registers the runtime; it starts with the host's services, in the order of their registration.</summary>
    public static void AddGrainRuntime(WebApplicationBuilder builder)
    {
        builder.Services.AddEmbeddedGrainRuntime();
        builder.Services.AddEmbeddedStreams(RollUpStreams.Provider);
    }
}
