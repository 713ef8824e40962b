using System.Globalization;

namespace Grid.Silo.Startup;

/// <summary>Tells the person at the terminal how far the start is: a line when something begins, and one every second while it lasts.</summary>
internal sealed class StartupProgress(TextWriter output, TimeProvider clock)
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private long _told;
    private string _doing = "";

    public void Begin(string doing)
    {
        _doing = doing;
        _told = clock.GetTimestamp();
        Say($"{doing} …");
    }

    public void Advance(long done, long total)
    {
        if (done == total || clock.GetElapsedTime(_told) >= Pace)
        {
            _told = clock.GetTimestamp();
            Say(string.Create(CultureInfo.InvariantCulture, $"{_doing}: {done:N0} of {total:N0}"));
        }
    }

    public void Say(string line) => output.WriteLine(line);
}
