using Grid.Contracts.Territories;

namespace Grid.Grains.Alarms;

/// <summary>Whether more alarms come than one operator can take in (ISA-18.2, EEMUA 191): begins above <see cref="BeginsAbove"/> in ten minutes, ends below <see cref="EndsBelow"/>.</summary>
/// <param name="Announced">Alarms announced in the last ten minutes.</param>
/// <param name="IsFlood">True while it lasts.</param>
public readonly record struct AlarmFlood(long Announced, bool IsFlood)
{
    /// <summary>A flood begins with more than so many.</summary>
    public const int BeginsAbove = 10;

    /// <summary>It ends with fewer than so many.</summary>
    public const int EndsBelow = 5;

    private const int Minutes = 10;

    /// <summary>As of an instant, given how it was.</summary>
    public AlarmFlood Next(TerritoryFigures figures, DateTimeOffset now)
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

        return new AlarmFlood(announced, announced > BeginsAbove || (IsFlood && announced >= EndsBelow));
    }
}
