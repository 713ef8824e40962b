using System.Collections.Immutable;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.RollUp;

/// <summary>How the figures of territories get a history.</summary>
public sealed record FigureOptions
{
    /// <summary>Between two looks at a territory's figures, and so the least time between two values of one; 10 s to 15 min, default 1 min.</summary>
    public TimeSpan RecordEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A figure that does not change is recorded again after this long; at least <see cref="RecordEvery"/>, default 15 min.</summary>
    public TimeSpan RepeatAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The look at or before an instant: looks are at whole multiples of <see cref="RecordEvery"/> since 1970-01-01 UTC.</summary>
    internal DateTimeOffset LookOf(DateTimeOffset instant) => new(instant.UtcTicks - (instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) % RecordEvery.Ticks, TimeSpan.Zero);

    /// <summary>From an instant to the next look.</summary>
    internal TimeSpan UntilNextLook(DateTimeOffset instant) => LookOf(instant) + RecordEvery - instant;
}

/// <summary>
/// Gives the figures of one territory a history: each when it has changed, and now and then when it has not. A territory without devices has none until
/// it gets some. What history does not take is left for the next look.
/// </summary>
internal sealed partial class FigureRecorder
{
    private readonly Func<TerritorySummary?> _summary;
    private readonly IHistory _history;
    private readonly FigureOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private IGrainTimer _timer = null!;
    private readonly Recorded?[] _recorded = new Recorded?[FigureCatalog.All.Length];

    private FigureRecorder(Func<TerritorySummary?> summary, IHistory history, FigureOptions options, TimeProvider clock, ILogger logger) =>
        (_summary, _history, _options, _clock, _logger) = (summary, history, options, clock, logger);

    /// <summary>The figures as of the last look; null before the first, and for a territory without devices.</summary>
    public FigureSample? Sample { get; private set; }

    /// <summary>Begins, and goes on as long as the grain is active. Looks at whole multiples of the time between two: so do the rules that ask for figures, here and on history.</summary>
    /// <param name="grain">The owner; its timer looks.</param>
    /// <param name="summary">Its figures now, on its turn; null when they are not whole: such a look is left out.</param>
    /// <param name="history">Where they go.</param>
    /// <param name="options">How often.</param>
    /// <param name="clock">The clock of the values.</param>
    /// <param name="logger">For history that fails.</param>
    public static FigureRecorder Start(Grain grain, Func<TerritorySummary?> summary, IHistory history, FigureOptions options, TimeProvider clock, ILogger logger)
    {
        var recorder = new FigureRecorder(summary, history, options, clock, logger);
        recorder._timer = grain.RegisterGrainTimer(
            static (one, cancellationToken) => one.LookAsync(cancellationToken),
            recorder,
            options.UntilNextLook(clock.GetUtcNow()),
            Timeout.InfiniteTimeSpan);
        return recorder;
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RecordAsync(cancellationToken);
        }
        finally
        {
            _timer.Change(_options.UntilNextLook(_clock.GetUtcNow()), Timeout.InfiniteTimeSpan);
        }
    }

    private async Task RecordAsync(CancellationToken cancellationToken)
    {
        if (_summary() is not { } summary)
        {
            return;
        }

        if (summary.Figures.Kinds.IsEmpty && _recorded[0] is null)
        {
            return;
        }

        var now = DateTimeOffset.FromUnixTimeMilliseconds(_clock.GetUtcNow().ToUnixTimeMilliseconds());
        Sample = new FigureSample(now, summary);
        var samples = ImmutableArray.CreateBuilder<HistorySample>();
        var due = new List<(int Figure, double Value)>();
        for (var figure = 0; figure < _recorded.Length; figure++)
        {
            var value = FigureCatalog.All[figure].Read(summary);
            if (_recorded[figure] is not { } former || former.Value != value || now - former.At >= _options.RepeatAfter)
            {
                samples.Add(new HistorySample(FigureCatalog.SeriesOf(summary.Scope), now, FigureCatalog.All[figure].Name, value));
                due.Add((figure, value));
            }
        }

        if (due.Count == 0)
        {
            return;
        }

        try
        {
            await _history.RecordAsync(samples.DrainToImmutable(), cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogNotRecorded(_logger, summary.Scope, due.Count, exception);
            return;
        }

        foreach (var (figure, value) in due)
        {
            _recorded[figure] = new Recorded(value, now);
        }
    }

    [LoggerMessage(EventId = 1226, Level = LogLevel.Error, Message = "{Count} figures of {Scope} were not taken by history; they are tried again")]
    private static partial void LogNotRecorded(ILogger logger, string scope, int count, Exception exception);

    private readonly record struct Recorded(double Value, DateTimeOffset At);
}
