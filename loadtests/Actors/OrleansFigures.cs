namespace Grid.LoadTests.Actors;

/// <summary>
/// What Orleans 10 does on a machine of 2 cores, by a program like this one: built from its main branch of 22 August 2026, one process, hosted client,
/// storage in memory. Of the range of its runs the lower end, as a busy machine gives it to both.
/// </summary>
internal static class OrleansFigures
{
    /// <summary>How many times as fast the embedded runtime has to be.</summary>
    public const int LeastTimes = 5;

    /// <summary>The names of <see cref="Figures"/>, and Orleans' figure a second.</summary>
    public static readonly IReadOnlyList<(string Name, double PerSecond)> All =
    [
        ("requestReplyPerSecond", 244_000),
        ("grainToGrainPerSecond", 317_000),
        ("oneWayPerSecond", 536_000),
        ("streamEventsPerSecond", 122_000),
        ("activationsPerSecond", 22_000),
    ];
}
