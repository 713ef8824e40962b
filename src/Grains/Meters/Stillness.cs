using Grid.Grains.Devices;
using Orleans;

namespace Grid.Grains.Meters;

/// <summary>
/// When less than what leaks last flowed, at any time of the day. What leaks flows all day, so nights with flow are one leak only if it never was less between them. Found are a time in
/// which the index did not grow, and one of a row of times, each as long, in which it grew by less; and a reported flow. Late reports have no part in it.
/// </summary>
[GenerateSerializer, Alias("grid.Stillness")]
public readonly record struct Stillness
{
    /// <summary>Since when the index is what it is, in Unix milliseconds; 0 before the first.</summary>
    [Id(0)] public long Since { get; init; }

    /// <summary>The newest report up to which less flowed, in Unix milliseconds; 0 when it never did.</summary>
    [Id(1)] public long Until { get; init; }

    /// <summary>When the present one of the row of times began, in Unix milliseconds.</summary>
    [Id(2)] public long RowAt { get; init; }

    /// <summary>The index then, as <see cref="IndexPoint.Virtual"/>.</summary>
    [Id(3)] public long Row { get; init; }

    /// <summary>With a newer reading of the index in it.</summary>
    /// <param name="settings">The meter's attributes.</param>
    /// <param name="before">The newest reading before it; null for none.</param>
    /// <param name="now">The reading.</param>
    public Stillness With(MeterSettings settings, IndexPoint? before, in IndexPoint now)
    {
        if (Since == 0 || before is not { } former || now.Raw < former.Raw)
        {
            // The first one, or that of another meter: nobody knows what it had counted. (A rollover costs one time of the row.)
            return this with { Since = now.At, RowAt = now.At, Row = now.Virtual };
        }

        var span = settings.Water.Span;
        var next = now.Virtual != former.Virtual ? this with { Since = now.At } : now.At - Since >= span ? this with { Until = now.At } : this;
        if (now.At - RowAt < span)
        {
            return next;
        }

        var isLess = FlowRate.IsBelow(now.Virtual - Row, now.At - RowAt, settings.Water.Pulse, settings.Water.LeakMinimum);
        return next with { RowAt = now.At, Row = now.Virtual, Until = isLess ? now.At : next.Until };
    }

    /// <summary>With a report of hardly any flow in it.</summary>
    public Stillness WithoutFlow(long at) => this with { Until = at };
}
