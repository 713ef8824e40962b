using Grid.Contracts.Territories;
using Grid.Grains.Intake;
using Grid.Runtime;
using Grid.Silo.Startup;

namespace Grid.Silo.Hosting;

/// <summary>The grains on the embedded runtime: this process, no infrastructure.</summary>
internal static class GrainHosting
{
    /// <summary>The runtime's name, for people.</summary>
    public const string RuntimeName = "Embedded";

    /// <summary>
    /// A sector hands a delivery to its devices on its own stack: so many calls take less than a millisecond, and a queued one costs several times as
    /// much.
    /// </summary>
    private const int TurnsPerSlice = 1_000;

    /// <summary>Idle devices are looked for so often: looking at hundreds of thousands costs more than the memory of a few for some minutes.</summary>
    private static readonly TimeSpan CollectionQuantum = TimeSpan.FromMinutes(5);

    /// <summary>Registers the runtime; it starts with the host's services, in the order of their registration.</summary>
    /// <exception cref="SettingsException">A setting is not as it must be, or asks for what this runtime does not have.</exception>
    public static void AddGrainRuntime(WebApplicationBuilder builder)
    {
        var settings = ClusterSettings.Read(builder.Configuration);
        Refuse(ClusterSettings.ModeSetting, settings.Mode, ClusterMode.Single);
        Refuse(ClusterSettings.StateSetting, settings.State, StateStore.Grid);
        builder.Services.AddEmbeddedGrainRuntime((services, options) =>
        {
            Pace(options);
            options.PlacementHint = EmbeddedPlacement.By(services.GetRequiredService<DeviceDirectory>());
        });
        builder.Services.AddEmbeddedStreams(RollUpStreams.Provider);
    }

    /// <summary>How the runtime is set for Grid's grains.</summary>
    internal static void Pace(EmbeddedRuntimeOptions options)
    {
        options.TurnsPerSlice = TurnsPerSlice;
        options.CollectionQuantum = CollectionQuantum;
    }

    private static void Refuse<T>(string name, T value, T own)
        where T : struct, Enum
    {
        if (!EqualityComparer<T>.Default.Equals(value, own))
        {
            throw new SettingsException($"{name} is '{value}'; this program runs on the embedded runtime and takes {own} only. Build it with -p:GrainRuntime=Orleans for others.");
        }
    }
}
