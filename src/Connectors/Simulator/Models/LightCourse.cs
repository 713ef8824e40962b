using Grid.Connectors.Simulator.Programs;
using Grid.Connectors.Simulator.Sky;

namespace Grid.Connectors.Simulator.Models;

/// <summary>
/// What one light does from the moment on that it was told something last: what it was told for a time, then the level that it holds, else its controller's program, else the
/// one that the controller was made with, else nothing. Sums are exact.
/// </summary>
internal readonly struct LightCourse(in LightMemory told, ProgramClock? clock, LightingProgram? factory, Nights nights)
{
    private readonly LightMemory _told = told;

    /// <summary>Since when it is known.</summary>
    public double From => _told.From;

    /// <summary>Where it stands.</summary>
    public LightLevel At(double now) => now < _told.Until ? LightLevel.Of(_told.Level) : Otherwise(now);

    /// <summary>The light from one instant until another that is not before it.</summary>
    public LightSums Between(double from, double to)
    {
        if (to <= from) return default;
        var until = Math.Clamp(_told.Until, from, to);
        return LightSums.Of(_told.Level, until - from) + OtherwiseBetween(until, to);
    }

    private LightLevel Otherwise(double now) =>
        _told.Held is { } held ? LightLevel.Of(held)
        : clock is not null ? clock.At(now)
        : factory is { } made ? LightLevel.Of(made.At(nights, now).Level)
        : default;

    private LightSums OtherwiseBetween(double from, double to)
    {
        if (to <= from) return default;
        if (_told.Held is { } held) return LightSums.Of(held, to - from);
        if (clock is not null) return clock.Between(from, to);
        if (factory is not { } made) return default;
        var (start, end) = (made.At(nights, from), made.At(nights, to));
        return new LightSums(end.BurningSeconds - start.BurningSeconds, end.FullSeconds - start.FullSeconds);
    }
}
