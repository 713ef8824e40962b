using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Territories;

namespace Grid.Connectors.Simulator.Demo;

/// <summary>Meters that follow one another in a commune and belong to one zone, of which the first ones measure what comes in.</summary>
/// <param name="Zone">The zone's id; null for meters in no zone.</param>
/// <param name="Meters">How many meters.</param>
/// <param name="Inlets">How many of them are inlets.</param>
internal readonly record struct ZonePart(string? Zone, int Meters, int Inlets);

/// <summary>
/// How a demo's water meters make zones of some hundreds: those of an EPCI's communes stand in a row, which is cut into even pieces. A large commune has several zones, and small ones
/// share one. A commune of no EPCI stands by itself. Where there are few meters the zones are smaller, down to <see cref="FewestMeters"/>; below there is none.
/// </summary>
internal static class WaterZones
{
    /// <summary>Meters of a zone where there are enough, its inlets included.</summary>
    public const int UsualMeters = 330;

    /// <summary>Fewer make no zone.</summary>
    public const int FewestMeters = 40;

    private const double WithTwoInlets = 0.4;

    /// <summary>For each commune, in the order given, the parts of its meters.</summary>
    public static ImmutableArray<ZonePart>[] Plan(ImmutableArray<Commune> communes, IReadOnlyList<int> meters, ulong key)
    {
        var parts = new ImmutableArray<ZonePart>[communes.Length];
        foreach (var row in Enumerable.Range(0, communes.Length).GroupBy(index => communes[index].EpciSiren ?? communes[index].InseeCode)) Cut([.. row], communes, meters, key, parts);
        return parts;
    }

    private static void Cut(int[] row, ImmutableArray<Commune> communes, IReadOnlyList<int> meters, ulong key, ImmutableArray<ZonePart>[] parts)
    {
        var all = row.Sum(index => (long)meters[index]);
        var zones = all < FewestMeters ? 0 : Math.Max(1, (long)Math.Round(all / (double)UsualMeters));
        var (zone, place, name, inlets) = (-1L, 0L, (string?)null, 0);
        foreach (var index in row)
        {
            var own = ImmutableArray.CreateBuilder<ZonePart>();
            var numberInCommune = 0;
            for (var left = meters[index]; left > 0;)
            {
                if (zones > 0 && place >= EndOf(zone))
                {
                    zone++;
                    name = string.Create(CultureInfo.InvariantCulture, $"{communes[index].InseeCode}-zone-{++numberInCommune}");
                    inlets = Seeded.Unit(Seeded.Key(key, name), 0) < WithTwoInlets ? 2 : 1;
                }

                var count = zones == 0 ? left : (int)Math.Min(left, EndOf(zone) - place);
                var inletsHere = Math.Min(inlets, count);
                own.Add(new ZonePart(name, count, inletsHere));
                (left, place, inlets) = (left - count, place + count, inlets - inletsHere);
            }

            parts[index] = own.ToImmutable();
        }

        long EndOf(long of) => all * (of + 1) / zones;
    }
}
