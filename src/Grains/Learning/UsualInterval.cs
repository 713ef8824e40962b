using Orleans;

namespace Grid.Grains.Learning;

/// <summary>
/// How far apart a device's reports usually come, learned from their reception: the gap that a device is in for nine tenths of its time, or a shorter one. Weighed by time, so that
/// reports that come together (a day's frame, a burst on change) count as little as the time between them. Eight bytes, integers only.
/// </summary>
/// <remarks>
/// A step up is nine times a step down, which is where the nine tenths come from (stochastic approximation of a quantile: Robbins and Monro, 1951). One gap moves it by less than a
/// quarter however long it was, so that an outage is no habit.
/// </remarks>
[GenerateSerializer, Alias("grid.UsualInterval")]
public readonly record struct UsualInterval
{
    /// <summary>A gap of this length counts in full.</summary>
    private const int FullSeconds = 7_200;

    private const int LeastSeconds = 60;
    private const int MostSeconds = 31 * 86_400;

    /// <summary>Thousandths by which a full gap raises or lowers it.</summary>
    private const int Up = 225;
    private const int Down = 25;

    /// <summary>In its first days it moves faster.</summary>
    private const int LearningMinutes = 3 * 1_440;
    private const int FirstUps = 2;
    private const int FirstDowns = 8;

    /// <summary>Only after this long may it be shorter than what was assumed of the device.</summary>
    private const int TrustedMinutes = 1_440;

    /// <summary>The estimate, in seconds; 0 before the first gap.</summary>
    [Id(0)] public int Seconds { get; init; }

    /// <summary>Time that it was learned from, in minutes, at most <see cref="LearningMinutes"/>.</summary>
    [Id(1)] public int HeardMinutes { get; init; }

    /// <summary>With one more gap between two reports.</summary>
    /// <param name="gap">Its length, in milliseconds.</param>
    /// <param name="assumedSeconds">What is assumed of a device of the kind before anything is known.</param>
    public UsualInterval After(long gap, int assumedSeconds)
    {
        var seconds = Seconds == 0 ? assumedSeconds : Seconds;
        var length = (int)Math.Clamp(gap / 1_000, 0, MostSeconds);
        if (length == 0)
        {
            return this;
        }

        var weight = Math.Min(length, FullSeconds);
        var isLearning = HeardMinutes < LearningMinutes;
        var moved = length > seconds
            ? Math.Min(length, seconds + StepOf(seconds, weight, Up * (isLearning ? FirstUps : 1)))
            : Math.Max(length, seconds - StepOf(seconds, weight, Down * (isLearning ? FirstDowns : 1)));
        return new UsualInterval
        {
            Seconds = Math.Clamp(moved, LeastSeconds, MostSeconds),
            HeardMinutes = Math.Min(LearningMinutes, HeardMinutes + Math.Max(1, weight / 60)),
        };
    }

    /// <summary>How often to expect a report, in whole minutes rounded up; null while what is assumed of the kind counts.</summary>
    public int? ExpectedMinutes(int assumedMinutes) =>
        Seconds > 0 && (HeardMinutes >= TrustedMinutes || Seconds > assumedMinutes * 60) ? (Seconds + 59) / 60 : null;

    private static int StepOf(int seconds, int weight, int thousandths) => (int)((long)seconds * weight * thousandths / ((long)FullSeconds * 1_000));
}
