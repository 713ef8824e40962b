using Grid.Contracts.Territories;
using Grid.Grains.Sectors;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Alarms;

/// <summary>
/// Whether more alarms come to a territory than one operator can take in (ISA-18.2, EEMUA 191): begins above <see cref="BeginsAbove"/> in ten minutes, ends below <see cref="EndsBelow"/>. While it
/// lasts it is looked at every minute, as it ends by time alone.
/// </summary>
internal sealed class AlarmFlood
{
    /// <summary>A flood begins with more than so many.</summary>
    public const int BeginsAbove = 10;

    /// <summary>It ends with fewer than so many.</summary>
    public const int EndsBelow = 5;

    private const int Minutes = 10;
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private readonly Func<TerritoryFigures> _figures;
    private readonly Action _changed;
    private readonly SectorMeter _meter;
    private readonly TimeProvider _clock;
    private readonly IGrainTimer _timer;

    /// <param name="grain">The territory.</param>
    /// <param name="figures">Its figures.</param>
    /// <param name="changed">Told when the flood has ended.</param>
    /// <param name="meter">Counts floods.</param>
    /// <param name="clock">The time.</param>
    public AlarmFlood(Grain grain, Func<TerritoryFigures> figures, Action changed, SectorMeter meter, TimeProvider clock)
    {
        (_figures, _changed, _meter, _clock) = (figures, changed, meter, clock);
        _timer = grain.RegisterGrainTimer(Look, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>True while it lasts.</summary>
    public bool IsOn { get; private set; }

    /// <summary>Alarms announced in the ten minutes before an instant.</summary>
    public static long Announced(TerritoryFigures figures, DateTimeOffset now)
    {
        var minute = (int)(now.ToUnixTimeSeconds() / 60);
        var announced = 0L;
        foreach (var kind in figures.Kinds)
        {
            foreach (var start in kind.AlarmStarts)
            {
                announced += start.Minute > minute - Minutes ? start.Count : 0;
            }
        }

        return announced;
    }

    /// <summary>True when it lasts, given whether it did.</summary>
    public static bool Next(bool was, long announced) => announced > BeginsAbove || (was && announced >= EndsBelow);

    /// <summary>Figures have changed.</summary>
    public void Judge(TerritoryFigures figures)
    {
        var was = IsOn;
        IsOn = Next(was, Announced(figures, _clock.GetUtcNow()));
        if (IsOn && !was)
        {
            _meter.AlarmFlood();
            _timer.Change(Every, Every);
        }
        else if (was && !IsOn)
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private Task Look(CancellationToken cancellationToken)
    {
        Judge(_figures());
        if (!IsOn)
        {
            _changed();
        }

        return Task.CompletedTask;
    }
}
