using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Grains.Devices;

namespace Grid.Grains.History;

/// <summary>
/// How the entries of a log came, kept in history beside what was measured: when each report was accepted, in which order, when silence was found, since when a device is in its
/// sector, and at which instants the sector's rules decided something. What was measured is kept by the time at which it was observed, from which none of that follows; with it, rules can be tried on
/// what truly happened. Nothing is kept of persons' devices, and nothing of it is shown. The names begin with a sign that no metric may begin with.
/// </summary>
internal static class Course
{
    /// <summary>The first character of every name.</summary>
    public const char Mark = HistorySample.CourseMark;

    /// <summary>
    /// By the time at which a report was observed: how many milliseconds later it was accepted, with a fraction when others of the device came with it. One that was accepted at that very instant has
    /// none, so that what needs no time of its own costs nothing.
    /// </summary>
    public const string Arrived = "~arrived";

    /// <summary>
    /// By the time at which a report was accepted: the instant at which it was observed less that one, in milliseconds, with a fraction as above. Of those that came more than
    /// <see cref="LateMilliseconds"/> late, a second time, or without a value.
    /// </summary>
    public const string Late = "~late";

    /// <summary>By the time at which a report was observed: it came late, and so not at that instant.</summary>
    public const string Tardy = "~tardy";

    /// <summary>A device was found silent: the instant since when less that one, in the same way.</summary>
    public const string Silenced = "~silenced";

    /// <summary>A device is registered in a sector: <see cref="NumberOf"/>.</summary>
    public const string Here = "~here";

    /// <summary>Of a sector: how many devices left it, or were removed.</summary>
    public const string Left = "~left";

    /// <summary>Of a sector, once a day at least: its course is kept.</summary>
    public const string Kept = "~kept";

    /// <summary>Of a sector: its rules were judged for that instant, and something was decided; the milliseconds since the look of the commune that they saw, less than 0 for none.</summary>
    public const string Judged = "~judged";

    /// <summary>Of a sector: from that instant on it follows so many rules, written as -1 less that number; what each says stands in the milliseconds after it, as <see cref="NumberOf"/>.</summary>
    public const string Follows = "~follows";

    /// <summary>What comes later than this after it was observed is late.</summary>
    public const long LateMilliseconds = 60_000;

    internal const int Parts = 4_096;

    /// <summary>The series of a sector.</summary>
    public static string SeriesOf(string sector) => $"scope/sector:{sector}";

    /// <summary>Stands for a sector, or for what a rule says.</summary>
    public static double NumberOf(string text) => (uint)Fingerprint.Of(text);

    /// <summary>When a report was accepted, and its place among those of that instant.</summary>
    public static (DateTimeOffset Accepted, int Place) AcceptanceOf(HistoryPoint arrived)
    {
        var milliseconds = Math.Floor(arrived.Value);
        return (arrived.Time.AddMilliseconds(milliseconds), (int)((arrived.Value - milliseconds) * Parts));
    }

    /// <summary>When a report was accepted, its place among those of that instant and when it was observed; or when silence was found, and since when it was.</summary>
    public static (DateTimeOffset Accepted, int Place, DateTimeOffset Observed) LateOf(HistoryPoint late)
    {
        var milliseconds = Math.Floor(late.Value);
        var place = (int)((late.Value - milliseconds) * Parts);
        var accepted = late.Time.AddMilliseconds(-place);
        return (accepted, place, accepted.AddMilliseconds(milliseconds));
    }
}
