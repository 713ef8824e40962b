using System.Collections.Immutable;

namespace Grid.Grains.Lighting;

/// <summary>A switch point of a certain night.</summary>
/// <param name="At">When, in Unix milliseconds.</param>
/// <param name="FromPercent">The level that it starts from.</param>
/// <param name="Percent">The level that it goes to.</param>
/// <param name="RampMilliseconds">How long it takes to get there; 0 for at once.</param>
public readonly record struct ProfilePoint(long At, double FromPercent, double Percent, long RampMilliseconds);

/// <summary>
/// What a light does in one night: dark from its beginning until the first point, then as the points say, ramps as straight lines. Instants grow from point
/// to point.
/// </summary>
public sealed class NightProfile
{
    private NightProfile(long start, long end, ImmutableArray<ProfilePoint> points) => (Start, End, Points) = (start, end, points);

    /// <summary>Beginning of the night, in Unix milliseconds.</summary>
    public long Start { get; }

    /// <summary>Its end, exclusive.</summary>
    public long End { get; }

    /// <summary>The switch points, by time.</summary>
    public ImmutableArray<ProfilePoint> Points { get; }

    /// <summary>
    /// A profile from points in the order in which they were written. None takes effect before the one before it: a point that is too early waits, and then takes
    /// the place of the one it waited for.
    /// </summary>
    public static NightProfile Of(long start, long end, IEnumerable<(long At, double Percent, long RampMilliseconds)> points)
    {
        var profile = new NightProfile(start, end, []);
        var builder = ImmutableArray.CreateBuilder<ProfilePoint>();
        var earliest = start;
        foreach (var (at, percent, ramp) in points)
        {
            earliest = Math.Max(earliest, at);
            if (earliest >= end)
            {
                break;
            }

            if (builder.Count > 0 && builder[^1].At == earliest)
            {
                builder.RemoveAt(builder.Count - 1);
            }

            var former = LevelAt(builder, earliest);
            if (former != percent)
            {
                builder.Add(new ProfilePoint(earliest, former, percent, ramp));
            }
            else if (builder.Count > 0 && builder[^1].RampMilliseconds > earliest - builder[^1].At)
            {
                // The same level as a ramp has just reached: it stops there.
                builder.Add(new ProfilePoint(earliest, former, percent, 0));
            }
        }

        return builder.Count == 0 ? profile : new NightProfile(start, end, builder.DrainToImmutable());
    }

    /// <summary>The level at an instant of the night, 0 to 100.</summary>
    public double LevelAt(long instant) => LevelAt(Points, instant);

    /// <summary>The same profile with another level for a time; what it would do otherwise goes on afterwards, in the middle of a ramp too.</summary>
    public NightProfile With(long from, long to, double percent)
    {
        (from, to) = (Math.Max(from, Start), Math.Min(to, End));
        if (from >= to)
        {
            return this;
        }

        var points = ImmutableArray.CreateBuilder<ProfilePoint>();
        points.AddRange(Points.Where(point => point.At < from));
        points.Add(new ProfilePoint(from, LevelAt(from), percent, 0));
        if (to < End)
        {
            points.Add(Resume(to));
            points.AddRange(Points.Where(point => point.At > to));
        }

        return new NightProfile(Start, End, points.DrainToImmutable());
    }

    /// <summary>
    /// The same profile with no level below a minimum for a time. A ramp that would cross the minimum goes evenly from the minimum, or to it, in the same time.
    /// </summary>
    public NightProfile AtLeast(long from, long to, double percent)
    {
        (from, to) = (Math.Max(from, Start), Math.Min(to, End));
        if (from >= to || percent <= 0)
        {
            return this;
        }

        var points = ImmutableArray.CreateBuilder<ProfilePoint>();
        points.AddRange(Points.Where(point => point.At < from));
        points.Add(Raised(Resume(from)));
        points.AddRange(Points.Where(point => point.At > from && point.At < to).Select(Raised));
        if (to < End)
        {
            points.Add(Resume(to));
            points.AddRange(Points.Where(point => point.At > to));
        }

        return new NightProfile(Start, End, points.DrainToImmutable());

        ProfilePoint Raised(ProfilePoint point) => point with { FromPercent = Math.Max(point.FromPercent, percent), Percent = Math.Max(point.Percent, percent) };
    }

    /// <summary>Spans in which the light burns, within bounds.</summary>
    public IEnumerable<(long From, long To)> LitWithin(long from, long to)
    {
        (from, to) = (Math.Max(from, Start), Math.Min(to, End));
        long? since = null;
        for (var index = -1; index < Points.Length; index++)
        {
            var begin = Math.Max(from, index < 0 ? Start : Points[index].At);
            var stop = Math.Min(to, index + 1 < Points.Length ? Points[index + 1].At : End);
            if (begin >= stop)
            {
                continue;
            }

            // A ramp to 0 burns until it gets there.
            var dark = index < 0 ? begin : Points[index].Percent > 0 ? stop : Math.Clamp(Points[index].At + Points[index].RampMilliseconds, begin, stop);
            if (dark > begin)
            {
                since ??= begin;
            }

            if (dark < stop && since is { } lit)
            {
                yield return (lit, dark);
                since = null;
            }
        }

        if (since is { } rest && rest < to)
        {
            yield return (rest, to);
        }
    }

    /// <summary>Full-light equivalent of a span: milliseconds at 100 %.</summary>
    public double FullMilliseconds(long from, long to)
    {
        (from, to) = (Math.Max(from, Start), Math.Min(to, End));
        var sum = 0.0;
        for (var index = 0; index < Points.Length; index++)
        {
            var point = Points[index];
            var stop = Math.Min(to, index + 1 < Points.Length ? Points[index + 1].At : End);
            var ramped = point.At + point.RampMilliseconds;
            sum += Area(Math.Max(from, point.At), Math.Min(stop, ramped), point) + (Math.Max(0, stop - Math.Max(from, ramped)) * point.Percent / 100);
        }

        return sum;

        static double Area(long begin, long end, in ProfilePoint point) =>
            end <= begin ? 0 : (end - begin) * (Level(point, begin) + Level(point, end)) / 200;
    }

    /// <summary>What it does from an instant on, as a point: the rest of a ramp, or a level.</summary>
    private ProfilePoint Resume(long at)
    {
        var under = Points.LastOrDefault(point => point.At <= at);
        return new ProfilePoint(at, LevelAt(at), under.Percent, Math.Max(0, under.At + under.RampMilliseconds - at));
    }

    private static double LevelAt(IReadOnlyList<ProfilePoint> points, long instant)
    {
        for (var index = points.Count - 1; index >= 0; index--)
        {
            if (points[index].At <= instant)
            {
                return Level(points[index], instant);
            }
        }

        return 0;
    }

    private static double Level(in ProfilePoint point, long instant) => instant - point.At >= point.RampMilliseconds
        ? point.Percent
        : point.FromPercent + ((point.Percent - point.FromPercent) * (instant - point.At) / point.RampMilliseconds);
}
