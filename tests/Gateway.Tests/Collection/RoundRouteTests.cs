using FsCheck;
using FsCheck.Fluent;
using Grid.Client.Collection;
using Grid.Contracts.Devices;

namespace Grid.Tests.Gateway.Collection;

public sealed class RoundRouteTests
{
    private static readonly GeoPoint Brest = new(-4.48, 48.39);

    private static double Length(IReadOnlyList<GeoPoint> places, IEnumerable<int> order, GeoPoint? start)
    {
        GeoPoint[] way = [.. start is { } from ? [from] : Array.Empty<GeoPoint>(), .. order.Select(index => places[index])];
        return way.Zip(way.Skip(1)).Sum(leg => RoundRoute.Metres(leg.First, leg.Second));
    }

    private static GeoPoint[] Places(params (double East, double North)[] hundredths) => [.. hundredths.Select(place => new GeoPoint(-4.5 + (place.East / 100), 48.4 + (place.North / 100)))];

    [Fact]
    public void A_degree_of_a_meridian_is_111195_metres_and_of_the_60th_parallel_half_of_it()
    {
        // 2 pi 6,371,008.8 m / 360.
        Assert.Equal(111_195.08, RoundRoute.Metres(new(2, 48), new(2, 49)), 0.01);
        Assert.Equal(55_597.5, RoundRoute.Metres(new(2, 60), new(3, 60)), 5.0);
        Assert.Equal(0, RoundRoute.Metres(Brest, Brest));
        Assert.Equal(RoundRoute.Metres(new(179.5, 0), new(-179.5, 0)), RoundRoute.Metres(new(0, 0), new(1, 0)), 0.01);
    }

    [Fact]
    public void Bins_along_a_street_are_met_one_after_the_other()
    {
        var street = Places((3, 0), (1, 0), (4, 0), (2, 0), (0, 0));

        Assert.Equal([4, 1, 3, 0, 2], RoundRoute.Order(street, new GeoPoint(-4.52, 48.4)));
        Assert.Equal([2, 0, 3, 1, 4], RoundRoute.Order(street, new GeoPoint(-4.4, 48.4)));
    }

    [Fact]
    public void What_the_nearest_next_leaves_crossed_is_turned_round()
    {
        // From the middle of a street the nearest one next runs to and fro: 1, -1.5, 3.5, -6; turned round it goes out one way and back the other.
        var street = Places((1, 0), (-1.5, 0), (3.5, 0), (-6, 0));
        var start = new GeoPoint(-4.5, 48.4);

        Assert.Equal(Length(street, [0, 2, 1, 3], start), Length(street, RoundRoute.Order(street, start), start), 1.0);
    }

    [Fact]
    public void Every_place_is_met_once_the_same_way_each_time_and_no_longer_than_by_the_nearest_next() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(60),
        Prop.ForAll(
            (from places in Gen.Choose(0, 60).Zip(Gen.Choose(0, 60)).ListOf() from hasStart in Gen.Elements(true, false) select (places, hasStart)).ToArbitrary(),
            item =>
            {
                var places = Places([.. item.places.Select(place => ((double)place.Item1, (double)place.Item2))]);
                var start = item.hasStart ? Brest : default(GeoPoint?);
                var order = RoundRoute.Order(places, start);
                return order.Order().SequenceEqual(Enumerable.Range(0, places.Length))
                    && order.SequenceEqual(RoundRoute.Order(places, start))
                    && (!item.hasStart || Length(places, order, start) <= Length(places, Greedy(places, Brest), start) + 0.1);
            }));

    [Fact]
    public void Five_thousand_places_are_ordered_too()
    {
        var random = new Random(1);
        var places = Enumerable.Range(0, 5_000).Select(_ => new GeoPoint(-4.5 + random.NextDouble(), 48 + random.NextDouble())).ToArray();

        Assert.Equal(Enumerable.Range(0, 5_000), RoundRoute.Order(places, null).Order());
    }

    private static List<int> Greedy(GeoPoint[] places, GeoPoint start)
    {
        var (left, way, at) = (Enumerable.Range(0, places.Length).ToList(), new List<int>(), start);
        while (left.Count > 0)
        {
            var next = left.MinBy(index => RoundRoute.Metres(at, places[index]));
            way.Add(next);
            left.Remove(next);
            at = places[next];
        }

        return way;
    }
}
