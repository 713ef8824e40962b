using System.Globalization;
using Grid.Storage;

namespace Grid.Silo.Maintenance;

/// <summary>Tells the person at the terminal, once a second and on the error stream, how far something long is. Nothing for what takes less.</summary>
internal sealed class CommandProgress(TextWriter output, TimeProvider clock)
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long _told = clock.GetTimestamp();

    /// <summary>For a command at a terminal.</summary>
    public static StorageProgress ToConsole() => new CommandProgress(Console.Error, TimeProvider.System).Report;

    public void Report(string doing, long done, long total)
    {
        lock (_gate)
        {
            if (clock.GetElapsedTime(_told) >= Pace)
            {
                _told = clock.GetTimestamp();
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{doing}: {done:N0} of {total:N0}"));
            }
        }
    }
}
